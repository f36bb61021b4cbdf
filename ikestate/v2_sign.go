package ikestate

import (
	"ikescope/decode/isakmp"
	"ikescope/keymat"
	"ikescope/suite"
)

// Authentication methods by signature (RFC 7296, section 3.8; RFC 4754; RFC 7427).
const (
	methodRSA       = 1
	methodECDSA256  = 9
	methodECDSA521  = 11
	methodSignature = 14
)

// checkSignatureV2 checks AUTH of s with the certificates in its message; signed is
// what was to be signed. A digital signature (RFC 7427) whose form is not one of
// those known here stays unchecked.
func (c *Conversation) checkSignatureV2(s Speaker, m *Message, method uint8, sig, signed []byte) Verdict {
	if method == methodSignature {
		if len(sig) == 0 || int(sig[0])+1 > len(sig) {
			return Unchecked
		}
		sig = sig[1+int(sig[0]):] // behind the AlgorithmIdentifier, which the attempts stand for
	} else if method != methodRSA && (method < methodECDSA256 || method > methodECDSA521) {
		return Unchecked
	}
	values := hashesOf(signed)
	verdict := Unchecked
	for _, cert := range certificatesV2(m) {
		cert.From, cert.Message = s, m
		c.Phase1.Certificates = append(c.Phase1.Certificates, cert)
		if cert.parsed == nil || verdict == Verified {
			continue
		}
		switch _, v, _ := verifySignature(cert.parsed.PublicKey, sig, values); {
		case v == Verified:
			cert.Signed, verdict = true, Verified
		case method != methodSignature && !cert.CA:
			verdict = v
		}
	}
	return verdict
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

// hashesOf computes the hashes under which a signature may be made.
func hashesOf(signed []byte) (values []signable) {
	for _, name := range signableHashes {
		if h, ok := suite.HashByName(name); ok {
			sum := h.New()
			sum.Write(signed)
			values = append(values, signable{sum.Sum(nil), h})
		}
	}
	return values
}

// signedBy returns what a side signs, nil where a part of it is not known.
func (c *Conversation) signedBy(s Speaker, idBody []byte) []byte {
	p := c.Phase1
	var first *Message
	var nonce []byte
	var key keymat.SKp
	if first, nonce, key = p.Flights[0], p.NonceR, c.IKEv2.Keys.Pi; s == Responder {
		first, nonce, key = p.Flights[1], p.NonceI, c.IKEv2.Keys.Pr
	}
	if first == nil || nonce == nil || key.IsZero() {
		return nil
	}
	return key.SignedOctets(p.Chosen.PRF, first.Raw, nonce, idBody)
}
