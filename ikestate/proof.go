package ikestate

import (
	"bytes"

	"ikescope/decode/isakmp"
	"ikescope/keymat"
)

// Proof is how one side of phase 1 proved who it is: a HASH payload with a
// pre-shared key or public key encryption, a Signature payload else (RFC 2409,
// section 5); an AUTH payload in version 2.
type Proof struct {
	Verdict     Verdict
	Payload     isakmp.PayloadType // PayloadNone where no proof could be read
	Message     *Message
	Method      uint8        // of version 2 (RFC 7296, section 3.8), else 0
	Form        string       // of a signature that verifies: "rsa", "rsa with sha1", "ecdsa"
	Certificate *Certificate // whose key verifies it
	Why         string       // Unchecked: what stands in the way
}

// Proof returns what a side of phase 1 sent to prove its identity.
func (p *Phase1) Proof(s Speaker) Proof { return p.proofs[s&1] }

// checkProofs verifies HASH_I and HASH_R, or the signatures over them, which cover
// everything that phase 1 exchanged (RFC 2409, section 5).
func (c *Conversation) checkProofs(a *attempt) {
	for i, f := range c.Phase1.Script.Flights {
		if !f.proves() {
			continue
		}
		for _, m := range c.Phase1.cast[i] {
			c.checkProof(a, f.Speaker, m)
		}
	}
}

func (c *Conversation) checkProof(a *attempt, s Speaker, m *Message) {
	x, ok := a.messages[m]
	if m.Encrypted() && !ok {
		return
	}
	if !m.Encrypted() {
		x = opened{payloads: m.Payloads}
	}
	id := c.idBody(a, s, x)
	a.noteID(s, id)
	hash, sig := x.payload(isakmp.PayloadHash), x.payload(isakmp.PayloadSignature)
	if hash == nil && sig == nil {
		return
	}
	p := Proof{Payload: isakmp.PayloadHash, Message: m, Why: c.uncheckable(a, s, id)}
	switch {
	case p.Why != "":
	case sig != nil:
		p = c.checkSignature(a, s, m, id, sig, x)
	default:
		p.Verdict = verdictOf(a.matches(c, s, id, hash))
	}
	if sig != nil {
		p.Payload = isakmp.PayloadSignature
	}
	x.verified = p.Verdict
	a.messages[m] = x
	a.record(s, p)
}

// uncheckable says what is not known of what HASH_I or HASH_R covers, "" if all is
// (RFC 2409, section 5).
func (c *Conversation) uncheckable(a *attempt, s Speaker, id []byte) string {
	switch {
	case id == nil:
		return "the identity is not in the capture"
	case a.material.SAiB == nil:
		return "the initiator's SA payload is not in the capture"
	case !c.hasPublics(a, s):
		return "the public values, which it covers, are not in the capture, or not whole"
	case !a.keyed(c):
		return "SKEYID is not known"
	}
	return ""
}

// hasPublics reports whether the public values that the proof of a side covers are
// known: both, but for HASH_I of Base Mode, which comes before g^xr.
func (c *Conversation) hasPublics(a *attempt, s Speaker) bool {
	early := c.Phase1.Script.Exchange == isakmp.ExchangeBase && s == Initiator
	return len(a.material.GXI) > 0 && (early || len(a.material.GXR) > 0)
}

// keyed reports whether the key of HASH_I and HASH_R is there.
func (a *attempt) keyed(c *Conversation) bool {
	return !a.ladder.SKEYID.IsZero() || a.baseSigned(c)
}

// baseSigned reports whether the exchange is Base Mode with signatures, whose
// hashes need no secret.
func (a *attempt) baseSigned(c *Conversation) bool {
	return c.Phase1.Script.Exchange == isakmp.ExchangeBase && a.under.Auth.IsSignature() &&
		a.material.NiB != nil && a.material.NrB != nil
}

// idBody returns the body of a side's ID payload: of the message itself, else of
// one before it.
func (c *Conversation) idBody(a *attempt, s Speaker, x opened) []byte {
	if b := a.hidden.ids[s]; b != nil {
		return b
	}
	if b := x.payload(isakmp.PayloadID); b != nil {
		return b
	}
	return c.Phase1.at(s, isakmp.PayloadID).bodyOf(isakmp.PayloadID)
}

// noteID keeps the identity that a side claims.
func (a *attempt) noteID(s Speaker, body []byte) {
	if body == nil {
		return
	}
	if id, err := isakmp.ParseID(body); err == nil {
		a.ids[s] = &id
	}
}

// record keeps the best proof of a side, should several messages claim to hold it.
func (a *attempt) record(s Speaker, p Proof) {
	if a.proofs[s].Verdict != Verified {
		a.proofs[s] = p
	}
}

func (a *attempt) proved(s Speaker) bool  { return a.proofs[s].Verdict == Verified }
func (a *attempt) refuted(s Speaker) bool { return a.proofs[s].Verdict == Refuted }

