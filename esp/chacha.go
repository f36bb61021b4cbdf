package esp

import (
	"golang.org/x/crypto/chacha20poly1305"

	"ikescope/suite"
)

// newChaCha20Poly1305 returns the AEAD of RFC 8439 as ESP uses it (RFC 7634).
func newChaCha20Poly1305(_ suite.Cipher, key, salt []byte) (transform, error) {
	a, err := chacha20poly1305.New(key)
	if err != nil {
		return nil, err
	}
	return shared{standard{a}, salt}, nil
}
