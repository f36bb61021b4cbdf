package diagnose

import (
	"encoding/binary"
	"slices"
	"strings"

	"ikescope/decode/ikev2"
	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/suite"
)

// childRefusals says what an error means for a child SA.
var childRefusals = map[ikev2.NotifyType]Code{
	ikev2.TSUnacceptable: SelectorMismatch, ikev2.SinglePairRequired: SelectorMismatch,
	ikev2.InvalidKEPayload: PFSMismatch,
}

// childV2 tells of a CREATE_CHILD_SA that failed.
func (x *examiner) childV2(v *view, e *ikestate.ExchangeV2) {
	if e.Request == nil {
		return
	}
	n := v.errorV2(e)
	switch {
	case e.Response == nil:
		x.unansweredLater(v, e, Phase2NoAnswer)
	case n != nil && ikev2.NotifyType(n.Type) == ikev2.TemporaryFailure:
	case n != nil && !v.triedAgain(e, n):
		x.childRefused(v, e, n)
	case n == nil && v.refusedUnreadV2(e):
		x.failQuick2(v, e, about(Phase2NoProposalChosen, Probable, v.id, v.between).
			says("phase 2 most likely refused: %s answers CREATE_CHILD_SA of %s with an error", v.side(other(e.By)), v.side(e.By)).
			line("%s: the answer has %d octets, room for an error and for no SA. The reason is encrypted.", capital(packets(framesOf(e.Response)[:1])), len(e.Response.Raw)).
			on(framesOf(e.Request, e.Response)...))
	}
}

// triedAgain reports whether an error is one after which peers go on: another
// group was asked for and used, or two rekeyings met (RFC 7296, section 2.25).
func (v *view) triedAgain(e *ikestate.ExchangeV2, n *ikestate.Notice) bool {
	switch ikev2.NotifyType(n.Type) {
	case ikev2.ChildSANotFound:
		return true
	case ikev2.InvalidKEPayload:
		return slices.ContainsFunc(v.IKEv2.Exchanges, func(o *ikestate.ExchangeV2) bool {
			return o.Type == e.Type && o.By == e.By && o.MessageID > e.MessageID
		})
	}
	return false
}

// childRefused tells of a child SA that a peer refused.
func (x *examiner) childRefused(v *view, e *ikestate.ExchangeV2, n *ikestate.Notice) {
	refuser, refused := v.side(speaker(n.Message)), v.side(other(speaker(n.Message)))
	code, ok := childRefusals[ikev2.NotifyType(n.Type)]
	if !ok {
		code = Phase2NoProposalChosen
	}
	d := about(code, Proved, v.id, v.between).on(framesOf(e.Request, n.Message)...)
	switch {
	case ikev2.NotifyType(n.Type) == ikev2.SinglePairRequired:
		d.says("the IKE SA is up, phase 2 refused: %s wants a single pair of addresses as traffic selectors of %s", refuser, refused)
	case code == SelectorMismatch:
		d.says("the IKE SA is up, phase 2 refused: %s does not accept the traffic selectors of %s", refuser, refused)
	case code == PFSMismatch:
		d.says("the IKE SA is up, phase 2 refused: %s wants another PFS group than %s", refuser, refused)
		d.line("%s", wantedGroup(n))
	case ikev2.NotifyType(n.Type) == ikev2.NoProposalChosen:
		d.says("the IKE SA is up, phase 2 refused: %s accepts none of the proposals of %s", refuser, refused)
	default:
		d.says("the IKE SA is up, phase 2 refused: %s answers %s to %s", refuser, n.Name, refused)
	}
	if e.Request.Decrypted {
		d.line("%s: %s proposed %s.", capital(packets(framesOf(e.Request)[:1])), refused, proposedV2(e.Request))
		if text, frame := x.childPolicy(v, speaker(n.Message)); text != "" && frame != e.Request.Frame {
			d.line("%s: %s itself proposed or accepted %s.", capital(packets([]int64{frame})), refuser, text).on(frame)
		} else {
			d.line("What %s would accept is not in this capture.", refuser)
		}
	}
	x.failQuick2(v, e, d.line("%s", v.answeredV2(e, n)).line("%s", meaningV2(n)))
}

// childPolicy finds what a side proposed or accepted for a child SA elsewhere: what
// it accepted last counts more than what it proposed.
func (x *examiner) childPolicy(v *view, s ikestate.Speaker) (text string, frame int64) {
	for _, o := range x.v2Pairs[v.between] {
		for _, e := range o.IKEv2.Exchanges {
			for _, m := range []*ikestate.Message{e.Request, e.Response} {
				if m == nil || !m.Decrypted || o.side(speaker(m)) != v.side(s) {
					continue
				}
				if _, ok := m.First(isakmp.PayloadTSi); ok && (m == e.Response || text == "") {
					text, frame = proposedV2(m), m.Frame
				}
			}
		}
	}
	return text, frame
}

