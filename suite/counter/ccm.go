package counter

import (
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
)

// CCM opens counter mode with CBC-MAC (RFC 3610) under one key, with nonces of 7
// to 13 octets; in ESP and IKEv2 they have 11 (RFC 4309, RFC 5282). It is not safe
// for concurrent use.
type CCM struct {
	block  cipher.Block
	tagLen int
	keys   Keystream
	mac    [BlockLen]byte
	mask   [BlockLen]byte
}

// NewCCM returns CCM with a tag of tagLen octets: an even number from 4 to 16.
func NewCCM(block cipher.Block, tagLen int) *CCM {
	return &CCM{block: block, tagLen: tagLen, keys: Keystream{Block: block}}
}

// TagLen is the length of the tag in octets.
func (o *CCM) TagLen() int { return o.tagLen }

// Open decrypts sealed, a text with its tag, into dst, which has room for the
// text and is the beginning of sealed or does not overlap it. It reports whether
// the tag is right; dst is written either way. A sealed text shorter than the tag
// is not right.
func (o *CCM) Open(dst, nonce, sealed, aad []byte) bool {
	n := len(sealed) - o.tagLen
	if n < 0 {
		return false
	}
	o.Decrypt(dst, nonce, sealed[:n])
	o.authenticate(nonce, dst[:n], aad)
	subtle.XORBytes(o.mac[:], o.mac[:], o.mask[:])
	return subtle.ConstantTimeCompare(o.mac[:o.tagLen], sealed[n:]) == 1
}

// Decrypt writes the text of a ciphertext without its tag to dst, which is the
// ciphertext or does not overlap it. It uses the counter blocks A_1, A_2, ...; A_0
// masks the MAC (RFC 3610, section 2.3):
//
//	A_i = flags (L' = L-1) | nonce | i (L octets), L = 15 - length of the nonce
func (o *CCM) Decrypt(dst, nonce, ciphertext []byte) {
	o.keys.Counter = [BlockLen]byte{byte(14 - len(nonce))}
	copy(o.keys.Counter[1:], nonce)
	o.keys.Next(o.mask[:])
	o.keys.XOR(dst, ciphertext)
}

// authenticate computes the CBC-MAC over B_0, the length and octets of the
// additional data, and the text, each padded to whole blocks (RFC 3610,
// section 2.2):
//
//	B_0 = flags (64*Adata + 8*M' + L') | nonce | length of the text (L octets)
//
// with M' = (tag length - 2) / 2. Additional data is shorter than 65,280
// octets: then its length takes two.
func (o *CCM) authenticate(nonce, text, aad []byte) {
	o.mac = [BlockLen]byte{byte((o.tagLen-2)/2<<3 | (14 - len(nonce)))}
	copy(o.mac[1:], nonce)
	low := o.mac[BlockLen-4:]
	binary.BigEndian.PutUint32(low, binary.BigEndian.Uint32(low)^uint32(len(text)))
	if len(aad) > 0 {
		o.mac[0] |= 0x40
	}
	o.block.Encrypt(o.mac[:], o.mac[:])
	if len(aad) > 0 {
		o.absorbAAD(aad)
	}
	o.absorb(text)
}

func (o *CCM) absorbAAD(aad []byte) {
	o.mac[0] ^= byte(len(aad) >> 8)
	o.mac[1] ^= byte(len(aad))
	n := subtle.XORBytes(o.mac[2:], o.mac[2:], aad)
	o.block.Encrypt(o.mac[:], o.mac[:])
	o.absorb(aad[n:])
}

// absorb adds b, padded with zeros to whole blocks, to the CBC-MAC.
func (o *CCM) absorb(b []byte) {
	for len(b) > 0 {
		n := subtle.XORBytes(o.mac[:], o.mac[:], b[:min(len(b), BlockLen)])
		o.block.Encrypt(o.mac[:], o.mac[:])
		b = b[n:]
	}
}
