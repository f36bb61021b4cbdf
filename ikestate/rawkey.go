package ikestate

import (
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"

	"github.com/cloudflare/circl/sign/ed448"

	"ikescope/decode/isakmp"
)

// errRawKey says that a public key without a certificate cannot be read.
var errRawKey = errors.New("ikestate: the public key cannot be read")

// rawKey reads a public key that stands in place of a certificate: a
// SubjectPublicKeyInfo (RFC 7670, section 3), or an RSA key as PKCS #1 has it (RFC
// 5996, section 3.6).
func rawKey(c isakmp.Cert) *Certificate {
	out := &Certificate{Encoding: c.Encoding, Octets: len(c.Data), Fingerprint: sha256.Sum256(c.Data)}
	out.key = parseRawKey(c)
	if out.KeyKind, out.KeyBits = keyOf(out.key); out.KeyKind == "" {
		out.key, out.Err = nil, errRawKey
	}
	return out
}

// parseRawKey contains what the parser may do with hostile octets, as parseX509 does.
func parseRawKey(c isakmp.Cert) (key any) {
	defer func() {
		if recover() != nil {
			key = nil
		}
	}()
	if len(c.Data) > isakmp.MaxCertificate {
		return nil
	}
	if c.Encoding == isakmp.CertRawRSAKey {
		if k, err := x509.ParsePKCS1PublicKey(c.Data); err == nil {
			return k
		}
		return nil
	}
	if k, err := x509.ParsePKIXPublicKey(c.Data); err == nil {
		return k
	}
	return ed448Key(c.Data)
}

// oidEd448 names Ed448 keys and signatures (RFC 8410, section 3).
var oidEd448 = asn1.ObjectIdentifier{1, 3, 101, 113}

// ed448Key reads a SubjectPublicKeyInfo with an Ed448 key; nil is any other one.
func ed448Key(spki []byte) any {
	var info struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
	rest, err := asn1.Unmarshal(spki, &info)
	if err != nil || len(rest) > 0 || !info.Algorithm.Algorithm.Equal(oidEd448) || len(info.Key.Bytes) != ed448.PublicKeySize {
		return nil
	}
	return ed448.PublicKey(info.Key.Bytes)
}
