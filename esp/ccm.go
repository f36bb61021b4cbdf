package esp

import (
	"crypto/cipher"

	"ikescope/suite"
	"ikescope/suite/counter"
)

// ccm is counter mode with CBC-MAC and ICVs of 8, 12 or 16 octets (RFC 4309,
// which takes the construction from RFC 3610).
type ccm struct {
	block  cipher.Block
	tagLen int
	salt   []byte
}

func newCCM(c suite.Cipher, key, salt []byte) (transform, error) {
	block, err := c.NewBlock(key)
	if err != nil {
		return nil, err
	}
	return ccm{block, c.ICVLen, salt}, nil
}

func (t ccm) session(s *SA, x *scratch) session {
	c := &combined{sa: s, x: x, salt: t.salt, aead: ccmOpener{counter.NewCCM(t.block, t.tagLen)}}
	return session{c, c}
}

// ccmOpener is CCM under one key.
type ccmOpener struct{ *counter.CCM }

func (o ccmOpener) open(dst, nonce, sealed, aad []byte) bool { return o.Open(dst, nonce, sealed, aad) }

func (o ccmOpener) decrypt(dst, nonce, ciphertext []byte) { o.Decrypt(dst, nonce, ciphertext) }
