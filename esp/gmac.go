package esp

import (
	"crypto/cipher"

	"ikescope/suite"
)

// gmac is ENCR_NULL_AUTH_AES_GMAC: the text stays in the clear, GCM protects
// its integrity (RFC 4543).
type gmac struct {
	gcm  cipher.AEAD
	salt []byte
}

func newGMAC(c suite.Cipher, key, salt []byte) (transform, error) {
	block, err := c.NewBlock(key)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return gmac{gcm, salt}, nil
}

func (g gmac) session(s *SA, x *scratch) session {
	return session{&gmacVerifier{g, s, x}, null{}}
}

type gmacVerifier struct {
	gmac
	sa *SA
	x  *scratch
}

func (v *gmacVerifier) verify(batch []Packet) {
	for i := range batch {
		if p := &batch[i]; p.live {
			v.x.settle(p, v.matches(p.Data[HeaderLen:v.sa.bodyAt], v.aad(p), v.sa.icv(p)))
		}
	}
}

// matches reports whether icv is the tag of aad with the nonce salt | IV and
// nothing to encrypt (RFC 4543, section 3).
func (v *gmacVerifier) matches(iv, aad, icv []byte) bool {
	n := copy(v.x.nonce[:], v.salt)
	n += copy(v.x.nonce[n:], iv)
	_, err := v.gcm.Open(v.x.sum[:0], v.x.nonce[:n], icv, aad)
	return err == nil
}

// aad returns SPI | sequence number, of 32 or 64 bits | IV | text (RFC 4543,
// section 3.3). Only with ESN it differs from the packet.
func (v *gmacVerifier) aad(p *Packet) []byte {
	packet := v.sa.authenticated(p)
	if !v.sa.params.ESN {
		return packet
	}
	b := appendESNHeader(room(&v.x.text, len(packet)+4)[:0], p)
	return append(b, packet[HeaderLen:]...)
}
