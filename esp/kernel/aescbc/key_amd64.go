//go:build !purego

package aescbc

import (
	"fmt"

	"ikescope/esp/kernel/aeskey"
	"ikescope/esp/kernel/cpu"
)

// Key is an expanded key and the kernel that uses it. It is immutable.
type Key struct {
	schedule *aeskey.Schedule
	kernel   *kernel
}

// kernel decrypts the blocks of each chain in place; chains are as Decrypt
// checks them.
type kernel struct {
	name    string
	present bool
	decrypt func(keys *aeskey.Schedule, chains [][]byte)
}

// kernels are the implementations, fastest first.
var kernels = []kernel{
	{"vaes", cpu.VAES, decryptVAES},
	{"aesni", cpu.AESNI, decryptAESNI},
}

// New expands a key of 16, 24 or 32 octets. It reports false for other lengths
// and where no kernel exists for this processor.
func New(key []byte) (*Key, bool) {
	for i := range kernels {
		if k := &kernels[i]; k.present && aeskey.Fits(key) {
			return &Key{aeskey.Decryption(key), k}, true
		}
	}
	return nil, false
}

// Decrypt decrypts chains in place. A chain is an IV of one block and then any
// number of blocks of ciphertext; the IV stays. Chains must not overlap. A
// chain that is no whole number of blocks, or has no IV, is a panic.
func (k *Key) Decrypt(chains [][]byte) {
	for _, c := range chains {
		if len(c) == 0 || len(c)%BlockLen != 0 {
			panic(fmt.Sprintf("aescbc: chain of %d octets", len(c)))
		}
	}
	k.kernel.decrypt(k.schedule, chains)
}

//go:noescape
func decryptVAES(keys *aeskey.Schedule, chains [][]byte)

//go:noescape
func decryptAESNI(keys *aeskey.Schedule, chains [][]byte)
