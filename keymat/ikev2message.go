package keymat

import (
	"crypto/cipher"
	"crypto/subtle"
	"errors"

	"golang.org/x/crypto/chacha20poly1305"

	"ikescope/suite"
	"ikescope/suite/counter"
)

// Errors of opening an IKEv2 message. ErrICV means that the keys are not those of
// the message, so that others may be tried.
var (
	ErrICV         = errors.New("keymat: integrity check failed")
	ErrSealedShort = errors.New("keymat: encrypted payload is too short")
	ErrUnsupported = errors.New("keymat: cipher is not supported in IKEv2 messages")
)

// SKProtection opens the Encrypted payloads of one direction of an IKE SA, RFC
// 7296 section 3.14, RFC 5282.
type SKProtection struct {
	Cipher    suite.Cipher
	Integrity suite.Integrity // zero with an AEAD cipher
	E         SKe
	A         SKa // zero: not known, or AEAD
}

// Open verifies and decrypts a message that ends with an Encrypted payload, whose
// IV starts at offset sealedAt. It returns the plaintext without padding, and
// whether an ICV was checked: without an integrity key only the padding speaks
// for the key. The message is left as it is.
func (p SKProtection) Open(message []byte, sealedAt int) (plain []byte, verified bool, err error) {
	if p.E.Secret().Len() != p.Cipher.KeymatLen() {
		return nil, false, ErrICV
	}
	if p.Cipher.AEAD() {
		plain, err = p.openAEAD(message, sealedAt)
		verified = err == nil
	} else {
		plain, verified, err = p.openSeparate(message, sealedAt)
	}
	if err != nil {
		return nil, false, err
	}
	plain, err = unpad(plain)
	return plain, verified, err
}

// unpad removes padding and the pad length octet.
func unpad(b []byte) ([]byte, error) {
	if len(b) == 0 || int(b[len(b)-1])+1 > len(b) {
		return nil, ErrICV
	}
	return b[:len(b)-1-int(b[len(b)-1])], nil
}

// openAEAD opens with a nonce of salt and IV; the additional data is all in front
// of the IV (RFC 5282 sections 4 and 5.1).
func (p SKProtection) openAEAD(message []byte, at int) ([]byte, error) {
	c := p.Cipher
	if len(message)-at < c.IVLen+c.ICVLen {
		return nil, ErrSealedShort
	}
	keys := p.E.Secret().Bytes()
	open, err := newAEAD(c, keys[:c.KeyLen])
	if err != nil {
		return nil, err
	}
	nonce := append(append([]byte(nil), keys[c.KeyLen:]...), message[at:at+c.IVLen]...)
	plain, ok := open(nonce, message[at+c.IVLen:], message[:at])
	if !ok {
		return nil, ErrICV
	}
	return plain, nil
}

// opening verifies and decrypts a text that ends with its tag.
type opening func(nonce, sealed, aad []byte) (plain []byte, ok bool)

// newAEAD returns how a cipher opens. Those with an implicit IV are for ESP only:
// a message of IKEv2 has no number that could stand for it (RFC 8750).
func newAEAD(c suite.Cipher, key []byte) (opening, error) {
	if c.ImplicitIV {
		return nil, ErrUnsupported
	}
	switch c.Mode {
	case suite.ModeGCM, suite.ModeCCM:
		block, err := c.NewBlock(key)
		if err != nil {
			return nil, err
		}
		if c.Mode == suite.ModeCCM {
			return openCCM(counter.NewCCM(block, c.ICVLen)), nil
		}
		if c.ICVLen < shortestGCM {
			return openShortGCM(block, c.ICVLen)
		}
		return openAEAD(cipher.NewGCMWithTagSize(block, c.ICVLen))
	case suite.ModeChaCha20Poly1305:
		return openAEAD(chacha20poly1305.New(key))
	}
	return nil, ErrUnsupported
}

func openAEAD(a cipher.AEAD, err error) (opening, error) {
	return func(nonce, sealed, aad []byte) ([]byte, bool) {
		plain, err := a.Open(nil, nonce, sealed, aad)
		return plain, err == nil
	}, err
}

// shortestGCM is the shortest tag in octets that the library opens; RFC 5282,
// section 3.1 has one of 8 too.
const shortestGCM = 12

// openShortGCM decrypts by the keystream, which begins with counter 2 (NIST SP
// 800-38D, section 7.1), and compares the tag with that of sealing anew.
func openShortGCM(block cipher.Block, tagLen int) (opening, error) {
	a, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return func(nonce, sealed, aad []byte) ([]byte, bool) {
		n := len(sealed) - tagLen
		if n < 0 {
			return nil, false
		}
		plain := make([]byte, n)
		cipher.NewCTR(block, append(nonce[:len(nonce):len(nonce)], 0, 0, 0, 2)).XORKeyStream(plain, sealed[:n])
		tag := a.Seal(nil, nonce, plain, aad)[n:]
		return plain, subtle.ConstantTimeCompare(tag[:tagLen], sealed[n:]) == 1
	}, nil
}

func openCCM(c *counter.CCM) opening {
	return func(nonce, sealed, aad []byte) ([]byte, bool) {
		plain := make([]byte, len(sealed))
		ok := c.Open(plain, nonce, sealed, aad)
		return plain[:len(plain)-min(c.TagLen(), len(plain))], ok
	}
}

// openSeparate checks the ICV, which covers the whole message in front of it, and
// decrypts CBC or counter mode.
func (p SKProtection) openSeparate(message []byte, at int) (plain []byte, verified bool, err error) {
	end := len(message) - p.Integrity.ICVLen
	if end-at < p.Cipher.IVLen {
		return nil, false, ErrSealedShort
	}
	if key := p.A.Secret(); key.Len() == p.Integrity.KeyLen && p.Integrity.New != nil {
		mac := p.Integrity.New(key.Bytes())
		mac.Write(message[:end])
		if subtle.ConstantTimeCompare(mac.Sum(nil)[:p.Integrity.ICVLen], message[end:]) != 1 {
			return nil, false, ErrICV
		}
		verified = true
	}
	plain, err = p.decrypt(message[at:at+p.Cipher.IVLen], message[at+p.Cipher.IVLen:end])
	return plain, verified, err
}

func (p SKProtection) decrypt(iv, body []byte) ([]byte, error) {
	c := p.Cipher
	if c.Mode == suite.ModeNull {
		return append([]byte(nil), body...), nil
	}
	keys := p.E.Secret().Bytes()
	switch c.Mode {
	case suite.ModeCBC:
		return DecryptCBC(c, CipherKeyFrom(NewSecret(keys)), iv, body)
	case suite.ModeCTR:
		block, err := c.NewBlock(keys[:c.KeyLen])
		if err != nil {
			return nil, err
		}
		counter := append(append(append([]byte(nil), keys[c.KeyLen:]...), iv...), 0, 0, 0, 1) // RFC 5930, section 3
		plain := make([]byte, len(body))
		cipher.NewCTR(block, counter).XORKeyStream(plain, body)
		return plain, nil
	}
	return nil, ErrUnsupported
}
