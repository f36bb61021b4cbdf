package diagnose

import (
	"fmt"
	"strings"

	"ikescope/ikestate"
	"ikescope/suite"
)

// noCommonProposal tells of a phase 1 in which the responder chose none of the
// proposals. Where it offered some of its own in this capture, the two are
// compared.
func (x *examiner) noCommonProposal(st *stage, n *ikestate.Notice) {
	refuser, refused := st.side(speaker(n.Message)), st.side(other(speaker(n.Message)))
	offer := st.Phase1.Flights[0]
	d := about(Phase1NoProposalChosen, Proved, st.id, st.between).
		says("phase 1 refused: %s accepts none of the proposals of %s", refuser, refused).
		line("%s: %s offered %s.", capital(packets(framesOf(offer))), refused, offered(st.Phase1.Offered)).
		line("%s", st.answered(n.Message, n.Type.String())).
		on(framesOf(offer)...).on(n.Message.Frame)
	if own, frame := x.policyOf(st.view, speaker(n.Message)); len(own) > 0 {
		d.line("%s: %s itself offered or accepted %s.", capital(packets([]int64{frame})), refuser, offered(own)).on(frame)
		d.same = "both sides are known"
		d.line("%s", nearest(st.Phase1.Offered, own, refused.String(), refuser.String()))
	} else {
		d.line("What %s would accept is not in this capture. Some products answer the same where they have no tunnel for this peer.", refuser)
	}
	x.fail(st.view, d)
}

// maxOffered bounds how many proposals a text lists.
const maxOffered = 8

// offered lists proposals in their order.
func offered(ps []ikestate.Proposal) string {
	var texts []string
	for i := range ps[:min(len(ps), maxOffered)] {
		texts = append(texts, titled(&ps[i]))
	}
	if n := len(ps) - maxOffered; n > 0 {
		texts = append(texts, fmt.Sprintf("and %d more", n))
	}
	if len(texts) == 0 {
		return "nothing that could be read"
	}
	return strings.Join(texts, " | ")
}

// titled writes a proposal: "AES-CBC-128, SHA-1, MODP 1536, pre-shared key".
func titled(p *ikestate.Proposal) string {
	return strings.Join([]string{suite.Title(p.Encryption), suite.Title(p.HashName), suite.Title(p.GroupName), suite.Title(p.Auth.String())}, ", ")
}

// policyOf finds what a side of a conversation would accept: proposals that it
// offered or chose in another conversation of the same peers.
func (x *examiner) policyOf(v *view, s ikestate.Speaker) (own []ikestate.Proposal, frame int64) {
	for _, o := range x.byPair[v.between] {
		p := o.Phase1
		switch {
		case o == v || len(p.Flights) < 2:
		case o.Initiator.Addr() == v.side(s) && len(p.Offered) > 0 && p.Flights[0] != nil:
			return p.Offered, p.Flights[0].Frame
		case o.Responder.Addr() == v.side(s) && p.Chosen != nil && p.Flights[1] != nil:
			own, frame = []ikestate.Proposal{*p.Chosen}, p.Flights[1].Frame
		}
	}
	return own, frame
}

// attribute is one thing about which two proposals can differ.
type attribute struct{ name, a, b string }

// nearest names what differs between the two proposals that differ least.
func nearest(as, bs []ikestate.Proposal, nameA, nameB string) string {
	best, found := []attribute(nil), false
	for i := range as[:min(len(as), maxCompared)] {
		for j := range bs[:min(len(bs), maxCompared)] {
			if diff := differing(&as[i], &bs[j]); !found || len(diff) < len(best) {
				best, found = diff, true
			}
		}
	}
	switch {
	case !found:
		return ""
	case len(best) == 0:
		return "One of them is equal at both ends; the refusal is about something else."
	}
	var texts []string
	for _, d := range best {
		texts = append(texts, fmt.Sprintf("%s: %s against %s", d.name, suite.Title(d.a), suite.Title(d.b)))
	}
	return "Nearest to each other, they differ in " + strings.Join(texts, "; ") + " (" + nameA + " against " + nameB + ")."
}

// maxCompared bounds the proposals of one side that are compared.
const maxCompared = 64

func differing(a, b *ikestate.Proposal) (diff []attribute) {
	for _, d := range []attribute{
		{"encryption", a.Encryption, b.Encryption}, {"hash", a.HashName, b.HashName},
		{"group", a.GroupName, b.GroupName}, {"authentication", a.Auth.String(), b.Auth.String()},
	} {
		if d.a != d.b {
			diff = append(diff, d)
		}
	}
	return diff
}
