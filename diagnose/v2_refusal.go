package diagnose

import (
	"fmt"
	"slices"

	"ikescope/decode/ikev2"
	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

// meanings says what errors of version 2 are about (RFC 7296, section 3.10.1) where
// their names do not say all.
var meanings = map[ikev2.NotifyType]string{
	ikev2.InvalidSyntax:          "It means that a field has a value or a length that cannot be, or that the IKE SA is refused by policy.",
	ikev2.InvalidMajorVersion:    "It means that it does not speak version 2.",
	ikev2.SinglePairRequired:     "It means that it takes a pair of single addresses only: narrow the selectors, or let it accept networks.",
	ikev2.NoAdditionalSAs:        "It means that it keeps no more child SAs in this IKE SA.",
	ikev2.InternalAddressFailure: "It means that it has no address to give: the pool is empty, or none is set for this peer.",
	ikev2.FailedCPRequired:       "It means that it expects the peer to ask for an address in a Configuration payload.",
}

// meaningV2 explains an error notification.
func meaningV2(n *ikestate.Notice) string {
	t := ikev2.NotifyType(n.Type)
	if t == ikev2.UnsupportedCriticalPayload && len(n.Data) == 1 {
		return fmt.Sprintf("It does not know payload type %d (%s), which is marked as critical.", n.Data[0], isakmp.PayloadType(n.Data[0]))
	}
	return meanings[t]
}

// otherGroupV2 tells of an IKE_SA_INIT that ends with INVALID_KE_PAYLOAD: no second
// try follows, or each one is answered alike (RFC 7296, section 1.2).
func (x *examiner) otherGroupV2(v *view, e *ikestate.ExchangeV2, n *ikestate.Notice) {
	d := about(Phase1Incomplete, Probable, v.id, v.between).
		says("%s wants another group than %s began with, and no second try follows", v.side(other(e.By)), v.side(e.By))
	if tries := v.tries(); tries > 1 {
		d = about(Phase1Incomplete, Proved, v.id, v.between).as(Error).on(v.framesOfInit()...).
			says("phase 1 goes in circles: %s asks for another group each time, and %s has tried %s", v.side(other(e.By)), v.side(e.By), times(tries)).
			advise("Let both ends have a group in common, and look whether the initiator's first group is the only one that it offers.")
	}
	x.add(d.line("%s", v.answeredV2(e, n)).line("%s", wantedGroup(n)).
		line("%s offered %s.", v.side(e.By), offeredV2(v.Phase1.Offered)).on(framesOf(e.Request, e.Response)...))
}

// tries counts the requests of IKE_SA_INIT, retransmissions not.
func (v *view) tries() (n int) {
	for _, m := range v.Messages {
		if m.Header.Exchange == isakmp.ExchangeIKESAInit && m.Header.Flags&isakmp.FlagResponse == 0 {
			n++
		}
	}
	return n
}

// framesOfInit lists the packets of IKE_SA_INIT.
func (v *view) framesOfInit() (frames []int64) {
	for _, m := range v.Messages {
		if m.Header.Exchange == isakmp.ExchangeIKESAInit {
			frames = append(frames, framesOf(m)...)
		}
	}
	return frames
}

// cookieV2 tells of an IKE_SA_INIT that does not get beyond COOKIE: the initiator
// has to send it back (RFC 7296, section 2.6).
func (x *examiner) cookieV2(v *view, e *ikestate.ExchangeV2) {
	a, b := v.side(e.By), v.side(other(e.By))
	d := about(Phase1Incomplete, Probable, v.id, v.between).on(framesOf(e.Request, e.Response)...).
		says("%s asks %s for a cookie, and no second try follows", b, a).
		line("%s: %s answered COOKIE, which it does when many half-open IKE SAs wait, or when it takes the request for forged.", capital(packets(framesOf(e.Response)[:1])), b)
	if tries := v.tries(); tries > 1 {
		d = about(Phase1Incomplete, Proved, v.id, v.between).as(Error).on(v.framesOfInit()...).
			says("phase 1 goes in circles: %s answers each IKE_SA_INIT of %s with a cookie", b, a).
			line("%s has tried %s.", a, times(tries))
		if !slices.ContainsFunc(v.Notices, func(n ikestate.Notice) bool {
			return ikev2.NotifyType(n.Type) == ikev2.Cookie && n.Message.FromInitiator
		}) {
			d.line("%s never sends the cookie back.", a)
		} else {
			d.line("%s sends the cookie back, and it is not accepted: the cookie covers address, port, SPI and nonce, one of which may change on the way or between tries.", a)
		}
	}
	x.add(d)
}

// stopsBetween tells of a negotiation that ends in IKE_INTERMEDIATE.
func (x *examiner) stopsBetween(v *view, e *ikestate.ExchangeV2) {
	switch n := v.errorV2(e); {
	case e.Response == nil:
		x.unansweredV2(v, e, int(2*e.MessageID))
	case n != nil:
		x.otherRefusalV2(v, e, n)
	default:
		x.stopsV2(v, e.Response)
	}
}

// eapFailure is the code of an EAP packet that says that the peer is not let in
// (RFC 3748, section 4.2).
const eapFailure = 4

// eapFailed tells of an initiator whom EAP does not let in. It reports whether that
// is so.
func (x *examiner) eapFailed(v *view) bool {
	var request *ikestate.Message
	for _, e := range v.IKEv2.Exchanges {
		if e.Type == isakmp.ExchangeIKEAuth && e.Request != nil && request == nil {
			request = e.Request
		}
		p, ok := e.Response.First(isakmp.PayloadEAP)
		if !ok || len(p.Body) == 0 || p.Body[0] != eapFailure {
			continue
		}
		a, b := v.side(e.By), v.side(other(e.By))
		d := about(AuthFailed, Proved, v.id, v.between).on(framesOf(request, e.Response)...).
			says("phase 1 failed: EAP of %s does not let %s in", b, a).
			advise("Check name and password, and what the gateway asks them of (local users, RADIUS); the method must be one that both know.")
		if request != nil {
			x.sentIdentity(d, v.stageV2(&ikestate.ExchangeV2{Request: request, By: e.By}, 2), e.By)
		}
		x.fail(v, d.line("%s: %s sent an EAP Failure%s.", capital(packets(framesOf(e.Response)[:1])), b, methodOfEAP(v)))
		return true
	}
	return false
}

// eapMethods are types of EAP (IANA, eap-numbers).
var eapMethods = map[byte]string{
	4: "MD5", 5: "OTP", 6: "GTC", 13: "TLS", 18: "SIM", 21: "TTLS", 23: "AKA", 25: "PEAP", 26: "MSCHAPv2", 43: "FAST", 50: "AKA'", 52: "PWD",
}

// methodOfEAP names the last method that the peers spoke; identity and notification
// are none.
func methodOfEAP(v *view) string {
	name := ""
	for _, m := range v.Messages {
		p, ok := m.First(isakmp.PayloadEAP)
		const header = 4
		if !ok || len(p.Body) <= header || p.Body[header] <= 3 {
			continue
		}
		if name = eapMethods[p.Body[header]]; name == "" {
			name = fmt.Sprintf("type %d", p.Body[header])
		}
	}
	if name == "" {
		return ""
	}
	return "; the method was EAP-" + name
}
