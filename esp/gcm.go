package esp

import (
	"crypto/cipher"
	"crypto/subtle"

	"ikescope/esp/kernel/aesgcm"
	"ikescope/suite"
)

// minLibraryTag is the shortest ICV in octets that crypto/cipher's GCM opens.
const minLibraryTag = 12

// newGCM returns Galois/counter mode with ICVs of 8, 12 or 16 octets
// (RFC 4106).
func newGCM(c suite.Cipher, key, salt []byte) (transform, error) {
	if k, ok := aesgcm.New(key); ok {
		return gcmKernel{k, salt}, nil
	}
	block, err := c.NewBlock(key)
	if err != nil {
		return nil, err
	}
	return newLibraryGCM(c, block, salt)
}

// newLibraryGCM returns what crypto/cipher computes, packet by packet.
func newLibraryGCM(c suite.Cipher, block cipher.Block, salt []byte) (transform, error) {
	if c.ICVLen < minLibraryTag {
		full, err := cipher.NewGCM(block)
		if err != nil {
			return nil, err
		}
		return shortTag{full: standard{full}, tagLen: c.ICVLen, salt: salt}, nil
	}
	gcm, err := cipher.NewGCMWithTagSize(block, c.ICVLen)
	if err != nil {
		return nil, err
	}
	return shared{standard{gcm}, salt}, nil
}

// shortTag is GCM with an ICV that is shorter than the library opens: the
// first octets of the full one.
type shortTag struct {
	full   standard
	tagLen int
	salt   []byte
}

func (t shortTag) session(s *SA, x *scratch) session {
	c := &combined{sa: s, x: x, salt: t.salt, aead: &shortTagOpener{t, x}}
	return session{c, c}
}

type shortTagOpener struct {
	shortTag
	x *scratch
}

// open decrypts and encrypts again, since only sealing gives the full ICV.
func (o *shortTagOpener) open(dst, nonce, sealed, aad []byte) bool {
	n := len(sealed) - o.tagLen
	o.decrypt(dst, nonce, sealed[:n])
	again := o.full.Seal(room(&o.x.again, n+maxTag)[:0], nonce, dst[:n], aad)
	return subtle.ConstantTimeCompare(again[n:n+o.tagLen], sealed[n:]) == 1
}

func (o *shortTagOpener) decrypt(dst, nonce, ciphertext []byte) {
	o.full.decrypt(dst, nonce, ciphertext)
}
