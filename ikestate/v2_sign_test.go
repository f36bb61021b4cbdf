package ikestate

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/cloudflare/circl/sign/ed448"

	"ikescope/decode/ikev2"
	"ikescope/decode/isakmp"
	"ikescope/suite"
)

func certPayload(encoding isakmp.CertEncoding, data []byte) *Message {
	return &Message{Payloads: []isakmp.Payload{{Type: isakmp.PayloadCert2, Body: append([]byte{byte(encoding)}, data...)}}}
}

func certified(t *testing.T, key crypto.Signer) *Message {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return certPayload(isakmp.CertX509Signature, der)
}

// sideBySide turns an ASN.1 signature into two numbers of n octets side by side.
func sideBySide(t *testing.T, sig []byte, n int) []byte {
	t.Helper()
	var seq struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(sig, &seq); err != nil {
		t.Fatal(err)
	}
	return append(seq.R.FillBytes(make([]byte, n)), seq.S.FillBytes(make([]byte, n))...)
}

// AlgorithmIdentifiers, of RFC 7427, appendix A, and RFC 8410, section 3.
const (
	idSHA1RSA     = "300d06092a864886f70d0101050500"
	idSHA256RSA   = "300d06092a864886f70d01010b0500"
	idSHA384RSA   = "300d06092a864886f70d01010c0500"
	idSHA512RSA   = "300d06092a864886f70d01010d0500"
	idPSSDefault  = "300d06092a864886f70d01010a3000"
	idPSS256      = "304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120"
	idSHA256ECDSA = "300a06082a8648ce3d040302"
	idSHA384ECDSA = "300a06082a8648ce3d040303"
	idSHA512ECDSA = "300a06082a8648ce3d040304"
	idEd25519     = "300506032b6570"
	idEd448       = "300506032b6571"
	idMLDSA65     = "300b0609608648016503040312"
)

// named is the value of method 14: the AlgorithmIdentifier behind its length.
func named(t *testing.T, id string, sig []byte) []byte {
	t.Helper()
	der, err := hex.DecodeString(id)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Concat([]byte{byte(len(der))}, der, sig)
}

