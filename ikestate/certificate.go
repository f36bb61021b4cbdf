package ikestate

import (
	//lint:ignore SA1019 DSS signatures are one of RFC 2409's methods
	"crypto/dsa"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/cloudflare/circl/sign/ed448"

	"ikescope/decode/isakmp"
)

// Certificate is one that a peer sent (RFC 2408, section 3.9). Where it could not
// be parsed, Err says why, and only From, Message, Encoding, Octets and
// Fingerprint are set.
type Certificate struct {
	From     Speaker
	Message  *Message
	Encoding isakmp.CertEncoding

	Subject, Issuer     string // RFC 4514
	Serial              string // hex digits
	NotBefore, NotAfter time.Time
	KeyKind             string   // "rsa", "dsa", "ecdsa", "ed25519", "ed448"
	KeyBits             int      // modulus, prime or field
	Names               []string // subject alternative names: "dns:gw.example.org"
	CA                  bool     // basic constraints say that it may issue others
	Octets              int      // of the certificate
	Fingerprint         [sha256.Size]byte

	// Signed is set where the signature of phase 1 verifies with this key.
	Signed bool
	Err    error

	parsed *x509.Certificate
	key    any // public key, nil where it is of an unknown kind
}

// Raw reports whether c is a public key without a certificate around it, so that it
// has neither names nor a validity.
func (c *Certificate) Raw() bool {
	return c.Encoding == isakmp.CertRawRSAKey || c.Encoding == isakmp.CertRawPublicKey
}

// Bounds on the certificates of one message. Octets: isakmp.MaxCertificate.
const (
	maxCertificates = 32
	maxNames        = 64
)

// certificatesIn reads the certificates among payloads.
func certificatesIn(ps []isakmp.Payload) (all []*Certificate) {
	for _, p := range ps {
		if p.Type != isakmp.PayloadCert {
			continue
		}
		c, err := isakmp.ParseCert(p.Body)
		if err != nil {
			all = append(all, &Certificate{Err: err, Octets: len(p.Body)})
			continue
		}
		if all = append(all, readCert(c)...); len(all) >= maxCertificates {
			return all[:maxCertificates]
		}
	}
	return all
}

// readCert reads a Certificate payload; one in PKCS #7 holds several.
func readCert(c isakmp.Cert) []*Certificate {
	switch c.Encoding {
	case isakmp.CertX509Signature, isakmp.CertX509KeyExchange:
		return []*Certificate{newCertificate(c.Encoding, c.Data)}
	case isakmp.CertRawRSAKey, isakmp.CertRawPublicKey:
		return []*Certificate{rawKey(c)}
	case isakmp.CertPKCS7:
		ders, err := unwrapPKCS7(c.Data)
		if err != nil {
			return []*Certificate{{Encoding: c.Encoding, Err: err, Octets: len(c.Data), Fingerprint: sha256.Sum256(c.Data)}}
		}
		var all []*Certificate
		for _, der := range ders {
			all = append(all, newCertificate(c.Encoding, der))
		}
		return all
	}
	err := fmt.Errorf("ikestate: %s certificates are not read", c.Encoding)
	return []*Certificate{{Encoding: c.Encoding, Err: err, Octets: len(c.Data), Fingerprint: sha256.Sum256(c.Data)}}
}

// newCertificate parses DER.
func newCertificate(e isakmp.CertEncoding, der []byte) *Certificate {
	c := &Certificate{Encoding: e, Octets: len(der), Fingerprint: sha256.Sum256(der)}
	x, err := parseX509(der)
	if err != nil {
		c.Err = err
		return c
	}
	c.parsed = x
	c.Subject, _ = isakmp.DistinguishedName(x.RawSubject)
	c.Issuer, _ = isakmp.DistinguishedName(x.RawIssuer)
	c.Serial = fmt.Sprintf("%x", x.SerialNumber)
	c.NotBefore, c.NotAfter, c.CA = x.NotBefore, x.NotAfter, x.BasicConstraintsValid && x.IsCA
	if c.key = x.PublicKey; c.key == nil {
		c.key = ed448Key(x.RawSubjectPublicKeyInfo)
	}
	c.KeyKind, c.KeyBits = keyOf(c.key)
	c.Names = namesOf(x)
	return c
}

// errParser is what a fault of the certificate parser becomes.
var errParser = errors.New("ikestate: the certificate parser failed")

// parseX509 contains what the parser may do with hostile octets: one certificate
// that it refuses, or fails on, costs no more than itself.
func parseX509(der []byte) (c *x509.Certificate, err error) {
	defer func() {
		if recover() != nil {
			c, err = nil, errParser
		}
	}()
	return isakmp.Cert{Encoding: isakmp.CertX509Signature, Data: der}.X509()
}

// keyOf names the kind of a public key and its size in bits.
func keyOf(key any) (kind string, bits int) {
	switch k := key.(type) {
	case *rsa.PublicKey:
		return "rsa", k.N.BitLen()
	case *dsa.PublicKey:
		return "dsa", k.P.BitLen()
	case *ecdsa.PublicKey:
		return "ecdsa", k.Curve.Params().BitSize
	case ed25519.PublicKey:
		return "ed25519", 8 * len(k)
	case ed448.PublicKey:
		return "ed448", 8 * len(k)
	}
	return "", 0
}

func namesOf(x *x509.Certificate) (names []string) {
	add := func(kind, name string) {
		if len(names) < maxNames {
			names = append(names, kind+":"+name)
		}
	}
	for _, n := range x.DNSNames {
		add("dns", n)
	}
	for _, n := range x.EmailAddresses {
		add("email", n)
	}
	for _, n := range x.IPAddresses {
		add("ip", n.String())
	}
	for _, n := range x.URIs {
		add("uri", n.String())
	}
	return names
}

// Certificates returns those that the peers sent in phase 1, as far as its
// messages could be read.
func (c *Conversation) Certificates() []*Certificate {
	if c.Phase1 == nil {
		return nil
	}
	return c.Phase1.Certificates
}
