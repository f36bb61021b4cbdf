package ikestate_test

import (
	"crypto"
	//lint:ignore SA1019 DSS signatures are one of RFC 2409's methods
	"crypto/dsa"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"hash"
	"math/big"
	"os"
	"testing"
	"time"

	"ikescope/decode/isakmp"
)

// certify makes a self-signed certificate and returns the Certificate payload.
func certify(t testing.TB, name string, key crypto.Signer) []byte {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(0x1234), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Unix(1_700_000_000, 0), NotAfter: time.Unix(1_900_000_000, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return append([]byte{byte(isakmp.CertX509Signature)}, der...)
}

func newRSA(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// signRSA signs as RFC 2409, section 5.1 says, without DigestInfo (h 0), or with
// that of h.
func signRSA(t testing.TB, k *rsa.PrivateKey, h crypto.Hash) func(*spoken, int, []byte) []byte {
	return func(_ *spoken, _ int, hash []byte) []byte {
		sig, err := rsa.SignPKCS1v15(nil, k, h, hash)
		if err != nil {
			t.Fatal(err)
		}
		return sig
	}
}

// signECDSA signs the hash, or its own hash where again is not nil; r|s as RFC 4754
// or as ASN.1.
func signECDSA(t testing.TB, k *ecdsa.PrivateKey, again func() hash.Hash, der bool) func(*spoken, int, []byte) []byte {
	return func(_ *spoken, _ int, digest []byte) []byte {
		if again != nil {
			h := again()
			h.Write(digest)
			digest = h.Sum(nil)
		}
		r, s, err := ecdsa.Sign(rand.Reader, k, digest)
		if err != nil {
			t.Fatal(err)
		}
		if der {
			return mustDER(t, r, s)
		}
		n := (k.Curve.Params().BitSize + 7) / 8
		return append(r.FillBytes(make([]byte, n)), s.FillBytes(make([]byte, n))...)
	}
}

func mustDER(t testing.TB, r, s *big.Int) []byte {
	t.Helper()
	b, err := asn1.Marshal(struct{ R, S *big.Int }{r, s})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// dssPrivate belongs to testdata/certificates/dss.der.
const dssPrivate = "a35403df2df9572a8dcca00bb85a3c796afc911952e59c23cb647ecd"

// signDSS signs HASH under SHA-1, whatever hash was negotiated.
func signDSS(t testing.TB, der []byte) func(*spoken, int, []byte) []byte {
	t.Helper()
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	x, _ := new(big.Int).SetString(dssPrivate, 16)
	k := &dsa.PrivateKey{PublicKey: *cert.PublicKey.(*dsa.PublicKey), X: x}
	return func(s *spoken, by int, _ []byte) []byte {
		r, v, err := dsa.Sign(rand.Reader, k, s.authHash(by, sha1.New))
		if err != nil {
			t.Fatal(err)
		}
		const n = 28
		return append(r.FillBytes(make([]byte, n)), v.FillBytes(make([]byte, n))...)
	}
}

func dssCertificate(t testing.TB) []byte {
	t.Helper()
	der, err := os.ReadFile("testdata/certificates/dss.der")
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// signatureCase is a way to sign.
type signatureCase struct {
	name string
	auth isakmp.AuthMethod
	hash func() hash.Hash
	id   byte
	cert []byte
	sign func(*spoken, int, []byte) []byte
	form string
}

func signatureCases(t testing.TB) []signatureCase {
	t.Helper()
	r := newRSA(t)
	var curves []*ecdsa.PrivateKey
	var curveCerts [][]byte
	for _, c := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		k, err := ecdsa.GenerateKey(c, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		curves, curveCerts = append(curves, k), append(curveCerts, certify(t, "ec.example", k))
	}
	rsaCert, dss := certify(t, "rsa.example", r), dssCertificate(t)
	dssCert := append([]byte{byte(isakmp.CertX509Signature)}, dss...)
	return []signatureCase{
		{"rsa sha1", isakmp.AuthRSA, sha1.New, 2, rsaCert, signRSA(t, r, 0), "rsa"},
		{"rsa sha2-256", isakmp.AuthRSA, sha256.New, 4, rsaCert, signRSA(t, r, 0), "rsa"},
		{"rsa with digest info", isakmp.AuthRSA, sha1.New, 2, rsaCert, signRSA(t, r, crypto.SHA1), "rsa with sha1"},
		{"rsa sha2-384 with digest info", isakmp.AuthRSA, sha512.New384, 5, rsaCert, signRSA(t, r, crypto.SHA384), "rsa with sha2-384"},
		{"dss sha1", isakmp.AuthDSS, sha1.New, 2, dssCert, signDSS(t, dss), "dss with sha1"},
		{"dss sha2-256", isakmp.AuthDSS, sha256.New, 4, dssCert, signDSS(t, dss), "dss with sha1"},
		{"ecdsa-256", isakmp.AuthECDSA256, sha256.New, 4, curveCerts[0], signECDSA(t, curves[0], nil, false), "ecdsa"},
		{"ecdsa-256 hashed again", isakmp.AuthECDSA256, sha256.New, 4, curveCerts[0], signECDSA(t, curves[0], sha256.New, false), "ecdsa with sha2-256"},
		{"ecdsa-256 as ASN.1", isakmp.AuthECDSA256, sha256.New, 4, curveCerts[0], signECDSA(t, curves[0], nil, true), "ecdsa"},
		{"ecdsa-384", isakmp.AuthECDSA384, sha512.New384, 5, curveCerts[1], signECDSA(t, curves[1], nil, false), "ecdsa"},
		{"ecdsa-521", isakmp.AuthECDSA521, sha512.New, 6, curveCerts[2], signECDSA(t, curves[2], sha512.New, false), "ecdsa with sha2-512"},
		{"ecdsa", isakmp.AuthECDSA, sha1.New, 2, curveCerts[0], signECDSA(t, curves[0], nil, true), "ecdsa"},
		{"xauth rsa", isakmp.AuthXAUTHInitRSA, sha1.New, 2, rsaCert, signRSA(t, r, 0), "rsa"},
	}
}

func (c signatureCase) speak(t testing.TB, x isakmp.ExchangeType) *spoken {
	s := newSpoken(t, x, c.auth)
	s.hash, s.hashID, s.sign = c.hash, c.id, c.sign
	s.chain = [2][]byte{c.cert, c.cert}
	s.setSA()
	return s
}
