package diagnose

import (
	"slices"

	"ikescope/decode/ikev2"
	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

// authV2 tells what became of IKE_AUTH.
func (x *examiner) authV2(v *view) {
	e := v.exchange(isakmp.ExchangeIKEAuth)
	if e == nil || e.Request == nil {
		return
	}
	refusal, n := v.authRefusal(e), v.errorV2(e)
	switch {
	case x.eapFailed(v):
	case refusal != nil:
		x.proofRefusedV2(v, e, refusal)
	case e.Response == nil && !v.upV2():
		x.unansweredV2(v, e, 2)
	case n != nil && ikev2.NotifyType(n.Type).Fatal() && ikev2.NotifyType(n.Type) != ikev2.NoProposalChosen:
		x.otherRefusalV2(v, e, n)
	case n != nil:
		x.childRefused(v, e, n)
	case v.refusedUnreadV2(e) && !x.trafficSince(v, e.Response):
		x.authUnread(v, e)
	}
}

// authRefusal finds AUTHENTICATION_FAILED: in the response, or of the initiator in
// an exchange of its own (RFC 7296, section 2.21.2).
func (v *view) authRefusal(e *ikestate.ExchangeV2) *ikestate.Notice {
	for i := range v.Notices {
		n := &v.Notices[i]
		if ikev2.NotifyType(n.Type) == ikev2.AuthenticationFailed && n.Message.Header.Exchange != isakmp.ExchangeIKESAInit && n.Message.Frame > e.Request.Frame {
			return n
		}
	}
	return nil
}

// methodsV2 names authentication methods (RFC 7296, section 3.8).
var methodsV2 = map[uint8]string{
	1: "an RSA signature", 2: "a pre-shared key", 3: "a DSS signature", 9: "an ECDSA signature", 10: "an ECDSA signature",
	11: "an ECDSA signature", 12: "a secure password", 13: "no authentication", 14: "a digital signature",
}

// methodPSK is "Shared Key Message Integrity Code".
const methodPSK = 2

// proofRefusedV2 tells of a proof of identity that a peer does not accept. With
// pre-shared keys it is proved that they differ where AUTH does not verify with
// one that a side is known to have, or with any that were given.
func (x *examiner) proofRefusedV2(v *view, e *ikestate.ExchangeV2, n *ikestate.Notice) {
	from := other(speaker(n.Message))
	refuser, refused := v.side(speaker(n.Message)), v.side(from)
	method, proof := v.IKEv2.AuthI, v.Phase1.HashI
	if from == ikestate.Responder {
		method, proof = v.IKEv2.AuthR, v.Phase1.HashR
	}
	name, ok := methodsV2[method]
	if !ok {
		name = "a method that could not be read"
	}
	d := about(AuthFailed, Proved, v.id, v.between).
		says("phase 1 failed: %s does not accept the proof of identity of %s", refuser, refused).
		line("%s: %s proved itself by %s.", capital(packets(framesOf(e.Request))), refused, name).
		on(framesOf(e.Request, n.Message)...)
	if method == methodPSK {
		d = about(PSKMismatch, Probable, v.id, v.between).on(framesOf(e.Request, n.Message)...)
		v.keysV2(d, from, proof)
	}
	st := v.stageV2(e, 2)
	x.sentIdentity(d, st, from)
	if method != methodPSK {
		st.certificate(d, from)
	}
	x.fail(v, d.line("%s", v.answeredV2(e, n)))
}

// keysV2 writes what is known of the pre-shared keys of the two sides; from is the
// one whose proof was refused.
func (v *view) keysV2(d *draft, from ikestate.Speaker, proof ikestate.Verdict) {
	a, b := v.Initiator.Addr(), v.Responder.Addr()
	source, peer := v.IKEv2.PSKI, v.IKEv2.PSKR
	if from == ikestate.Responder {
		source, peer = peer, source
	}
	switch proof {
	case ikestate.Verified:
		d.line("AUTH of %s verifies with the pre-shared key of %s, so %s has that one.", v.side(from), source, v.side(from))
	case ikestate.Refuted:
		d.Certainty = Proved
		d.line("AUTH of %s is not made with any of the pre-shared keys given.", v.side(from))
	}
	if p := v.side(other(from)); peer.File != "" {
		d.line("AUTH of %s verifies with the pre-shared key of %s.", p, peer)
		if proof == ikestate.Verified && peer != source {
			d.Certainty = Proved
		}
	}
	if d.Certainty == Proved {
		d.says("phase 1 failed: %s and %s use different pre-shared keys", a, b)
		return
	}
	d.says("phase 1 failed in IKE_AUTH; most likely %s and %s use different pre-shared keys", a, b)
	d.line("A peer that has no tunnel for the identity answers in the same way.")
}

// longestRefusal is the length in octets up to which an encrypted response holds
// a notification and no more: header 28, payload header 4, vector 16, the
// notification's 8 octets in a block of 16, ICV 32. An IKE_AUTH response with
// identity and AUTH has more than 100, one of CREATE_CHILD_SA with SA, nonce and
// selectors too.
const longestRefusal = 96

// refusedUnreadV2 reports whether the response of an exchange is one that could
// not be read, is as short as a refusal, and is the last of the conversation.
func (v *view) refusedUnreadV2(e *ikestate.ExchangeV2) bool {
	m := e.Response
	if m == nil || m.Decrypted || !m.Encrypted() || m.Missing > 0 || len(m.Raw) > longestRefusal {
		return false
	}
	if _, fragment := m.First(isakmp.PayloadEncryptedFragment); fragment {
		return false
	}
	return !slices.ContainsFunc(v.Messages, func(o *ikestate.Message) bool {
		return o.Frame > m.Frame && (e.Type == isakmp.ExchangeIKEAuth || o.Header.Exchange == e.Type && speaker(o) == e.By)
	})
}

// trafficSince reports whether the peers exchanged IPsec packets behind a message.
func (x *examiner) trafficSince(v *view, m *ikestate.Message) bool {
	later := func(t *Traffic) bool {
		return t != nil && peersOf(t.Src, t.Dst) == v.between && t.LastNanos > m.Nanos
	}
	return slices.ContainsFunc(x.Unknown, func(t Traffic) bool { return later(&t) }) ||
		slices.ContainsFunc(x.SAs, func(s SA) bool { return later(s.Traffic) })
}

func (x *examiner) authUnread(v *view, e *ikestate.ExchangeV2) {
	x.fail(v, about(AuthFailed, Probable, v.id, v.between).
		says("phase 1 failed in IKE_AUTH; most likely %s does not accept the proof of identity of %s", v.side(other(e.By)), v.side(e.By)).
		line("%s: the answer to IKE_AUTH has %d octets, room for an error and for no proof of identity; nothing follows it.", capital(packets(framesOf(e.Response)[:1])), len(e.Response.Raw)).
		advise("With pre-shared keys, see first that they are equal. The DH secret of IKE_SA_INIT, or SK_er and SK_ar, would tell the reason.").
		on(framesOf(e.Request, e.Response)...))
}
