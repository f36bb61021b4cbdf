package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"ikescope/decode/ikev2"
	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/suite"
)

// refsV2 is where RFC 7296 speaks of what has the code.
var refsV2 = map[Code]string{
	Phase1NoProposalChosen: "RFC 7296, sections 2.7 and 1.2",
	Phase1NoAnswer:         "RFC 7296, section 2.1",
	Phase1Incomplete:       "RFC 7296, section 1.2",
	PortUnreachable:        "RFC 792; RFC 4443, section 3.1",
	PSKMismatch:            "RFC 7296, sections 2.15 and 2.21.2",
	AuthFailed:             "RFC 7296, sections 2.15 and 2.21.2",
	Phase2NoProposalChosen: "RFC 7296, sections 2.7 and 2.21.3",
	PFSMismatch:            "RFC 7296, sections 1.3 and 2.17",
	SelectorMismatch:       "RFC 7296, section 2.9",
	Phase2NoAnswer:         "RFC 7296, sections 2.1 and 1.3",
	DPDTimeout:             "RFC 7296, section 2.4",
	SADeleted:              "RFC 7296, section 1.4.1",
	Retransmissions:        "RFC 7296, section 2.1",
	NATDetected:            "RFC 7296, section 2.23",
}

// v2 finds out what became of the IKE SAs of version 2.
func (x *examiner) v2() {
	before := len(x.drafts)
	for _, v := range x.v2s {
		if x.initV2(v) {
			x.authV2(v)
		}
		for _, e := range v.IKEv2.Exchanges {
			switch e.Type {
			case isakmp.ExchangeCreateChildSA:
				x.childV2(v, e)
			case isakmp.ExchangeInformational2:
				x.probeV2(v, e)
			}
		}
		for _, s := range v.sas {
			x.usedAfterDelete(v, s)
		}
		x.collisionsV2(v)
		x.fragmentsMissingV2(v)
		x.movedV2(v)
		x.reopenedV2(v)
		x.repeatedV2(v)
		x.natDetected(v)
	}
	for _, d := range x.drafts[before:] {
		if ref, ok := refsV2[d.Code]; ok {
			d.Ref = ref
		}
	}
}

// exchange returns the last exchange of a type, nil if there is none.
func (v *view) exchange(t isakmp.ExchangeType) *ikestate.ExchangeV2 {
	for _, e := range slices.Backward(v.IKEv2.Exchanges) {
		if e.Type == t {
			return e
		}
	}
	return nil
}

// upV2 reports whether anything was answered that needs an established IKE SA.
func (v *view) upV2() bool {
	return slices.ContainsFunc(v.IKEv2.Exchanges, func(e *ikestate.ExchangeV2) bool {
		later := e.Type == isakmp.ExchangeCreateChildSA || e.Type == isakmp.ExchangeInformational2
		return later && e.Response != nil && !v.saysV2(e, ikev2.AuthenticationFailed)
	})
}

// saysV2 reports whether a message of an exchange carries a notification.
func (v *view) saysV2(e *ikestate.ExchangeV2, t ikev2.NotifyType) bool {
	return slices.ContainsFunc(v.Notices, func(n ikestate.Notice) bool {
		return ikev2.NotifyType(n.Type) == t && (n.Message == e.Request || n.Message == e.Response)
	})
}

// bothSpeak reports whether both peers are in the capture.
func (v *view) bothSpeak() bool {
	return v.heard(ikestate.Initiator) != nil && v.heard(ikestate.Responder) != nil
}

// errorV2 returns the error notification in the response of an exchange.
func (v *view) errorV2(e *ikestate.ExchangeV2) *ikestate.Notice {
	for i := range v.Notices {
		if n := &v.Notices[i]; e.Response != nil && n.Message == e.Response && ikev2.NotifyType(n.Type).IsError() {
			return n
		}
	}
	return nil
}

// stageV2 is a request that waits for its answer; before is how many messages of
// the first exchanges come before it.
func (v *view) stageV2(e *ikestate.ExchangeV2, before int) *stage {
	return &stage{view: v, last: before, msg: e.Request, from: e.By}
}

