package diagnose

import (
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"time"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

// outdated says how a certificate stood to its time of validity when it was sent, by
// the clock of the capture, "" where it was valid.
func outdated(c *ikestate.Certificate) string {
	if c.Err != nil || c.CA || c.Raw() {
		return ""
	}
	switch at := time.Unix(0, c.Message.Nanos); {
	case at.After(c.NotAfter):
		return "had expired"
	case at.Before(c.NotBefore):
		return "was not yet valid"
	}
	return ""
}

// outdatedProof tells of a phase 1 under which nothing was begun after a certificate
// that was not valid: its receiver may drop it without a word. It reports whether
// that is so.
func (x *examiner) outdatedProof(st *stage) bool {
	if !st.complete() || x.end-st.view.last < patience {
		return false
	}
	for _, c := range st.Phase1.Certificates {
		if when := outdated(c); when != "" && c.From == st.from {
			d := x.silent(AuthFailed, st, silence{}).on(c.Message.Frame).
				says(proofNotTaken, st.number(), st.side(other(st.from)), st.side(st.from)).
				line("%s: message %d. Nothing was begun after it in the %s that the capture goes on.", capital(packets(framesOf(st.msg)[:1])), st.number(), apart(x.end-st.msg.Nanos))
			st.certificate(d, st.from)
			x.fail(st.view, d)
			return true
		}
	}
	return false
}

// validity tells of certificates that were not valid when they were sent, where no
// refusal tells of them.
func (x *examiner) validity(v *view) {
	for _, d := range x.drafts {
		if d.Code == AuthFailed && d.SA == v.id {
			return
		}
	}
	for _, c := range v.Phase1.Certificates {
		if when := outdated(c); when != "" {
			x.add(about(CertificateOutdated, Proved, v.id, v.between).on(c.Message.Frame).
				says("the certificate of %s %s when it was sent", v.side(c.From), when).
				line("%s: %s, issued by %s, valid from %s to %s.", capital(packets([]int64{c.Message.Frame})), quoted(c.Subject), quoted(c.Issuer), day(c.NotBefore), day(c.NotAfter)))
		}
	}
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

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
