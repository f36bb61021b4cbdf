// Package aesgcm opens AES-GCM (NIST SP 800-38D) for many messages of one key
// at a time, with tags of any length that ESP uses, on processors that a kernel
// was written for: those with VAES and VPCLMULQDQ on 512-bit registers.
package aesgcm

// Lengths in octets.
const (
	NonceLen  = 12
	MaxAADLen = 16
	MinTagLen = 4 // the shortest of SP 800-38D, section 5.2.1.2
	MaxTagLen = 16
)

// Message is one sealed message.
type Message struct {
	Text   []byte // ciphertext, decrypted in place
	Tag    []byte // the received tag: the first octets of the full one
	Nonce  [NonceLen]byte
	AADLen uint32 // octets of AAD
	AAD    [MaxAADLen]byte
	OK     bool // set by Open: the tag is right and Text was decrypted
}