// matches compares a HASH payload with each form that the exchange has.
func (a *attempt) matches(c *Conversation, s Speaker, id, hash []byte) bool {
	for _, want := range a.authHashes(c, s, id)(a.material) {
		if bytes.Equal(hash, want) {
			return true
		}
	}
	return false
}

// authHashes returns HASH_I or HASH_R as a function of what phase 1 exchanged.
//
// In Base Mode (draft-ietf-ipsec-ike-base-mode) HASH_I comes before g^xr is known;
// with signatures both are keyed with the nonces, and HASH_R covers the same
// values as HASH_I and g^xr. Whose identity that is, the draft and racoon see
// differently.
func (a *attempt) authHashes(c *Conversation, s Speaker, id []byte) func(keymat.Phase1) [][]byte {
	base := c.Phase1.Script.Exchange == isakmp.ExchangeBase
	return func(m keymat.Phase1) [][]byte {
		key := a.ladder.SKEYID
		if a.baseSigned(c) {
			key = m.BaseModeKey()
		}
		switch {
		case base && s == Initiator:
			return [][]byte{key.BaseHashI(m, id)}
		case base && a.baseSigned(c):
			return [][]byte{key.HashI(m, c.idBody(a, Initiator, opened{})), key.HashI(m, id), key.HashR(m, id)}
		case s == Initiator:
			return [][]byte{key.HashI(m, id)}
		}
		return [][]byte{key.HashR(m, id)}
	}
}

// checkSignature verifies a Signature payload with the keys of the certificates
// that its sender sent.
func (c *Conversation) checkSignature(a *attempt, s Speaker, m *Message, id, sig []byte, x opened) Proof {
	p := Proof{Message: m, Why: "its sender's certificate is not in the capture"}
	certs := c.certificates(s, x.payloads)
	values := signables(a.material, a.authHashes(c, s, id))
	for _, cert := range certs {
		if cert.parsed == nil {
			p.Why = "the certificate cannot be read"
			continue
		}
		form, v, why := verifySignature(cert.parsed.PublicKey, sig, values)
		if v == Verified {
			return Proof{Verdict: v, Message: m, Form: form, Certificate: cert}
		}
		if p.Verdict != Refuted {
			p.Verdict, p.Why = v, why
		}
	}
	return p
}

// certificates reads those among the payloads of a message, then those that the
// same side sent in the clear.
func (c *Conversation) certificates(s Speaker, ps []isakmp.Payload) []*Certificate {
	all := certificatesIn(ps)
	for i, f := range c.Phase1.Script.Flights {
		if m := c.Phase1.Flights[i]; m != nil && f.Speaker == s && !m.Encrypted() {
			all = append(all, certificatesIn(m.Payloads)...)
		}
	}
	return all
}

// concludeProofs says of each side what became of its proof, and lists the
// certificates. It needs phase 1 opened as far as it could be.
func (c *Conversation) concludeProofs() {
	p := c.Phase1
	p.HashI, p.HashR = p.proofs[Initiator].Verdict, p.proofs[Responder].Verdict
	p.Certificates = nil
	for i, f := range p.Script.Flights {
		m := p.Flights[i]
		if m == nil || m.Encrypted() && !m.Decrypted {
			continue
		}
		for _, cert := range certificatesIn(m.Payloads) {
			cert.From, cert.Message = f.Speaker, m
			by := p.proofs[f.Speaker].Certificate
			cert.Signed = by != nil && by.Fingerprint == cert.Fingerprint
			p.Certificates = append(p.Certificates, cert)
		}
	}
	for s := range p.proofs {
		p.proofs[s] = c.unread(Speaker(s), p.proofs[s])
	}
}

// unread fills in why the proof of a side was not even seen.
func (c *Conversation) unread(s Speaker, p Proof) Proof {
	if p.Payload != isakmp.PayloadNone {
		return p
	}
	p.Why = "it is not in the capture"
	noKey := "SKEYID is not known"
	if c.Phase1.Ladder.PSK == PSKRefuted {
		noKey = "none of the pre-shared keys fits"
	}
	for i, f := range c.Phase1.Script.Flights {
		if m := c.Phase1.Flights[i]; m == nil || f.Speaker != s || !f.proves() {
			continue
		} else if m.Encrypted() && !m.Decrypted {
			p.Message, p.Why = m, "the message that holds it could not be decrypted"
		} else if t, ok := proofIn(m); ok {
			p.Payload, p.Message, p.Why = t, m, noKey
		}
	}
	return p
}

func proofIn(m *Message) (isakmp.PayloadType, bool) {
	for _, t := range []isakmp.PayloadType{isakmp.PayloadSignature, isakmp.PayloadHash} {
		if _, ok := m.First(t); ok {
			return t, true
		}
	}
	return isakmp.PayloadNone, false
}
