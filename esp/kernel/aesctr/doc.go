// Package aesctr encrypts and decrypts in AES counter mode (NIST SP 800-38A,
// section 6.5) for many packets of one key at a time, on processors that a
// kernel was written for: those with VAES on 512-bit registers.
package aesctr

// BlockLen is the length of a counter block in octets.
const BlockLen = 16

// Text is one text and the counter block that its keystream begins with. Of
// that block the last four octets count, big-endian, modulo 2^32.
type Text struct {
	Text    []byte // replaced by itself xor keystream
	Counter [BlockLen]byte
}
