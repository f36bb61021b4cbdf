package diagnose

import (
	"crypto/rsa"
	"crypto/x509"
	"fmt"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

// leastRSA is the shortest RSA modulus in bits that is still acceptable (RFC
// 8247, section 3.1.1).
const leastRSA = 2048

// certificatesUsed tells of certificates with short keys or old signatures.
func (x *examiner) certificatesUsed(v *view) {
	for _, m := range v.Phase1.Flights {
		for _, p := range m.All(isakmp.PayloadCert) {
			c, err := isakmp.ParseCert(p.Body)
			if err != nil {
				continue
			}
			cert, err := c.X509()
			if err != nil {
				continue
			}
			if fault := certificateFault(cert); fault != "" {
				x.add(about(WeakAuth, Proved, v.id, v.between).on(m.Frame).
					says("%s in the certificate of %s", fault, v.side(speaker(m))).
					line("%s: certificate of %s.", capital(packets([]int64{m.Frame})), quoted(cert.Subject.String())))
			}
		}
	}
}

func certificateFault(c *x509.Certificate) string {
	if k, ok := c.PublicKey.(*rsa.PublicKey); ok && k.N.BitLen() < leastRSA {
		return fmt.Sprintf("an RSA key of %d bits", k.N.BitLen())
	}
	switch c.SignatureAlgorithm {
	case x509.MD2WithRSA, x509.MD5WithRSA:
		return "an MD5 signature"
	case x509.SHA1WithRSA, x509.DSAWithSHA1, x509.ECDSAWithSHA1:
		return "a SHA-1 signature"
	}
	return ""
}

// shortPSK is the length in octets below which a pre-shared key can be guessed
// offline by whoever has a capture and a Diffie-Hellman secret, or Aggressive
// Mode's hash.
const shortPSK = 16

// shortKey tells of a pre-shared key that is known and short. Its length is not
// told, since that would help to guess it.
func (x *examiner) shortKey(v *view) {
	l := v.Phase1.Ladder
	if l.PSK != ikestate.PSKVerified || x.Ring == nil {
		return
	}
	for i := range x.Ring.PSKs {
		if k := &x.Ring.PSKs[i]; k.Source == l.PSKSource && k.Secret.Len() < shortPSK {
			x.add(about(WeakAuth, Proved, v.id, v.between).as(Notice).
				says("a short pre-shared key").
				line("The key of %s has fewer than %d octets.", k.Source, shortPSK))
		}
	}
}