// AUTH by signature: RFC 7296, section 3.8 (RSA), RFC 4754 (ECDSA), RFC 7427 and
// RFC 8420 (both with the algorithm named).
func TestSignaturesOfV2(t *testing.T) {
	signed := []byte("message, nonce and prf")
	h1, h256, h384, h512 := sha1.Sum(signed), sha256.Sum256(signed), sha512.Sum384(signed), sha512.Sum512(signed)
	sign := func(k crypto.Signer, hash []byte, h crypto.SignerOpts) []byte {
		sig, err := k.Sign(rand.Reader, hash, h)
		if err != nil {
			t.Fatal(err)
		}
		return sig
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ec := map[elliptic.Curve]*ecdsa.PrivateKey{}
	for _, c := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		if ec[c], err = ecdsa.GenerateKey(c, rand.Reader); err != nil {
			t.Fatal(err)
		}
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public448, key448, err := ed448.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	spki448, err := hex.DecodeString("3043300506032b6571033a00") // RFC 8410, section 4
	if err != nil {
		t.Fatal(err)
	}
	raw448 := certPayload(isakmp.CertRawPublicKey, append(spki448, public448...))
	spki, err := x509.MarshalPKIXPublicKey(edKey.Public())
	if err != nil {
		t.Fatal(err)
	}
	pss := func(h crypto.Hash, salt int) *rsa.PSSOptions { return &rsa.PSSOptions{SaltLength: salt, Hash: h} }
	p256, p384, p521 := ec[elliptic.P256()], ec[elliptic.P384()], ec[elliptic.P521()]
	withRSA, withP256, withEd := certified(t, rsaKey), certified(t, p256), certified(t, edKey)
	rsa256 := sign(rsaKey, h256[:], crypto.SHA256)
	for _, c := range []struct {
		name   string
		m      *Message
		method uint8
		data   []byte
		want   Verdict
		says   string // form, or why
	}{
		{"rsa", withRSA, 1, sign(rsaKey, h1[:], crypto.SHA1), Verified, "rsa"},
		{"rsa, another hash", withRSA, 1, rsa256, Verified, "rsa"},
		{"rsa, broken", withRSA, 1, make([]byte, 256), Refuted, ""},
		{"ecdsa-256", withP256, 9, sideBySide(t, sign(p256, h256[:], nil), 32), Verified, "ecdsa with sha2-256"},
		{"ecdsa-384", certified(t, p384), 10, sideBySide(t, sign(p384, h384[:], nil), 48), Verified, "ecdsa with sha2-384"},
		{"ecdsa-521", certified(t, p521), 11, sideBySide(t, sign(p521, h512[:], nil), 66), Verified, "ecdsa with sha2-512"},
		{"ecdsa-256, hash of another method", withP256, 9, sideBySide(t, sign(p256, h384[:32], nil), 32), Refuted, ""},
		{"ecdsa-384 with a key on P-256", withP256, 10, sideBySide(t, sign(p256, h384[:], nil), 32), Unchecked, "another curve"},
		{"7427 rsa sha1", withRSA, 14, named(t, idSHA1RSA, sign(rsaKey, h1[:], crypto.SHA1)), Verified, "rsa with sha1"},
		{"7427 rsa sha256", withRSA, 14, named(t, idSHA256RSA, rsa256), Verified, "rsa with sha2-256"},
		{"7427 rsa sha384", withRSA, 14, named(t, idSHA384RSA, sign(rsaKey, h384[:], crypto.SHA384)), Verified, "rsa with sha2-384"},
		{"7427 rsa sha512", withRSA, 14, named(t, idSHA512RSA, sign(rsaKey, h512[:], crypto.SHA512)), Verified, "rsa with sha2-512"},
		{"7427 rsa, another hash than named", withRSA, 14, named(t, idSHA512RSA, rsa256), Refuted, ""},
		{"7427 pss", withRSA, 14, named(t, idPSS256, sign(rsaKey, h256[:], pss(crypto.SHA256, 32))), Verified, "rsa-pss with sha2-256"},
		{"7427 pss, what is left out", withRSA, 14, named(t, idPSSDefault, sign(rsaKey, h1[:], pss(crypto.SHA1, 20))), Verified, "rsa-pss with sha1"},
		{"7427 pss, another salt", withRSA, 14, named(t, idPSS256, sign(rsaKey, h256[:], pss(crypto.SHA256, 20))), Refuted, ""},
		{"7427 ecdsa sha256", withP256, 14, named(t, idSHA256ECDSA, sign(p256, h256[:], nil)), Verified, "ecdsa with sha2-256"},
		{"7427 ecdsa sha384 on P-256", withP256, 14, named(t, idSHA384ECDSA, sign(p256, h384[:], nil)), Verified, "ecdsa with sha2-384"},
		{"7427 ecdsa sha512", certified(t, p521), 14, named(t, idSHA512ECDSA, sign(p521, h512[:], nil)), Verified, "ecdsa with sha2-512"},
		{"ed25519", withEd, 14, named(t, idEd25519, ed25519.Sign(edKey, signed)), Verified, "ed25519"},
		{"ed25519, broken", withEd, 14, named(t, idEd25519, make([]byte, 64)), Refuted, ""},
		{"ed25519, raw key", certPayload(isakmp.CertRawPublicKey, spki), 14, named(t, idEd25519, ed25519.Sign(edKey, signed)), Verified, "ed25519"},
		{"rsa, raw key", certPayload(isakmp.CertRawRSAKey, x509.MarshalPKCS1PublicKey(&rsaKey.PublicKey)), 14, named(t, idSHA256RSA, rsa256), Verified, "rsa with sha2-256"},
		{"ed448, raw key", raw448, 14, named(t, idEd448, ed448.Sign(key448, signed, "")), Verified, "ed448"},
		{"ed448, broken", raw448, 14, named(t, idEd448, make([]byte, 114)), Refuted, ""},
		{"key of another kind", withP256, 14, named(t, idSHA256RSA, rsa256), Unchecked, "another kind"},
		{"ML-DSA", withRSA, 14, named(t, idMLDSA65, nil), Unchecked, "ML-DSA-65"},
		{"broken algorithm", withRSA, 14, []byte{3, 0x30, 1, 0}, Unchecked, "cannot be read"},
		{"length past the end", withRSA, 14, []byte{9, 1}, Unchecked, "cannot be read"},
		{"empty", withRSA, 14, nil, Unchecked, "cannot be read"},
		{"no certificate", &Message{}, 1, rsa256, Unchecked, "not in the capture"},
		{"URL", certPayload(isakmp.CertHashURL, []byte("http://example.org/c")), 1, rsa256, Unchecked, "URL"},
		{"damaged raw key", certPayload(isakmp.CertRawPublicKey, []byte{0x30}), 1, rsa256, Unchecked, "cannot be read"},
		{"another method", withRSA, 12, nil, Unchecked, "gspm"},
	} {
		got := checkSignatureV2(c.m, ikev2.Auth{Method: c.method, Data: c.data}, signed)
		if got.Verdict != c.want || !strings.Contains(got.Form+got.Why, c.says) || c.want == Verified && got.Form != strings.TrimSpace(got.Form) {
			t.Errorf("%s: %v %q %q", c.name, got.Verdict, got.Form, got.Why)
		}
		if (got.Certificate != nil) != (c.want == Verified) {
			t.Errorf("%s: signed by %+v", c.name, got.Certificate)
		}
	}
}

// Parameters of RSASSA-PSS cut anywhere are refused, or those of fewer fields.
func TestDamagedAlgorithms(t *testing.T) {
	der, err := hex.DecodeString(idPSS256)
	if err != nil {
		t.Fatal(err)
	}
	for n := range der {
		if _, why := identifiedScheme(der[:n]); why == "" {
			t.Errorf("cut to %d octets: no reason", n)
		}
	}
	for i := range der {
		broken := slices.Clone(der)
		broken[i] ^= 0xff
		identifiedScheme(broken)
	}
}

// Version 1 hashes HASH_I once more by the method's hash, whatever the PRF's is
// (RFC 4754).
func TestECDSAHashOfTheMethod(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sha, ok := suite.HashByName("sha1")
	if !ok {
		t.Fatal("no sha1")
	}
	hashI := sha1.Sum([]byte("stands for HASH_I under HMAC-SHA1"))
	again := sha512.Sum384(hashI[:])
	sig, err := ecdsa.SignASN1(rand.Reader, key, again[:])
	if err != nil {
		t.Fatal(err)
	}
	if form := verifyECDSA(&key.PublicKey, sideBySide(t, sig, 48), []signable{{hashI[:], sha}}); form != "ecdsa with sha2-384" {
		t.Errorf("form %q", form)
	}
}
