package ikestate

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"

	//lint:ignore SA1019 DSS signatures are one of RFC 7296's methods
	"crypto/dsa"

	"github.com/cloudflare/circl/sign/ed448"

	"ikescope/decode/ikev2"
	"ikescope/decode/isakmp"
	"ikescope/suite"
)

// checkSignatureV2 checks AUTH with the certificates in its message; signed is
// what was to be signed. The first certificate holds the key (RFC 7296, section
// 3.6), but a key that verifies counts wherever it stands.
func checkSignatureV2(m *Message, auth ikev2.Auth, signed []byte) Proof {
	scheme, sig, why := schemeOf(auth)
	out := Proof{Why: why}
	if why == "" {
		out.Why = "its sender's certificate is not in the capture"
	}
	certs := certificatesV2(m)
	for _, cert := range certs {
		switch {
		case why != "" || out.Verdict == Verified:
		case cert.Encoding == isakmp.CertHashURL || cert.Encoding == isakmp.CertBundleHashURL:
			out.Why = "its sender names its certificate by a URL only"
		case cert.key == nil:
			out.Why = "the certificate cannot be read"
		default:
			if v, w := scheme.verify(cert.key, signed, sig); v == Verified {
				out = Proof{Verdict: v, Form: scheme.form(), Certificate: cert}
			} else if out.Verdict == Unchecked && (v == Refuted && !cert.CA || v == Unchecked) {
				out = Proof{Verdict: v, Why: w}
			}
		}
	}
	return out
}

// keepCertificates lists the certificates of a message; signed is the one whose key
// made AUTH.
func (c *Conversation) keepCertificates(s Speaker, m *Message, signed *Certificate) {
	for _, cert := range certificatesV2(m) {
		cert.From, cert.Message = s, m
		cert.Signed = signed != nil && cert.Fingerprint == signed.Fingerprint
		c.Phase1.Certificates = append(c.Phase1.Certificates, cert)
	}
}

// certificatesV2 reads the Certificate payloads of a message, whose form is that
// of version 1 (RFC 7296, section 3.6).
func certificatesV2(m *Message) (all []*Certificate) {
	for _, p := range m.All(isakmp.PayloadCert2) {
		if cert, err := isakmp.ParseCert(p.Body); err == nil && len(all) < maxCertificates {
			all = append(all, readCert(cert)...)
		}
	}
	return all
}

// scheme is an algorithm of signatures.
type scheme struct {
	kind   string // that keyOf gives its keys
	hashes []string
	curve  int // bits, 0 for any
	pss    bool
	salt   int // of RSASSA-PSS, in octets
}

// form names the scheme: "rsa-pss with sha2-256", "ed25519".
func (x scheme) form() string {
	name := x.kind
	if x.pss {
		name += "-pss"
	}
	if len(x.hashes) == 1 {
		name += " with " + x.hashes[0]
	}
	return name
}

// schemeOf reads the method of an AUTH payload, and of a digital signature (RFC
// 7427, section 3) the AlgorithmIdentifier in front of it.
func schemeOf(auth ikev2.Auth) (x scheme, sig []byte, why string) {
	switch auth.Method {
	case methodRSA: // SHA-1 unless configured otherwise (RFC 7296, section 3.8)
		return scheme{kind: "rsa", hashes: signableHashes}, auth.Data, ""
	case methodDSS:
		return scheme{kind: "dsa", hashes: []string{"sha1"}}, auth.Data, ""
	case methodECDSA256:
		return scheme{kind: "ecdsa", hashes: []string{"sha2-256"}, curve: 256}, auth.Data, ""
	case methodECDSA384:
		return scheme{kind: "ecdsa", hashes: []string{"sha2-384"}, curve: 384}, auth.Data, ""
	case methodECDSA521:
		return scheme{kind: "ecdsa", hashes: []string{"sha2-512"}, curve: 521}, auth.Data, ""
	case methodSignature:
		if len(auth.Data) == 0 || int(auth.Data[0])+1 > len(auth.Data) {
			return x, nil, "its algorithm cannot be read"
		}
		n := 1 + int(auth.Data[0])
		x, why = identifiedScheme(auth.Data[1:n])
		return x, auth.Data[n:], why
	}
	return x, nil, "method " + suite.IKEv2AuthMethodName(auth.Method) + " is not checked here"
}

// verify checks a signature with a key.
func (x scheme) verify(key any, signed, sig []byte) (v Verdict, why string) {
	kind, bits := keyOf(key)
	switch {
	case kind != x.kind:
		return Unchecked, "the certificate's key is of another kind than the signature"
	case bits > maxKeyBits:
		return Unchecked, "the certificate's key is too long"
	case x.curve != 0 && bits != x.curve:
		return Unchecked, "the certificate's key is on another curve than the method's"
	}
	switch k := key.(type) {
	case ed25519.PublicKey:
		return verdictOf(ed25519.Verify(k, signed, sig)), ""
	case ed448.PublicKey:
		return verdictOf(ed448.Verify(k, signed, sig, "")), ""
	case *rsa.PublicKey:
		if x.pss {
			return verdictOf(x.verifyPSS(k, signed, sig)), ""
		}
		return verdictOf(verifyRSA(k, sig, x.digests(signed)) != ""), ""
	case *ecdsa.PublicKey:
		return verdictOf(x.verifyECDSA(k, signed, sig)), ""
	case *dsa.PublicKey:
		return verdictOf(verifyDSS(k, sig, x.digests(signed)) != ""), ""
	}
	return Unchecked, "the certificate's key is of an unknown kind"
}

// digests computes the hashes under which a signature may be made.
func (x scheme) digests(signed []byte) (values []signable) {
	for _, name := range x.hashes {
		if h, ok := suite.HashByName(name); ok {
			sum := h.New()
			sum.Write(signed)
			values = append(values, signable{sum.Sum(nil), h})
		}
	}
	return values
}

// verifyECDSA checks two numbers side by side (RFC 4754, section 7) or in ASN.1
// (RFC 7427, appendix A.3).
func (x scheme) verifyECDSA(k *ecdsa.PublicKey, signed, sig []byte) bool {
	for _, p := range pairs(sig, (k.Curve.Params().BitSize+7)/8) {
		for _, d := range x.digests(signed) {
			if ecdsa.Verify(k, d.octets, p[0], p[1]) {
				return true
			}
		}
	}
	return false
}

// verifyPSS checks RSASSA-PSS (RFC 8017, section 8.1.2).
func (x scheme) verifyPSS(k *rsa.PublicKey, signed, sig []byte) bool {
	for _, d := range x.digests(signed) {
		h := libraryHashes[d.hash.Name]
		if rsa.VerifyPSS(k, h, d.octets, sig, &rsa.PSSOptions{SaltLength: x.salt, Hash: h}) == nil {
			return true
		}
	}
	return false
}

// libraryHashes are the hashes of signatures as the library numbers them.
var libraryHashes = map[string]crypto.Hash{
	"sha1": crypto.SHA1, "sha2-256": crypto.SHA256, "sha2-384": crypto.SHA384, "sha2-512": crypto.SHA512,
}
