// Package aesmac computes the two message authentication codes of IPsec that
// are built on AES-CBC-MAC: AES-XCBC-MAC (RFC 3566) and AES-CMAC (RFC 4493).
//
// Both chain the message blocks through AES and treat the last block
// specially: a complete one is mixed with one derived key, an incomplete one
// is padded with a single 1 bit and mixed with another. They differ only in
// how the three keys come from the one given.
package aesmac

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"fmt"
	"hash"
)

// Size is the length of the untruncated code in octets.
const Size = aes.BlockSize

type block [aes.BlockSize]byte

// mac is the running state. tail holds the octets that are not yet chained;
// it is only chained when more follow, because the last block is special.
type mac struct {
	b        cipher.Block
	complete block // mixed into a complete last block: RFC 3566 K2, RFC 4493 K1
	partial  block // mixed into a padded last block: RFC 3566 K3, RFC 4493 K2
	sum      block
	tail     block
	n        int   // octets in tail
	last     block // scratch of Sum
}

// NewXCBC returns AES-XCBC-MAC. The key has 16 octets. RFC 3566 section 4:
//
//	K1 = AES(K, 0x01010101010101010101010101010101)
//	K2 = AES(K, 0x02020202020202020202020202020202)
//	K3 = AES(K, 0x03030303030303030303030303030303)
func NewXCBC(key []byte) (hash.Hash, error) {
	if len(key) != 16 {
		return nil, fmt.Errorf("aesmac: AES-XCBC key of %d octets, 16 needed", len(key))
	}
	b, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	k1, k2, k3 := repeat(1), repeat(2), repeat(3)
	for _, k := range []*block{&k1, &k2, &k3} {
		b.Encrypt(k[:], k[:])
	}
	b, err = aes.NewCipher(k1[:])
	if err != nil {
		return nil, err
	}
	return &mac{b: b, complete: k2, partial: k3}, nil
}

func repeat(octet byte) (b block) {
	for i := range b {
		b[i] = octet
	}
	return b
}

// NewCMAC returns AES-CMAC. The key has 16, 24 or 32 octets; IPsec uses 16.
// RFC 4493 section 2.3:
//
//	L  = AES(K, 0^128)
//	K1 = L << 1, K2 = K1 << 1, each with 0x87 mixed in when a 1 falls out
func NewCMAC(key []byte) (hash.Hash, error) {
	b, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("aesmac: AES-CMAC key of %d octets", len(key))
	}
	var l block
	b.Encrypt(l[:], l[:])
	k1 := double(l)
	return &mac{b: b, complete: k1, partial: double(k1)}, nil
}

// double multiplies by x in GF(2^128) with x^128 + x^7 + x^2 + x + 1.
func double(in block) (out block) {
	carry := byte(0)
	for i := len(in) - 1; i >= 0; i-- {
		out[i] = in[i]<<1 | carry
		carry = in[i] >> 7
	}
	out[len(out)-1] ^= 0x87 & -carry
	return out
}

func (m *mac) Size() int      { return Size }
func (m *mac) BlockSize() int { return aes.BlockSize }

func (m *mac) Reset() {
	m.sum, m.n = block{}, 0
}

func (m *mac) Write(p []byte) (int, error) {
	written := len(p)
	for len(p) > 0 {
		if m.n == len(m.tail) {
			m.chain(&m.tail)
		}
		c := copy(m.tail[m.n:], p)
		m.n += c
		p = p[c:]
	}
	return written, nil
}

func (m *mac) chain(b *block) {
	subtle.XORBytes(m.sum[:], m.sum[:], b[:])
	m.b.Encrypt(m.sum[:], m.sum[:])
	m.n = 0
}

// Sum appends the code of what was written and leaves the state as it is.
func (m *mac) Sum(dst []byte) []byte {
	mask := &m.complete
	m.last = m.tail
	if m.n < Size {
		clear(m.last[m.n:])
		m.last[m.n] = 0x80
		mask = &m.partial
	}
	subtle.XORBytes(m.last[:], m.last[:], mask[:])
	subtle.XORBytes(m.last[:], m.last[:], m.sum[:])
	m.b.Encrypt(m.last[:], m.last[:])
	return append(dst, m.last[:]...)
}
