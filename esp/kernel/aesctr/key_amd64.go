//go:build !purego

package aesctr

import (
	"ikescope/esp/kernel/aeskey"
	"ikescope/esp/kernel/cpu"
)

// Key is an expanded key. It is immutable.
type Key struct{ schedule *aeskey.Schedule }

// New expands a key of 16, 24 or 32 octets. It reports false for other lengths
// and where no kernel exists for this processor.
func New(key []byte) (*Key, bool) {
	if !cpu.VAES || !aeskey.Fits(key) {
		return nil, false
	}
	return With(aeskey.Encryption(key)), true
}

// With makes a key of an expanded one, on a processor where New does.
func With(s *aeskey.Schedule) *Key { return &Key{s} }

// XOR adds the keystream to each text.
func (k *Key) XOR(batch []Text) { xorVAES(k.schedule, batch) }

//go:noescape
func xorVAES(keys *aeskey.Schedule, batch []Text)