// initV2 tells what became of IKE_SA_INIT. It reports whether the peers went on.
func (x *examiner) initV2(v *view) bool {
	e, auth := v.exchange(isakmp.ExchangeIKESAInit), v.exchange(isakmp.ExchangeIKEAuth)
	switch {
	case e == nil:
		return auth != nil || v.upV2()
	case auth != nil || v.upV2():
		x.missingV2(v, e, auth)
		return true
	case e.Request == nil:
	case !answeredAtAll(e):
		x.unansweredV2(v, e, 0)
	default:
		if between := v.exchange(isakmp.ExchangeIntermediate); between != nil && between.Request != nil {
			x.stopsBetween(v, between)
			break
		}
		x.refusedInit(v, e)
	}
	return false
}

// answeredAtAll reports whether an exchange has a response that came behind its
// request: IKE_SA_INIT may have been answered before its last request.
func answeredAtAll(e *ikestate.ExchangeV2) bool {
	return e.Response != nil && slices.Max(framesOf(e.Response)) > e.Request.Frame
}

// missingV2 tells of first exchanges that are not in the capture as a whole.
func (x *examiner) missingV2(v *view, init, auth *ikestate.ExchangeV2) {
	var missing []string
	for i, e := range []*ikestate.ExchangeV2{init, auth} {
		name := []string{"IKE_SA_INIT", "IKE_AUTH"}[i]
		switch {
		case e == nil:
			missing = append(missing, name)
		case e.Request == nil:
			missing = append(missing, "the request of "+name)
		case e.Response == nil && (i == 0 || v.upV2()):
			missing = append(missing, "the response of "+name)
		}
	}
	if len(missing) == 0 || !v.bothSpeak() || x.ikeHidden() {
		return
	}
	x.add(about(Phase1Incomplete, Proved, v.id, v.between).
		says("the IKE SA of %s and %s came up, but %s is not in the capture", v.Initiator.Addr(), v.Responder.Addr(), listed(missing)).
		line("The capture lost or missed what the peers received.").
		on(framesOf(init.Request, init.Response)...))
}

// unansweredV2 tells of a request of the first exchanges without an answer. A
// responder answers every request (RFC 7296, section 2.1), so keys are not the
// reason.
func (x *examiner) unansweredV2(v *view, e *ikestate.ExchangeV2, before int) {
	st := v.stageV2(e, before)
	s := x.silence(st)
	if !s.certain() && (before > 0 && !v.bothSpeak() || x.ikeHidden() || x.end-lastTime(st.msg) < patience) {
		x.stopsV2(v, e.Request)
		return
	}
	if found, n := x.unreachable(st); n > 0 {
		x.portUnreachable(st, s, found, n)
		return
	}
	x.noAnswer(st, s)
}

// stopsV2 tells of a negotiation that ends without a reason in the capture.
func (x *examiner) stopsV2(v *view, last *ikestate.Message) {
	if !v.bothSpeak() && last.Header.Exchange != isakmp.ExchangeIKESAInit || x.ikeHidden() {
		return
	}
	x.add(about(Phase1Incomplete, Probable, v.id, v.between).
		says("the negotiation of %s and %s stops in %s", v.Initiator.Addr(), v.Responder.Addr(), nameV2(last)).
		line("%s is the last message of it; the capture ends %s later.", capital(packets(framesOf(last))), apart(x.end-lastTime(last))).
		on(framesOf(last)...))
}

// nameV2 names the exchange of a message as RFC 7296 writes it.
func nameV2(m *ikestate.Message) string { return strings.ToUpper(m.Header.Exchange.String()) }

