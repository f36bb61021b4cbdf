// Package counter is counter mode and CCM over any cipher with blocks of 16
// octets, for opening many packets without an allocation for each.
package counter

import (
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
)

// BlockLen is the length in octets of a counter block.
const BlockLen = 16

// Keystream encrypts successive values of a counter block. It is not safe for
// concurrent use.
type Keystream struct {
	Block   cipher.Block
	Counter [BlockLen]byte // its last four octets count, big-endian
	keys    [8 * BlockLen]byte
}

// XOR writes src xor keystream to dst, which is src or does not overlap it.
func (k *Keystream) XOR(dst, src []byte) {
	for len(src) > 0 {
		n := min(len(src), len(k.keys))
		for at := 0; at < n; at += BlockLen {
			k.Next(k.keys[at : at+BlockLen])
		}
		subtle.XORBytes(dst, src[:n], k.keys[:n])
		dst, src = dst[n:], src[n:]
	}
}

// Next writes the keystream of the current counter block, BlockLen octets, and
// counts on.
func (k *Keystream) Next(out []byte) {
	k.Block.Encrypt(out, k.Counter[:])
	low := k.Counter[BlockLen-4:]
	binary.BigEndian.PutUint32(low, binary.BigEndian.Uint32(low)+1)
}
