package diagnose

import (
	"slices"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

// lateV2 tells of IKE SAs of version 2 that were there before the capture. One
// that replaced another has no IKE_SA_INIT (RFC 7296, section 2.18): only the first
// of two peers counts.
func (x *examiner) lateV2() {
	for _, v := range x.v2s {
		if x.v2Pairs[v.between][0] != v || v.IKEv2.RekeyOf != nil || v.exchange(isakmp.ExchangeIKESAInit) != nil {
			continue
		}
		first := v.Messages[0]
		d := about(CaptureStartsLate, Proved, v.id, v.between).on(first.Frame).
			says("the capture starts after %s and %s began to negotiate", v.Initiator.Addr(), v.Responder.Addr()).
			line("%s is the first of them here: %s with message ID %d. IKE_SA_INIT is missing, and with it what the keys are derived from.",
				capital(packets([]int64{first.Frame})), nameV2(first), first.Header.MessageID)
		if v.Phase1.ChoiceTried {
			d.line("The keys that were supplied open it; the keys of a child SA that IKE_AUTH made cannot be derived without its nonces.")
		}
		x.add(d)
	}
}

// sidedV2 tells of IKE SAs of which only one side is in the capture although the
// other one spoke: its SPI is known, or a request is answered.
func (x *examiner) sidedV2() {
	for _, v := range x.v2s {
		if v.bothSpeak() || len(v.Messages) < 2 || !slices.ContainsFunc(v.Messages, heardOther) {
			continue
		}
		seen, unseen := v.Initiator.Addr(), v.Responder.Addr()
		if v.heard(ikestate.Initiator) == nil {
			seen, unseen = unseen, seen
		}
		x.add(about(CaptureOneSided, Proved, v.id, v.between).on(framesOf(v.Messages...)...).
			says("the capture has the packets of %s only; those of %s are missing", seen, unseen).
			line("%s: all from %s, which goes on as if it were answered.", capital(packets(framesOf(v.Messages...))), seen))
	}
}

// heardOther reports whether the sender of a message had heard from its peer.
func heardOther(m *ikestate.Message) bool {
	return m.FromInitiator && !m.Header.CookieR.IsZero() || m.Header.Flags&isakmp.FlagResponse != 0
}
