package keymat

import (
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"

	"ikescope/suite"
)

// CipherKey is the key of the cipher that protects ISAKMP messages.
type CipherKey struct{ rung }

// CipherKeyFrom takes a cipher key known from elsewhere.
func CipherKeyFrom(s Secret) CipherKey { return CipherKey{rung{s}} }

// CipherKey derives the key of the negotiated cipher, c.KeyLen octets. When
// SKEYID_e is long enough its first octets are the key; otherwise it is
// expanded. RFC 2409 appendix B:
//
//	Ka = K1 | K2 | K3 | ...
//	K1 = prf(SKEYID_e, 0)
//	K2 = prf(SKEYID_e, K1)
//	K3 = prf(SKEYID_e, K2)
//
// where 0 is a single octet. A DES key is the first 8 octets as they are:
// parity bits are not mended and weak keys, which appendix B would have the
// peers skip and no peer skips, are not replaced.
func (e SKEYIDe) CipherKey(prf suite.PRF, c suite.Cipher) CipherKey {
	ka := e.secret.Bytes()
	if len(ka) < c.KeyLen {
		ka = nil
		for k := []byte{0}; len(ka) < c.KeyLen; ka = append(ka, k...) {
			k = apply(prf, e.secret.Bytes(), k)
		}
	}
	return CipherKeyFrom(NewSecret(ka[:c.KeyLen]))
}

// InitialIV computes the IV of the first encrypted phase 1 message, blockLen
// octets. RFC 2409 appendix B:
//
//	IV = hash(g^xi | g^xr)
func (p Phase1) InitialIV(blockLen int) []byte {
	return first(digest(p.newHash(), p.GXI, p.GXR), blockLen)
}

// Phase2IV computes the IV of the first message of a Quick Mode,
// Informational, Transaction or New Group exchange, blockLen octets. lastBlock
// is the last ciphertext block of phase 1, mid the exchange's message ID.
// RFC 2409 appendix B:
//
//	IV = hash(last phase 1 CBC output block | M-ID)
func Phase2IV(h suite.Hash, lastBlock []byte, mid uint32, blockLen int) []byte {
	return first(digest(newHash(h), lastBlock, messageID(mid)), blockLen)
}

func (p Phase1) newHash() hash.Hash { return newHash(p.Hash) }

func newHash(h suite.Hash) hash.Hash {
	if !h.Computable() {
		panic("keymat: hash " + h.Name + " cannot be computed")
	}
	return h.New()
}

func first(b []byte, n int) []byte {
	if n > len(b) {
		panic("keymat: block longer than the hash")
	}
	return b[:n:n]
}

func messageID(mid uint32) []byte { return binary.BigEndian.AppendUint32(nil, mid) }

// Errors of DecryptCBC about its input.
var (
	ErrNotCBC     = errors.New("keymat: cipher is no block cipher in CBC mode")
	ErrIVLength   = errors.New("keymat: iv is not one block")
	ErrBodyLength = errors.New("keymat: encrypted body is not a whole number of blocks")
)

// DecryptCBC decrypts the body of an ISAKMP message, that is what follows the
// header, into a new slice. iv is one block: what InitialIV or Phase2IV
// gives, or the last block of the message before. With a wrong iv only the
// first block comes out wrong. A key of the wrong length is a
// *suite.KeyLengthError.
func DecryptCBC(c suite.Cipher, key CipherKey, iv, body []byte) ([]byte, error) {
	if c.Mode != suite.ModeCBC || c.NewBlock == nil {
		return nil, ErrNotCBC
	}
	b, err := c.NewBlock(key.secret.Bytes())
	if err != nil {
		return nil, fmt.Errorf("keymat: opening a message: %w", err)
	}
	n := b.BlockSize()
	if len(iv) != n {
		return nil, ErrIVLength
	}
	if len(body) == 0 || len(body)%n != 0 {
		return nil, ErrBodyLength
	}
	plain := make([]byte, len(body))
	cipher.NewCBCDecrypter(b, iv).CryptBlocks(plain, body)
	return plain, nil
}

// LastBlock returns the last blockLen octets of an encrypted body: the IV of
// the next message of the same exchange, and at the end of phase 1 the input
// of Phase2IV. RFC 2409 appendix B. It is nil when the body is shorter.
func LastBlock(body []byte, blockLen int) []byte {
	if blockLen <= 0 || len(body) < blockLen {
		return nil
	}
	return body[len(body)-blockLen:]
}
