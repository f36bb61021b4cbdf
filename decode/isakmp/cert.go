package isakmp

import "crypto/x509"

// CertEncoding is the kind of a certificate. IANA: "Certificate Encodings", registry
// ikev2-parameters; RFC 2408 section 3.9.
type CertEncoding uint8

// Certificate encodings.
const (
	CertPKCS7           CertEncoding = 1 // X.509 wrapped in PKCS #7
	CertPGP             CertEncoding = 2
	CertDNSKey          CertEncoding = 3
	CertX509Signature   CertEncoding = 4
	CertX509KeyExchange CertEncoding = 5
	CertKerberos        CertEncoding = 6
	CertCRL             CertEncoding = 7
	CertARL             CertEncoding = 8
	CertSPKI            CertEncoding = 9
	CertX509Attribute   CertEncoding = 10
	CertRawRSAKey       CertEncoding = 11 // IKEv2 from here
	CertHashURL         CertEncoding = 12 // hash and URL of a certificate (RFC 7296, section 3.6)
	CertBundleHashURL   CertEncoding = 13
	CertRawPublicKey    CertEncoding = 15 // RFC 7670
)

var certNames = names[CertEncoding]{
	CertPKCS7:           "pkcs7",
	CertPGP:             "pgp",
	CertDNSKey:          "dns-key",
	CertX509Signature:   "x509-signature",
	CertX509KeyExchange: "x509-key-exchange",
	CertKerberos:        "kerberos",
	CertCRL:             "crl",
	CertARL:             "arl",
	CertSPKI:            "spki",
	CertX509Attribute:   "x509-attribute",
	CertRawRSAKey:       "raw-rsa-key",
	CertHashURL:         "x509-hash-url",
	CertBundleHashURL:   "x509-bundle-hash-url",
	14:                  "ocsp", // RFC 4806
	CertRawPublicKey:    "raw-public-key",
}

// String is the name of the encoding, or the number where there is none.
func (e CertEncoding) String() string { return certNames.of(e) }

// Cert is the body of a Certificate payload: an octet for the encoding, then the
// certificate. RFC 2408 section 3.9.
type Cert struct {
	Encoding CertEncoding
	Data     []byte
}

// ParseCert reads the body of a Certificate payload; one without certificate is [ErrLength].
func ParseCert(body []byte) (Cert, error) {
	r := reader{layer: "cert", b: body}
	c := Cert{Encoding: CertEncoding(r.u8("encoding")), Data: r.rest()}
	if len(c.Data) == 0 {
		r.note("data", 1, detail(ErrLength, "empty"))
	}
	return c, r.failure()
}

// X509 parses the certificate of an X.509 encoding. The error is an [*Error]: of kind
// [ErrUnsupported] for another encoding, [ErrLimit] above [MaxCertificate] octets,
// [ErrValue] for data that is no certificate.
func (c Cert) X509() (*x509.Certificate, error) {
	r := reader{layer: "cert"}
	switch {
	case c.Encoding != CertX509Signature && c.Encoding != CertX509KeyExchange:
		r.note("encoding", 0, detail(ErrUnsupported, "%s", c.Encoding))
	case len(c.Data) > MaxCertificate:
		r.note("data", 1, detail(ErrLimit, "%d octets, at most %d are parsed", len(c.Data), MaxCertificate))
	default:
		cert, err := x509.ParseCertificate(c.Data)
		if err == nil {
			return cert, nil
		}
		r.note("data", 1, detail(ErrValue, "%v", err))
	}
	return nil, r.failure()
}

// CertRequest is the body of a Certificate Request payload: an octet for the encoding
// asked for, then the distinguished name of the authority, which may be empty.
// RFC 2408 section 3.10.
type CertRequest struct {
	Encoding  CertEncoding
	Authority []byte // DER
}

// ParseCertRequest reads the body of a Certificate Request payload.
func ParseCertRequest(body []byte) (CertRequest, error) {
	r := reader{layer: "cert-request", b: body}
	c := CertRequest{Encoding: CertEncoding(r.u8("encoding")), Authority: r.rest()}
	return c, r.failure()
}