// failQuick2 adds a finding about a child SA; it is a warning where one of the
// same peers came up later.
func (x *examiner) failQuick2(v *view, e *ikestate.ExchangeV2, d *draft) {
	var later *ikestate.Message
	for _, o := range x.v2Pairs[v.between] {
		for _, s := range o.IPsecSAs {
			if s.Made != nil && s.Made.Frame > e.Request.Frame {
				later = s.Made
			}
		}
	}
	x.addUnless(later, e.Request, d)
}

// unansweredLater tells of a request under an established IKE SA that was repeated
// and got no answer.
func (x *examiner) unansweredLater(v *view, e *ikestate.ExchangeV2, code Code) {
	rs := x.retries(e.Request)
	if len(rs) == 0 {
		return
	}
	sender, peer := v.side(e.By), v.side(other(e.By))
	c := Proved
	d := about(code, c, v.id, v.between).
		says("%s does not answer %s of %s", peer, nameV2(e.Request), sender).
		line("%s: sent, and repeated %s over %s (%s).", capital(packets([]int64{e.Request.Frame})), times(len(rs)), apart(rs[len(rs)-1].Nanos-e.Request.Nanos), packets(repeatFrames(rs))).
		on(framesOf(e.Request)...)
	if code == DPDTimeout && !e.Request.Decrypted {
		d.Certainty = Probable
	}
	x.add(d)
}

// probeV2 tells of an Informational request that got no answer: most are probes
// of liveness (RFC 7296, section 2.4). A Delete is the end anyway.
func (x *examiner) probeV2(v *view, e *ikestate.ExchangeV2) {
	if e.Request == nil || e.Response != nil || !v.bothSpeak() || len(x.retries(e.Request)) < leastProbes {
		return
	}
	if _, ok := e.Request.First(isakmp.PayloadDelete2); ok || v.saysV2(e, ikev2.AuthenticationFailed) {
		return
	}
	x.unansweredLater(v, e, DPDTimeout)
}

// proposedV2 writes the proposals and selectors of a request for a child SA.
func proposedV2(m *ikestate.Message) string {
	var texts []string
	if p, ok := m.First(isakmp.PayloadSA2); ok {
		ps, _ := ikev2.ParseSA(p.Body) // what stands before damage counts
		for _, q := range ps[:min(len(ps), maxOffered)] {
			texts = append(texts, transformsV2(q))
		}
	}
	s := strings.Join(texts, " | ")
	for _, t := range []struct {
		kind isakmp.PayloadType
		word string
	}{{isakmp.PayloadTSi, " for "}, {isakmp.PayloadTSr, " to "}} {
		if p, ok := m.First(t.kind); ok {
			s += t.word + selectorsV2(p.Body)
		}
	}
	return s
}

func transformsV2(p ikev2.Proposal) string {
	names := []string{p.Protocol.Title()}
	for _, t := range p.Transforms[:min(len(p.Transforms), maxCompared)] {
		switch t.Type {
		case ikev2.Encryption:
			c, _ := suite.IKEv2Cipher(t.ID, t.KeyBits)
			if c.Name == "" {
				c.Name = suite.IKEv2EncryptionName(t.ID)
			}
			names = append(names, suite.Title(c.Name))
		case ikev2.Integrity:
			names = append(names, suite.Title(suite.IKEv2IntegrityName(t.ID)))
		case ikev2.KeyMethod:
			names = append(names, suite.Title(suite.GroupName(t.ID)))
		}
	}
	return strings.Join(names, ", ")
}

// selectorsV2 lists the traffic selectors of a payload.
func selectorsV2(body []byte) string {
	ts, _ := ikev2.ParseSelectors(body)
	var texts []string
	for _, t := range ts[:min(len(ts), maxOffered)] {
		id := t.ID()
		texts = append(texts, selector(&id))
	}
	if len(texts) == 0 {
		return "selectors that could not be read"
	}
	return strings.Join(texts, ", ")
}

// wantedGroup writes the group that INVALID_KE_PAYLOAD asks for (RFC 7296, section
// 1.3).
func wantedGroup(n *ikestate.Notice) string {
	if len(n.Data) != 2 {
		return ""
	}
	return "It asks for " + suite.Title(suite.GroupName(binary.BigEndian.Uint16(n.Data))) + "."
}
