package des

import (
	"crypto/cipher"
	"encoding/binary"
	"fmt"
)

// BlockLen is the length of a block and of the IV in octets.
const BlockLen = 8

// maxStages is the number of times that triple DES runs DES.
const maxStages = 3

// Cipher is an expanded key. It is immutable: any number of goroutines may use
// it at the same time, each with its own Batch.
type Cipher struct {
	keys   [maxStages]schedule
	stages int
	block  cipher.Block // for the blocks that no kernel pays for
}

// New expands a key of 8 octets (DES) or 24 (triple DES). Block is the same
// cipher with the same key, one block at a time.
func New(key []byte, block cipher.Block) (*Cipher, error) {
	c := &Cipher{block: block}
	switch len(key) {
	case 8:
		c.stages = 1
		c.keys[0] = encryption(binary.BigEndian.Uint64(key)).reversed()
	case 24: // FIPS 46-3: P = D1(E2(D3(C)))
		c.stages = 3
		c.keys[0] = encryption(binary.BigEndian.Uint64(key[16:])).reversed()
		c.keys[1] = encryption(binary.BigEndian.Uint64(key[8:]))
		c.keys[2] = encryption(binary.BigEndian.Uint64(key)).reversed()
	default:
		return nil, fmt.Errorf("des: key of %d octets", len(key))
	}
	return c, nil
}
