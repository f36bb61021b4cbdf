package ikestate

import (
	"bytes"

	"ikescope/decode/ikev2"
	"ikescope/decode/isakmp"
	"ikescope/keymat"
)

// readAuth reads identities and checks AUTH of both sides (RFC 7296, section 2.15).
func (c *Conversation) readAuth(r *ring) {
	p := c.Phase1
	c.eachAuth(c.readIdentity) // keys may be for some identities only
	c.eachAuth(func(s Speaker, m *Message) { c.readProof(r, s, m) })
	p.HashI, p.HashR = p.proofs[Initiator].Verdict, p.proofs[Responder].Verdict
	for _, x := range p.proofs {
		if p.Ladder.PSK == PSKUnused && x.Method == methodSharedKey && x.Verdict == Refuted {
			p.Ladder.PSK = PSKRefuted
		}
	}
}

// eachAuth calls f with the messages of IKE_AUTH.
func (c *Conversation) eachAuth(f func(Speaker, *Message)) {
	for _, x := range c.IKEv2.Exchanges {
		if x.Type == isakmp.ExchangeIKEAuth {
			f(Initiator, x.Request)
			f(Responder, x.Response)
		}
	}
}

// identityOf is the ID payload that s sends.
func identityOf(s Speaker) isakmp.PayloadType {
	if s == Responder {
		return isakmp.PayloadIDr
	}
	return isakmp.PayloadIDi
}

// readIdentity reads the ID payload that s sent, and whether EAP follows.
func (c *Conversation) readIdentity(s Speaker, m *Message) {
	if _, ok := m.First(isakmp.PayloadEAP); ok {
		c.IKEv2.EAP = true
	}
	body := m.bodyOf(identityOf(s))
	id, err := ikev2.ParseID(body)
	if err != nil {
		return
	}
	c.IKEv2.ids[s] = body
	if s == Responder {
		c.Phase1.IDir = &id
	} else {
		c.Phase1.IDii = &id
	}
}

// Authentication methods (RFC 7296, section 3.8; RFC 4754; RFC 7427; RFC 7619).
const (
	methodRSA       = 1
	methodSharedKey = 2
	methodDSS       = 3
	methodECDSA256  = 9
	methodECDSA384  = 10
	methodECDSA521  = 11
	methodNull      = 13
	methodSignature = 14
)

// readProof reads the AUTH payload that s sent. With EAP a side may send two: the
// responder's own, and one made with the key that EAP gave (RFC 7296, section
// 2.16); the first one says who it is.
func (c *Conversation) readProof(r *ring, s Speaker, m *Message) {
	p := c.Phase1
	auth, err := ikev2.ParseAuth(m.bodyOf(isakmp.PayloadAuth))
	if err != nil || p.proofs[s].Payload != isakmp.PayloadNone {
		return
	}
	if s == Responder {
		c.IKEv2.AuthR = auth.Method
	} else {
		c.IKEv2.AuthI = auth.Method
	}
	if p.Chosen != nil {
		p.Chosen.Auth = authV2(auth.Method)
	}
	x := c.proveV2(r, s, m, auth)
	x.Payload, x.Message, x.Method = isakmp.PayloadAuth, m, auth.Method
	p.proofs[s] = x
}

// proveV2 checks an AUTH payload.
func (c *Conversation) proveV2(r *ring, s Speaker, m *Message, auth ikev2.Auth) Proof {
	named := m.notified(ikev2.PPKIdentity)
	x, why := c.signerOf(s)
	if why == "" && !named && x.key.IsZero() {
		why = [...]string{"SK_pi", "SK_pr"}[s] + " is not known"
	}
	out := Proof{Why: why}
	switch {
	case why != "":
	case named:
		out = c.proveMixed(r, s, m, auth, x)
	default:
		out = c.proveWith(r, s, m, auth, x)
	}
	if auth.Method != methodSharedKey && auth.Method != methodNull {
		c.keepCertificates(s, m, out.Certificate)
	}
	return out
}

