package ikestate

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"math/big"
	"testing"

	"ikescope/decode/isakmp"
)

func certified(t *testing.T, key crypto.Signer) *Message {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return &Message{Payloads: []isakmp.Payload{{Type: isakmp.PayloadCert2, Body: append([]byte{4}, der...)}}}
}

// AUTH by signature: RFC 7296, section 3.8 (RSA with SHA-1), RFC 4754, and RFC 7427,
// whose value begins with the algorithm behind its length.
func TestSignaturesOfV2(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signed := []byte("message, nonce and prf")
	one, two := sha1.Sum(signed), sha256.Sum256(signed)
	sign := func(k crypto.Signer, hash []byte, h crypto.Hash) []byte {
		sig, err := k.Sign(rand.Reader, hash, h)
		if err != nil {
			t.Fatal(err)
		}
		return sig
	}
	algorithm := []byte{3, 0x30, 1, 0}
	for _, c := range []struct {
		name   string
		m      *Message
		method uint8
		sig    []byte
		want   Verdict
	}{
		{"rsa", certified(t, rsaKey), 1, sign(rsaKey, one[:], crypto.SHA1), Verified},
		{"rsa, broken", certified(t, rsaKey), 1, make([]byte, 256), Refuted},
		{"ecdsa", certified(t, ecKey), 9, sign(ecKey, two[:], crypto.SHA256), Verified},
		{"digital signature", certified(t, rsaKey), 14, append(algorithm[:4:4], sign(rsaKey, two[:], crypto.SHA256)...), Verified},
		{"of an unknown form", certified(t, rsaKey), 14, append(algorithm[:4:4], 1, 2, 3), Unchecked},
		{"too short", certified(t, rsaKey), 14, []byte{9, 1}, Unchecked},
		{"empty", certified(t, rsaKey), 14, nil, Unchecked},
		{"no certificate", &Message{}, 1, sign(rsaKey, one[:], crypto.SHA1), Unchecked},
		{"another method", certified(t, rsaKey), 12, nil, Unchecked},
	} {
		conv := &Conversation{Phase1: &Phase1{}}
		if got := conv.checkSignatureV2(Initiator, c.m, c.method, c.sig, signed); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
		for _, cert := range conv.Phase1.Certificates {
			if cert.Signed != (c.want == Verified) {
				t.Errorf("%s: certificate signed: %v", c.name, cert.Signed)
			}
		}
	}
}
