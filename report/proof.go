package report

import (
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

// shortPrint is how many octets of a fingerprint are shown.
const shortPrint = 8

// proofs tells how the sides of phase 1 proved who they are, their certificates,
// and messages that could not be put together.
func (p *page) proofs(c *ikestate.Conversation) { p.facts(p.proofLines(c)) }

func (p *page) proofLines(c *ikestate.Conversation) (lines []string) {
	for _, x := range c.Certificates() {
		lines = append(lines, p.certified(x))
	}
	for _, s := range []ikestate.Speaker{ikestate.Initiator, ikestate.Responder} {
		if l := p.proved(s, c.Phase1.Proof(s)); l != "" {
			lines = append(lines, l)
		}
	}
	for _, f := range c.Incomplete() {
		lines = append(lines, fmt.Sprintf("%s A message of the %s came in fragments: %s.", p.caution(), f.From, p.text(f.Reason())))
	}
	return lines
}

// proved is the outcome of a proof of identity. That a HASH verifies is in the
// table already.
func (p *page) proved(s ikestate.Speaker, x ikestate.Proof) string {
	name := "Signature of the " + s.String()
	switch x.Payload {
	case isakmp.PayloadNone:
		return ""
	case isakmp.PayloadHash:
		name = "Proof of the " + s.String()
	case isakmp.PayloadAuth:
		name = "AUTH of the " + s.String()
	}
	switch {
	case x.Verdict == ikestate.Refuted:
		return name + ": refuted " + p.wrong()
	case x.Verdict == ikestate.Unchecked && x.Why != "":
		return name + ": not checkable, " + p.text(x.Why)
	case x.Verdict != ikestate.Verified || x.Payload == isakmp.PayloadHash || x.Payload == isakmp.PayloadAuth && x.Form == "":
		return ""
	}
	l := name + ": verified"
	if x.Form != "" {
		l += " (" + p.text(x.Form) + ")"
	}
	if x.Certificate != nil {
		l += " with the key of its certificate"
	}
	return l + " " + p.good()
}

// certified describes a certificate.
func (p *page) certified(x *ikestate.Certificate) string {
	lead := "Certificate of the " + x.From.String() + ": "
	printed := "SHA-256 " + hex.EncodeToString(x.Fingerprint[:shortPrint]) + p.dots
	if x.Err != nil {
		return lead + fmt.Sprintf("%d octets, %s: %s", x.Octets, printed, p.text(x.Err.Error()))
	}
	if x.Raw() {
		return "Public key of the " + x.From.String() + ": " + joinParts([]string{keyText(x), glued(printed)}, "; ")
	}
	issuer := "issued by " + p.text(x.Issuer)
	if x.Issuer == x.Subject {
		issuer = "issued by itself"
	}
	parts := []string{p.text(x.Subject), issuer, keyText(x)}
	if x.CA {
		parts = append(parts, "may issue others")
	}
	parts = append(parts, p.validity(x), glued(printed))
	return lead + joinParts(parts, "; ")
}

func keyText(x *ikestate.Certificate) string {
	switch {
	case x.KeyKind == "":
		return "key of an unknown kind"
	case x.KeyKind == "ed25519":
		return "Ed25519"
	case x.KeyKind == "ed448":
		return "Ed448"
	}
	return glued(fmt.Sprintf("%s %d bits", strings.ToUpper(x.KeyKind), x.KeyBits))
}

// validity is the time in which a certificate counts, and whether the capture was
// made in it.
func (p *page) validity(x *ikestate.Certificate) string {
	text := "valid " + x.NotBefore.UTC().Format(time.DateOnly) + " to " + x.NotAfter.UTC().Format(time.DateOnly)
	if x.Message == nil {
		return text
	}
	switch at := time.Unix(0, x.Message.Nanos); {
	case at.Before(x.NotBefore):
		return text + ", " + p.caution() + " not yet when captured"
	case at.After(x.NotAfter):
		return text + ", " + p.caution() + " expired when captured"
	}
	return text
}
