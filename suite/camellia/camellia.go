// Package camellia implements the Camellia block cipher of RFC 3713 for keys
// of 128, 192 and 256 bits.
//
// It uses look-up tables indexed by secret octets and is not constant time:
// it is meant for opening captured traffic, not for protecting any.
package camellia

import (
	"crypto/cipher"
	"encoding/binary"
	"math/bits"
	"strconv"
)

// BlockSize is the block length in octets.
const BlockSize = 16

// KeySizeError is the length in octets of a key that Camellia does not take.
type KeySizeError int

func (e KeySizeError) Error() string {
	return "camellia: key of " + strconv.Itoa(int(e)) + " octets, 16, 24 or 32 needed"
}

// roundsPerLeg is how many Feistel rounds lie between two FL layers.
const roundsPerLeg = 6

// subkeys in the order of use. A 128-bit key has 3 legs, a longer one 4.
type subkeys struct {
	legs int
	pre  [2]uint64                 // kw1, kw2
	k    [4 * roundsPerLeg]uint64  // k1 ... k18 or k24
	ke   [2 * (maxLegs - 1)]uint64 // ke1 ... ke4 or ke6
	post [2]uint64                 // kw3, kw4
}

const maxLegs = 4

type block struct {
	enc, dec subkeys
}

// NewCipher returns Camellia with a key of 16, 24 or 32 octets; any other
// length is a KeySizeError.
func NewCipher(key []byte) (cipher.Block, error) {
	switch len(key) {
	case 16, 24, 32:
	default:
		return nil, KeySizeError(len(key))
	}
	c := &block{enc: schedule(key)}
	c.dec = c.enc.reversed()
	return c, nil
}

func (c *block) BlockSize() int          { return BlockSize }
func (c *block) Encrypt(dst, src []byte) { c.enc.crypt(dst, src) }
func (c *block) Decrypt(dst, src []byte) { c.dec.crypt(dst, src) }

// crypt is RFC 3713 sections 2.3.1 and 2.3.2; decryption differs only in the
// order of the subkeys.
func (s *subkeys) crypt(dst, src []byte) {
	if len(src) < BlockSize || len(dst) < BlockSize {
		panic("camellia: input not full block")
	}
	d1 := binary.BigEndian.Uint64(src) ^ s.pre[0]
	d2 := binary.BigEndian.Uint64(src[8:]) ^ s.pre[1]
	for leg := range s.legs {
		if leg > 0 {
			d1 = fl(d1, s.ke[2*leg-2])
			d2 = flInverse(d2, s.ke[2*leg-1])
		}
		k := s.k[leg*roundsPerLeg:][:roundsPerLeg]
		for i := 0; i < roundsPerLeg; i += 2 {
			d2 ^= f(d1, k[i])
			d1 ^= f(d2, k[i+1])
		}
	}
	binary.BigEndian.PutUint64(dst, d2^s.post[0])
	binary.BigEndian.PutUint64(dst[8:], d1^s.post[1])
}

// reversed gives the subkeys for decryption, RFC 3713 section 2.3.3.
func (s *subkeys) reversed() subkeys {
	r := subkeys{legs: s.legs, pre: s.post, post: s.pre}
	for i, n := 0, s.legs*roundsPerLeg; i < n; i++ {
		r.k[i] = s.k[n-1-i]
	}
	for i, n := 0, 2*(s.legs-1); i < n; i++ {
		r.ke[i] = s.ke[n-1-i]
	}
	return r
}

// f is the F-function, RFC 3713 section 2.4.1: substitution and the linear P
// layer in one look-up per octet.
func f(in, ke uint64) uint64 {
	x := in ^ ke
	return sp[0][byte(x>>56)] ^ sp[1][byte(x>>48)] ^ sp[2][byte(x>>40)] ^ sp[3][byte(x>>32)] ^
		sp[4][byte(x>>24)] ^ sp[5][byte(x>>16)] ^ sp[6][byte(x>>8)] ^ sp[7][byte(x)]
}

// fl is the FL-function, RFC 3713 section 2.4.2.
func fl(in, ke uint64) uint64 {
	x1, x2 := uint32(in>>32), uint32(in)
	k1, k2 := uint32(ke>>32), uint32(ke)
	x2 ^= bits.RotateLeft32(x1&k1, 1)
	x1 ^= x2 | k2
	return uint64(x1)<<32 | uint64(x2)
}

// flInverse is the FLINV-function, RFC 3713 section 2.4.3.
func flInverse(in, ke uint64) uint64 {
	y1, y2 := uint32(in>>32), uint32(in)
	k1, k2 := uint32(ke>>32), uint32(ke)
	y1 ^= y2 | k2
	y2 ^= bits.RotateLeft32(y1&k1, 1)
	return uint64(y1)<<32 | uint64(y2)
}
