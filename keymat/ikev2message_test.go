package keymat

import (
	"bytes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"slices"
	"testing"

	"golang.org/x/crypto/chacha20poly1305"

	"ikescope/suite"
)

// sealing is one direction of an IKE SA as a peer has it.
type sealing struct {
	SKProtection
	t *testing.T
}

func newSealing(t *testing.T, name string) sealing {
	t.Helper()
	c, ok := suite.CipherByName(name)
	if !ok {
		t.Fatalf("no cipher %q", name)
	}
	key := make([]byte, c.KeymatLen())
	for i := range key {
		key[i] = byte(3*i + 1)
	}
	s := sealing{SKProtection{Cipher: c, E: SKeFrom(NewSecret(key))}, t}
	if !c.AEAD() {
		s.Integrity, _ = suite.IntegrityByName("hmac-sha2-256-128")
		s.A = SKaFrom(NewSecret(bytes.Repeat([]byte{7}, s.Integrity.KeyLen)))
	}
	return s
}

// message seals text behind a header (RFC 7296, section 3.14; RFC 5282, section 5.1).
func (s sealing) message(header, iv, text []byte) []byte {
	c, key := s.Cipher, s.E.Secret().Bytes()
	nonce := append(slices.Clone(key[c.KeyLen:]), iv...)
	front := append(slices.Clone(header), iv...)
	if c.Mode == suite.ModeChaCha20Poly1305 {
		a, err := chacha20poly1305.New(key[:c.KeyLen])
		if err != nil {
			s.t.Fatal(err)
		}
		return a.Seal(front, nonce, text, header)
	}
	block, err := c.NewBlock(key[:c.KeyLen])
	if err != nil {
		s.t.Fatal(err)
	}
	sealed := slices.Clone(text)
	switch c.Mode {
	case suite.ModeGCM:
		a, err := cipher.NewGCM(block)
		if err != nil {
			s.t.Fatal(err)
		}
		whole := a.Seal(front, nonce, text, header)
		return whole[:len(whole)-a.Overhead()+c.ICVLen]
	case suite.ModeCCM:
		return append(front, sealCCM(block, nonce, text, header, c.ICVLen)...)
	case suite.ModeCBC:
		cipher.NewCBCEncrypter(block, iv).CryptBlocks(sealed, sealed)
	case suite.ModeCTR:
		cipher.NewCTR(block, append(nonce, 0, 0, 0, 1)).XORKeyStream(sealed, sealed)
	}
	m := append(front, sealed...)
	mac := hmac.New(sha256.New, s.A.Secret().Bytes())
	mac.Write(m)
	return append(m, mac.Sum(nil)[:16]...)
}

// sealCCM is RFC 3610 for nonces of 11 octets, by the library's CBC and CTR.
func sealCCM(b cipher.Block, nonce, text, aad []byte, tagLen int) []byte {
	pad := func(b []byte) []byte { return append(b, make([]byte, -len(b)&15)...) }
	in := append([]byte{byte(0x40 + 8*((tagLen-2)/2) + 3)}, nonce...)
	in = binary.BigEndian.AppendUint32(in, uint32(len(text)))
	in = append(in, pad(append(binary.BigEndian.AppendUint16(nil, uint16(len(aad))), aad...))...)
	in = append(in, pad(slices.Clone(text))...)
	cipher.NewCBCEncrypter(b, make([]byte, 16)).CryptBlocks(in, in)
	both := append(slices.Clone(in[len(in)-16:]), text...)
	cipher.NewCTR(b, append(append([]byte{3}, nonce...), 0, 0, 0, 0)).XORKeyStream(both, both)
	return append(both[16:], both[:tagLen]...)
}

// Every cipher that has a number in IKEv2 opens what a peer sealed, and nothing else.
func TestOpenWithEveryCipher(t *testing.T) {
	header := []byte("28 octets of a header, and 4 of SK")
	for _, name := range []string{
		"des-cbc", "3des-cbc", "cast-cbc-128", "blowfish-cbc-128", "aes-cbc-128", "aes-cbc-256", "camellia-cbc-192",
		"aes-ctr-128", "aes-ctr-256", "camellia-ctr-128", "aes-gcm-8-128", "aes-gcm-12-192", "aes-gcm-16-256",
		"aes-ccm-8-128", "aes-ccm-12-256", "aes-ccm-16-192", "camellia-ccm-8-256", "camellia-ccm-12-192", "camellia-ccm-16-128",
		"chacha20-poly1305",
	} {
		t.Run(name, func(t *testing.T) {
			s := newSealing(t, name)
			iv := []byte("an IV of 16 octs")[:s.Cipher.IVLen]
			plain := []byte("payloads, thirty octets of 'em")
			m := s.message(header, iv, append(slices.Clone(plain), 0, 1)) // 32 octets
			got, verified, err := s.Open(m, len(header))
			if err != nil || !verified || !bytes.Equal(got, plain) {
				t.Fatalf("opens to %q, verified %t, %v", got, verified, err)
			}
			for i := range m {
				broken := slices.Clone(m)
				broken[i] ^= 0x40
				if _, _, err := s.Open(broken, len(header)); !errors.Is(err, ErrICV) {
					t.Fatalf("octet %d changed: %v", i, err)
				}
			}
			for n := len(header); n < len(m); n++ {
				if _, _, err := s.Open(m[:n], len(header)); err == nil {
					t.Fatalf("cut to %d octets: no error", n)
				}
			}
		})
	}
}

// Ciphers without an IV in the packet have no place in IKE.
func TestImplicitIVIsRefused(t *testing.T) {
	for _, name := range []string{"aes-gcm-16-iiv-128", "aes-ccm-8-iiv-128", "chacha20-poly1305-iiv"} {
		s := newSealing(t, name)
		if _, _, err := s.Open(make([]byte, 100), 32); !errors.Is(err, ErrUnsupported) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
