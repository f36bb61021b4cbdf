package ikestate_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/hex"
	"hash"
	"slices"
	"testing"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/keymat"
	"ikescope/secrets"
	"ikescope/suite/vectors"
)

// sealKeys gives both sides an RSA key.
func (s *spoken) sealKeys(t testing.TB) {
	for i := range s.side {
		s.side[i].rsa = newRSA(t)
	}
}

// sealed encrypts what a side sends with the peer's public key.
func (s *spoken) sealed(t testing.TB, by int, body []byte) []byte {
	t.Helper()
	//lint:ignore SA1019 RFC 2409, section 5.2 encrypts so
	b, err := rsa.EncryptPKCS1v15(rand.Reader, &s.side[1-by].rsa.PublicKey, body)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// hidden is KE, identity and nonce as a side of public key encryption sends them
// (RFC 2409, sections 5.2 and 5.3).
func (s *spoken) hidden(t testing.TB, by int) (ps []isakmp.Payload) {
	nonce := payload(isakmp.PayloadNonce, s.sealed(t, by, s.side[by].nonce))
	if s.auth.Plain() == isakmp.AuthRSAEncryption {
		return append(ps, payload(isakmp.PayloadKE, s.side[by].public), payload(isakmp.PayloadID, s.sealed(t, by, s.id[by])), nonce)
	}
	ne := s.prf(s.side[by].nonce, s.cky[by])
	block, err := aes.NewCipher(ne[:16])
	if err != nil {
		t.Fatal(err)
	}
	iv := make([]byte, aes.BlockSize)
	cbc := func(body []byte) []byte {
		n := aes.BlockSize - len(body)%aes.BlockSize
		padded := append(bytes.Clone(body), make([]byte, n)...)
		padded[len(padded)-1] = byte(n - 1)
		cipher.NewCBCEncrypter(block, iv).CryptBlocks(padded, padded)
		iv = padded[len(padded)-aes.BlockSize:]
		return padded
	}
	return append(ps, nonce, payload(isakmp.PayloadKE, cbc(s.side[by].public)), payload(isakmp.PayloadID, cbc(s.id[by])))
}

// speakSealed sends phase 1 with public key encryption, and a Delete.
func (s *spoken) speakSealed(t testing.TB) []ikestate.Datagram {
	s.derive()
	sa := payload(isakmp.PayloadSA, s.sa)
	hash1 := payload(isakmp.PayloadHash, s.digest([]byte("certificate")))
	if s.exchange == isakmp.ExchangeMain {
		s.say(0, sa)
		s.say(1, sa)
		s.say(0, append([]isakmp.Payload{hash1}, s.hidden(t, 0)...)...)
		s.say(1, s.hidden(t, 1)...)
		for i := range 2 {
			s.iv = s.encrypt(i, s.exchange, 0, s.iv, s.proof(i))
		}
	} else {
		s.say(0, append([]isakmp.Payload{sa, hash1}, s.hidden(t, 0)...)...)
		s.say(1, slices.Concat([]isakmp.Payload{sa}, s.hidden(t, 1), s.proof(1))...)
		s.say(0, s.proof(0)...)
	}
	s.sayDelete()
	return s.sent
}

// rsaRing holds the private keys of both sides.
func (s *spoken) rsaRing() *secrets.Ring {
	r := s.ring()
	for i := range s.side {
		der := x509.MarshalPKCS1PrivateKey(s.side[i].rsa)
		r.RSAKeys = append(r.RSAKeys, secrets.RSAKey{Key: keymat.NewSecret(der), Source: secrets.Source{File: "key.pem", Line: i + 1}})
	}
	return r
}

// Both modes of public key encryption, in Main and Aggressive Mode, with the
// private keys of both sides.
func TestPublicKeyEncryption(t *testing.T) {
	for _, auth := range []isakmp.AuthMethod{isakmp.AuthRSAEncryption, isakmp.AuthRSARevisedEncryption, isakmp.AuthXAUTHInitRSARevisedEncryption} {
		for _, x := range []isakmp.ExchangeType{isakmp.ExchangeMain, isakmp.ExchangeAggressive} {
			s := newSpoken(t, x, auth)
			s.sealKeys(t)
			c := oneConversation(t, solve(t, s.speakSealed(t), s.rsaRing()))
			p := c.Phase1
			if p.IDii.String() != "initiator.example" || p.IDir.String() != "responder.example" ||
				!bytes.Equal(p.NonceI, s.side[0].nonce) || !bytes.Equal(p.NonceR, s.side[1].nonce) || !bytes.Equal(p.GXI, s.side[0].public) {
				t.Errorf("%s, %s: %v, %v, nonces %x %x", auth, x, p.IDii, p.IDir, p.NonceI, p.NonceR)
			}
			if !bytes.Equal(p.Ladder.SKEYID.Secret().Bytes(), s.skey) || !bytes.Equal(p.Ladder.A.Secret().Bytes(), s.a) {
				t.Errorf("%s, %s: SKEYID is wrong", auth, x)
			}
			for side := range ikestate.Speaker(2) {
				if proof := p.Proof(side); proof.Verdict != ikestate.Verified || proof.Payload != isakmp.PayloadHash {
					t.Errorf("%s, %s, %s: %s %s", auth, x, side, proof.Verdict, proof.Why)
				}
			}
			if len(s.uses(t)) != 3 {
				t.Errorf("%s, %s: secrets used %v", auth, x, s.uses(t))
			}
			if len(p.Revealed) < 4 || p.Revealed[0].Source.File != "key.pem" || len(c.Deletes) != 1 {
				t.Errorf("%s, %s: %d payloads revealed, %d Deletes", auth, x, len(p.Revealed), len(c.Deletes))
			}
		}
	}
}

// uses counts the secrets that opened something: two keys and a private value.
func (s *spoken) uses(t *testing.T) ikestate.Uses {
	return solve(t, s.sent, s.rsaRing()).Uses()
}

// One side's key opens what was sent to that side; SKEYID needs both nonces.
func TestPublicKeyEncryptionWithOneKey(t *testing.T) {
	for _, auth := range []isakmp.AuthMethod{isakmp.AuthRSAEncryption, isakmp.AuthRSARevisedEncryption} {
		s := newSpoken(t, isakmp.ExchangeMain, auth)
		s.sealKeys(t)
		r := s.rsaRing()
		r.RSAKeys = r.RSAKeys[1:] // the responder's
		p := oneConversation(t, solve(t, s.speakSealed(t), r)).Phase1
		if p.IDii.String() != "initiator.example" || p.IDir != nil || !bytes.Equal(p.NonceI, s.side[0].nonce) || p.NonceR != nil {
			t.Errorf("%s: %v, %v, nonces %x %x", auth, p.IDii, p.IDir, p.NonceI, p.NonceR)
		}
		if !p.Ladder.SKEYID.IsZero() || p.Proof(ikestate.Initiator).Verdict != ikestate.Unchecked {
			t.Errorf("%s: SKEYID without the responder's nonce", auth)
		}
	}
}

// A case of NIST's vectors: nonces, cookies and g^xy are theirs, and so must be
// SKEYID and the three secrets (NIST SP 800-135, ikev1_pke.rsp).
func TestPublicKeyEncryptionWithVectorsOfNIST(t *testing.T) {
	long, err := rsa.GenerateKey(rand.Reader, 2304) // a nonce of 256 octets fits into a ciphertext
	if err != nil {
		t.Fatal(err)
	}
	done := 0
	for _, v := range pkeVectors(t) {
		h, known := phase1Hashes[v.PRF]
		if !known || len(v.GXY)/2 != group.SharedLen || done == 20 {
			continue
		}
		done++
		s := newSpoken(t, isakmp.ExchangeMain, isakmp.AuthRSAEncryption)
		s.side[0].rsa, s.side[1].rsa = long, long
		s.hash, s.hashID = h.new, h.id
		s.setSA()
		s.cky = [2][]byte{unhex(t, v.CkyI), unhex(t, v.CkyR)}
		s.side[0].nonce, s.side[1].nonce, s.gxy = unhex(t, v.Ni), unhex(t, v.Nr), unhex(t, v.GXY)
		r := s.rsaRing()
		r.DHs = []secrets.DH{{Shared: keymat.NewSecret(s.gxy), Source: secrets.Source{File: "dh"}}}
		c := oneConversation(t, solve(t, s.speakSealed(t), r))
		l := c.Phase1.Ladder
		for name, got := range map[string][2]string{
			"skeyid":   {l.SKEYID.Secret().Hex(), v.SKEYID},
			"skeyid_d": {l.D.Secret().Hex(), v.SKEYIDd},
			"skeyid_a": {l.A.Secret().Hex(), v.SKEYIDa},
			"skeyid_e": {l.E.Secret().Hex(), v.SKEYIDe},
		} {
			if got[0] != got[1] {
				t.Errorf("%s: %s is %s, want %s", v.ID, name, got[0], got[1])
			}
		}
		if c.Phase1.HashI != ikestate.Verified || len(c.Deletes) != 1 {
			t.Errorf("%s: %s, %d Deletes", v.ID, c.Phase1.HashI, len(c.Deletes))
		}
	}
	if done < 10 {
		t.Errorf("%d vectors fit, want 10 at least", done)
	}
}

// phase1Hashes are the hashes behind the PRFs of the vectors, with their numbers.
var phase1Hashes = map[string]struct {
	new func() hash.Hash
	id  byte
}{
	"hmac-sha1": {sha1.New, 2}, "hmac-sha256": {sha256.New, 4}, "hmac-sha384": {sha512.New384, 5}, "hmac-sha512": {sha512.New, 6},
}

type pkeVector struct {
	ID, PRF, Ni, Nr, GXY, SKEYID string
	CkyI                         string `json:"cky_i"`
	CkyR                         string `json:"cky_r"`
	SKEYIDd                      string `json:"skeyid_d"`
	SKEYIDa                      string `json:"skeyid_a"`
	SKEYIDe                      string `json:"skeyid_e"`
}

// pkeVectors reads the vectors that package keymat keeps.
func pkeVectors(t *testing.T) []pkeVector {
	t.Helper()
	return vectors.Cases[pkeVector](t, "../keymat/testdata/ikev1_pke.json.gz", 1)
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Damage in what was encrypted: ciphertexts of wrong lengths, padding that is not,
// payloads cut at every octet.
func TestPublicKeyEncryptionDamaged(t *testing.T) {
	for _, auth := range []isakmp.AuthMethod{isakmp.AuthRSAEncryption, isakmp.AuthRSARevisedEncryption} {
		s := newSpoken(t, isakmp.ExchangeMain, auth)
		s.sealKeys(t)
		ds, r := s.speakSealed(t), s.rsaRing()
		for n := isakmp.HeaderLen; n < len(ds[2].Message); n += 3 {
			cut := slices.Clone(ds)
			cut[2].Message = ds[2].Message[:n]
			solve(t, cut, r)
			flipped := slices.Clone(ds)
			flipped[2].Message = bytes.Clone(ds[2].Message)
			flipped[2].Message[n] ^= 0xff
			solve(t, flipped, r)
		}
	}
}