// proveWith checks an AUTH payload with the key of a signer.
func (c *Conversation) proveWith(r *ring, s Speaker, m *Message, auth ikev2.Auth, x signer) Proof {
	switch {
	case auth.Method == methodNull, auth.Method == methodSharedKey && c.IKEv2.EAP && m.bodyOf(identityOf(s)) == nil:
		return x.keyless(auth)
	case auth.Method == methodSharedKey:
		return c.checkSharedKey(r, s, x, auth.Data)
	}
	return checkSignatureV2(m, auth, x.octets())
}

// signer is what a side signs, and with which of its keys it covers its identity.
type signer struct {
	key    keymat.SKp
	under  *Proposal
	covers keymat.Authenticated
}

// signerOf gathers what s signs; why says what is not known of it besides the key,
// which is the one without a post-quantum pre-shared key.
func (c *Conversation) signerOf(s Speaker) (x signer, why string) {
	p := c.Phase1
	first, nonce := p.Flights[0], p.NonceR
	if s == Responder {
		first, nonce = p.Flights[1], p.NonceI
	}
	x = signer{key: mixed{keys: c.IKEv2.unmixed}.keyOf(s), under: p.Chosen}
	id := c.IKEv2.ids[s]
	switch {
	case first == nil || nonce == nil:
		return x, "it covers IKE_SA_INIT, which is not in the capture as a whole"
	case len(c.IKEv2.Further) > 0:
		return x, "it covers SK_p of after the key exchange by " + listed(c.IKEv2.Further) + ", which is not known"
	case p.Chosen == nil || !p.Chosen.PRF.Computable():
		return x, "the PRF is not computed here"
	case id == nil:
		return x, "the identity is not in the capture"
	}
	between := c.intAuth()
	x.covers = keymat.Authenticated{Message: first.Raw, Nonce: nonce, ID: id, IntAuth: between.octets}
	return x, between.why
}

func (x signer) octets() []byte { return x.key.SignedOctets(x.under.PRF, x.covers) }

func (x signer) with(secret keymat.Secret, got []byte) bool {
	return bytes.Equal(x.key.SharedKeyAUTH(x.under.PRF, secret, x.covers), got)
}

// keyless checks AUTH where the shared secret is SK_p itself: with an EAP method
// that makes no key (RFC 7296, section 2.16), and without authentication (RFC 7619,
// section 2.1).
func (x signer) keyless(auth ikev2.Auth) Proof {
	switch right := x.with(x.key.Secret(), auth.Data); {
	case right && auth.Method == methodNull:
		return Proof{Verdict: Verified, Form: "no authentication"}
	case right:
		return Proof{Verdict: Verified, Form: "eap without a key"}
	case auth.Method == methodNull:
		return Proof{Verdict: Refuted}
	}
	return Proof{Why: "it is made with the key that EAP gave"}
}

// authV2 maps methods of version 2 to those of version 1, whose names reports use.
func authV2(method uint8) isakmp.AuthMethod {
	switch method {
	case methodRSA:
		return isakmp.AuthRSA
	case methodSharedKey:
		return isakmp.AuthPSK
	case methodDSS:
		return isakmp.AuthDSS
	case methodECDSA256, methodECDSA384, methodECDSA521:
		return isakmp.AuthMethod(method) // ECDSA (RFC 4754) has the same numbers
	}
	return 0
}

func (c *Conversation) checkSharedKey(r *ring, s Speaker, x signer, got []byte) Proof {
	p := c.Phase1
	out := Proof{Why: "no pre-shared key was given"}
	owner := &c.IKEv2.PSKI
	if s == Responder {
		owner = &c.IKEv2.PSKR
	}
	for i := range r.PSKs {
		psk := &r.PSKs[i]
		switch right, ours := x.with(psk.Secret, got), c.MayUse(psk); {
		case right && ours:
			p.Ladder.PSK, p.Ladder.PSKSource = PSKVerified, psk.Source
			*owner = psk.Source
			r.used.note(psk.Source, "psk", c)
			return Proof{Verdict: Verified}
		case right:
			c.withhold(Withheld{PSK: psk.Source, Peers: c.peerNames([2]*isakmp.ID{p.IDii, p.IDir})})
		case ours:
			out = Proof{Verdict: Refuted}
		}
	}
	if len(p.Withheld) > 0 {
		return Proof{Why: "the pre-shared key that fits is for other peers"}
	}
	return out
}