// refusedInit tells of an IKE_SA_INIT that was answered and not followed up.
func (x *examiner) refusedInit(v *view, e *ikestate.ExchangeV2) {
	n := v.errorV2(e)
	switch {
	case n == nil && v.saysV2(e, ikev2.Cookie):
		x.cookieV2(v, e)
	case n == nil:
		x.stopsV2(v, e.Response)
	case ikev2.NotifyType(n.Type) == ikev2.NoProposalChosen:
		x.noProposalV2(v, e, n)
	case ikev2.NotifyType(n.Type) == ikev2.InvalidKEPayload:
		x.otherGroupV2(v, e, n)
	default:
		x.otherRefusalV2(v, e, n)
	}
}

// answeredV2 writes who answered what, in which packet.
func (v *view) answeredV2(e *ikestate.ExchangeV2, n *ikestate.Notice) string {
	s := capital(packets([]int64{n.Message.Frame})) + ": " + v.side(speaker(n.Message)).String() + " answered " + n.Name
	if e.Request != nil {
		s += " " + after(n.Message, e.Request) + " later"
	}
	return s + "."
}

func (x *examiner) otherRefusalV2(v *view, e *ikestate.ExchangeV2, n *ikestate.Notice) {
	x.fail(v, about(Phase1Incomplete, Proved, v.id, v.between).as(Error).
		says("phase 1 refused: %s answered %s to %s of %s", v.side(speaker(n.Message)), n.Name, nameV2(n.Message), v.side(other(speaker(n.Message)))).
		line("%s", v.answeredV2(e, n)).line("%s", meaningV2(n)).on(framesOf(e.Request, n.Message)...))
}

// noProposalV2 tells of an IKE SA whose proposals the responder does not accept;
// what the responder offers itself elsewhere stands beside them.
func (x *examiner) noProposalV2(v *view, e *ikestate.ExchangeV2, n *ikestate.Notice) {
	refuser, refused := v.side(speaker(n.Message)), v.side(other(speaker(n.Message)))
	offer := v.Phase1.Offered
	d := about(Phase1NoProposalChosen, Proved, v.id, v.between).
		says("phase 1 refused: %s accepts none of the proposals of %s", refuser, refused).
		line("%s: %s offered %s.", capital(packets(framesOf(e.Request))), refused, offeredV2(offer)).
		line("%s", v.answeredV2(e, n)).
		on(framesOf(e.Request, n.Message)...)
	if own, frame := x.policyV2(v, speaker(n.Message)); len(own) > 0 {
		d.line("%s: %s itself offered or accepted %s.", capital(packets([]int64{frame})), refuser, offeredV2(own)).on(frame)
		d.same = "both sides are known"
	} else {
		d.line("What %s would accept is not in this capture. Some products answer the same where they have no tunnel for this peer.", refuser)
	}
	x.fail(v, d)
}

// offeredV2 lists proposals in their order.
func offeredV2(ps []ikestate.Proposal) string {
	var texts []string
	for i := range ps[:min(len(ps), maxOffered)] {
		var parts []string
		for _, s := range []string{suite.Title(ps[i].Encryption), suite.Title(ps[i].IntegrityName), "PRF " + suite.Title(ps[i].HashName), suite.Title(ps[i].GroupName)} {
			if s != "" {
				parts = append(parts, s)
			}
		}
		texts = append(texts, strings.Join(parts, ", "))
	}
	if n := len(ps) - maxOffered; n > 0 {
		texts = append(texts, fmt.Sprintf("and %d more", n))
	}
	if len(texts) == 0 {
		return "nothing that could be read"
	}
	return strings.Join(texts, " | ")
}

// policyV2 finds what a side offered or chose in another conversation of the same
// peers.
func (x *examiner) policyV2(v *view, s ikestate.Speaker) (own []ikestate.Proposal, frame int64) {
	for _, o := range x.v2Pairs[v.between] {
		p := o.Phase1
		switch {
		case o == v:
		case o.Initiator.Addr() == v.side(s) && len(p.Offered) > 0 && p.Flights[0] != nil:
			return p.Offered, p.Flights[0].Frame
		case o.Responder.Addr() == v.side(s) && p.Chosen != nil && p.Flights[1] != nil:
			own, frame = []ikestate.Proposal{*p.Chosen}, p.Flights[1].Frame
		}
	}
	return own, frame
}
