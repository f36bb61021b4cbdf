package suite

import (
	"crypto/hmac"
	"hash"

	"ikescope/suite/aesmac"
)

// PRF is a pseudorandom function of IKE. The zero value is no algorithm.
type PRF struct {
	Name   string // the hash's name for HMAC; "aes128-xcbc", "aes128-cmac"
	Size   int    // octets of its output
	KeyLen int    // preferred key length in octets: the length of SK_d, SK_pi, SK_pr
	// FixedKey: the key of SKEYSEED is the first 8 octets of each nonce,
	// RFC 7296 section 2.14.
	FixedKey bool
	New      func(key []byte) hash.Hash // any key length; nil: known by name only
}

// Computable reports whether the function can be computed here.
func (p PRF) Computable() bool { return p.New != nil }

// HMAC returns HMAC (RFC 2104) of a hash as PRF: RFC 2409 section 4 prescribes
// it when no other PRF was negotiated. With a hash that is known by name only
// the PRF is too.
func HMAC(h Hash) PRF {
	p := PRF{Name: h.Name, Size: h.Size, KeyLen: h.Size}
	if h.Computable() {
		p.New = func(key []byte) hash.Hash { return hmac.New(h.New, key) }
	}
	return p
}

var aesPRFs = []PRF{
	{Name: "aes128-xcbc", Size: 16, KeyLen: 16, FixedKey: true, New: newPRFXCBC},
	{Name: "aes128-cmac", Size: 16, KeyLen: 16, FixedKey: true, New: newPRFCMAC},
}

// PRFByName returns the PRF of a name: a hash's name means HMAC of it.
func PRFByName(name string) (PRF, bool) {
	if h, ok := HashByName(name); ok {
		return HMAC(h), true
	}
	for _, p := range aesPRFs {
		if p.Name == name {
			return p, true
		}
	}
	return PRF{}, false
}

// newPRFXCBC is AES-XCBC-PRF-128, RFC 4434 section 2: a key shorter than 128
// bits is padded with zero octets, a longer one is replaced by its
// AES-XCBC-PRF-128 under a key of zeros.
func newPRFXCBC(key []byte) hash.Hash {
	var k [16]byte
	if len(key) > len(k) {
		h := mustMAC(aesmac.NewXCBC(k[:]))
		h.Write(key)
		h.Sum(k[:0])
	} else {
		copy(k[:], key)
	}
	return mustMAC(aesmac.NewXCBC(k[:]))
}

// newPRFCMAC is AES-CMAC-PRF-128, RFC 4615 section 3: a key that is not of 128
// bits, also a shorter one, is replaced by its AES-CMAC under a key of zeros.
func newPRFCMAC(key []byte) hash.Hash {
	var k [16]byte
	if len(key) == len(k) {
		return mustMAC(aesmac.NewCMAC(key))
	}
	h := mustMAC(aesmac.NewCMAC(k[:]))
	h.Write(key)
	h.Sum(k[:0])
	return mustMAC(aesmac.NewCMAC(k[:]))
}

func mustMAC(h hash.Hash, err error) hash.Hash {
	if err != nil {
		panic("suite: " + err.Error())
	}
	return h
}
