// Package cast implements CAST-128 for every key length of RFC 2144, 5 to 16
// octets. golang.org/x/crypto/cast5 has the 16 rounds of long keys only.
//
// It uses look-up tables indexed by secret octets and is not constant time: it is
// meant for opening captured traffic, not for protecting any.
package cast

import (
	"crypto/cipher"
	"encoding/binary"
	"math/bits"
	"strconv"
)

// BlockSize is the block length in octets.
const BlockSize = 8

// Lengths of keys in octets, and rounds (RFC 2144, section 2.5).
const (
	minKey      = 5
	maxKey      = 16
	shortKey    = 10 // at most: 80 bits
	shortRounds = 12
	rounds      = 16
)

// KeySizeError is the length in octets of a key that CAST-128 does not take.
type KeySizeError int

func (e KeySizeError) Error() string {
	return "cast: key of " + strconv.Itoa(int(e)) + " octets, 5 to 16 needed"
}

// block is an expanded key: of each round the masking and the rotation key.
type block struct {
	mask   [rounds]uint32
	rotate [rounds]uint32
	rounds int
}

// NewCipher returns CAST-128 with a key of 5 to 16 octets; any other length is a
// KeySizeError.
func NewCipher(key []byte) (cipher.Block, error) {
	if len(key) < minKey || len(key) > maxKey {
		return nil, KeySizeError(len(key))
	}
	b := &block{rounds: rounds}
	if len(key) <= shortKey {
		b.rounds = shortRounds
	}
	s := newSchedule(key)
	s.subkeys(&b.mask)
	s.subkeys(&b.rotate)
	return b, nil
}

func (b *block) BlockSize() int { return BlockSize }

// Encrypt is RFC 2144, section 2.
func (b *block) Encrypt(dst, src []byte) {
	l, r := binary.BigEndian.Uint32(src), binary.BigEndian.Uint32(src[4:])
	for i := range b.rounds {
		l, r = r, l^b.f(i, r)
	}
	binary.BigEndian.PutUint32(dst, r)
	binary.BigEndian.PutUint32(dst[4:], l)
}

// Decrypt is Encrypt with the rounds in the opposite order.
func (b *block) Decrypt(dst, src []byte) {
	l, r := binary.BigEndian.Uint32(src), binary.BigEndian.Uint32(src[4:])
	for i := b.rounds - 1; i >= 0; i-- {
		l, r = r, l^b.f(i, r)
	}
	binary.BigEndian.PutUint32(dst, r)
	binary.BigEndian.PutUint32(dst[4:], l)
}

// f is the round function, of which there are three kinds in turn (RFC 2144,
// section 2.2).
func (b *block) f(round int, d uint32) uint32 {
	turn := int(b.rotate[round] & 31)
	switch round % 3 {
	case 0:
		s1, s2, s3, s4 := substituted(bits.RotateLeft32(b.mask[round]+d, turn))
		return (s1 ^ s2) - s3 + s4
	case 1:
		s1, s2, s3, s4 := substituted(bits.RotateLeft32(b.mask[round]^d, turn))
		return (s1 - s2 + s3) ^ s4
	}
	s1, s2, s3, s4 := substituted(bits.RotateLeft32(b.mask[round]-d, turn))
	return ((s1 + s2) ^ s3) - s4
}

func substituted(i uint32) (s1, s2, s3, s4 uint32) {
	return sboxes[0][i>>24], sboxes[1][i>>16&0xff], sboxes[2][i>>8&0xff], sboxes[3][i&0xff]
}
