package diagnose

import (
	"net/netip"
	"slices"

	"ikescope/decode/ikev2"
	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

// pieceKey is what the fragments of one message share (RFC 7383, section 2.5).
type pieceKey struct {
	mid      uint32
	by       ikestate.Speaker
	response bool
	total    uint16
}

// fragmentsMissingV2 tells of IKE messages that were sent in fragments of which not
// all are in the capture. A sender may cut a message anew into smaller ones (RFC
// 7383, section 2.5.2): one whole set is enough.
func (x *examiner) fragmentsMissingV2(v *view) {
	have := map[pieceKey]map[uint16]bool{}
	var order []pieceKey
	frames := map[pieceKey][]int64{}
	whole := map[pieceKey]bool{}
	for _, m := range v.Messages {
		k := pieceKey{mid: m.Header.MessageID, by: speaker(m), response: m.Header.Flags&isakmp.FlagResponse != 0}
		p, ok := m.First(isakmp.PayloadEncryptedFragment)
		f, err := ikev2.ParseFragment(p.Body)
		if !ok || err != nil {
			whole[k] = true
			continue
		}
		any := k
		if k.total = f.Total; have[k] == nil {
			have[k] = map[uint16]bool{}
			order = append(order, k)
		}
		have[k][f.Number] = true
		frames[k] = append(frames[k], m.Frame)
		whole[any] = whole[any] || len(have[k]) == int(f.Total)
	}
	for _, k := range order {
		if any := (pieceKey{mid: k.mid, by: k.by, response: k.response}); whole[any] {
			continue
		}
		x.add(about(FragmentsMissing, Proved, v.id, v.between).on(frames[k]...).
			says("IKE messages of %s came in fragments, not all of which are in the capture", v.side(k.by)).
			line("%s: %d of %d fragments of the message with ID %d.", capital(packets(frames[k])), len(have[k]), k.total, k.mid))
	}
}

// collisionsV2 tells of rekeyings that met, and of requests that a peer puts off
// with TEMPORARY_FAILURE (RFC 7296, section 2.25).
func (x *examiner) collisionsV2(v *view) {
	var off []*ikestate.Message
	var last *ikestate.ExchangeV2
	for _, e := range v.IKEv2.Exchanges {
		if e.Type != isakmp.ExchangeCreateChildSA || e.Request == nil {
			continue
		}
		if v.saysV2(e, ikev2.TemporaryFailure) && e.Response != nil {
			off, last = append(off, e.Request, e.Response), e
		}
		x.meetV2(v, e)
	}
	if last == nil {
		return
	}
	a, b := v.side(last.By), v.side(other(last.By))
	d := about(RekeyOverlap, Proved, v.id, v.between).on(framesOf(off...)...).
		says("%s put off CREATE_CHILD_SA of %s with TEMPORARY_FAILURE", b, a).
		line("%s: %s answered that it is busy with another rekeying; the sender tries again later.", capital(packets(framesOf(last.Response)[:1])), b)
	if n := len(off) / 2; n > 1 {
		d.line("So it went %s.", times(n))
	}
	if !slices.ContainsFunc(v.IKEv2.Exchanges, func(e *ikestate.ExchangeV2) bool {
		return e.Type == last.Type && e.Response != nil && e.Response.Frame > last.Response.Frame && v.errorV2(e) == nil
	}) {
		d = d.as(Warning).line("No later CREATE_CHILD_SA of this IKE SA succeeds in the capture.")
	}
	x.add(d)
}

// meetV2 tells of a rekeying that began while one of the other side was under way:
// of the two SAs that come of it, one is deleted again (RFC 7296, section 2.8.1).
func (x *examiner) meetV2(v *view, e *ikestate.ExchangeV2) {
	rekeys, ok := rekeyedBy(e)
	if !ok {
		return
	}
	for _, o := range v.IKEv2.Exchanges {
		if o.By == e.By || o.Response == nil || o.Request == nil || o.Request.Frame > e.Request.Frame || o.Response.Frame < e.Request.Frame {
			continue
		}
		if theirs, ok := rekeyedBy(o); ok && theirs == rekeys {
			d := about(RekeyOverlap, Probable, v.id, v.between).on(framesOf(o.Request, e.Request)...).
				says("%s and %s rekeyed at the same time; one of the two new SAs is not used", v.Initiator.Addr(), v.Responder.Addr()).
				line("%s: both sides sent CREATE_CHILD_SA before the other's was answered.", capital(packets(framesOf(o.Request, e.Request))))
			x.add(d)
			return
		}
	}
}

// rekeyedBy says what a CREATE_CHILD_SA request replaces: child SAs, or the IKE SA.
func rekeyedBy(e *ikestate.ExchangeV2) (protocol isakmp.Protocol, ok bool) {
	if e.Type != isakmp.ExchangeCreateChildSA || e.Request == nil {
		return 0, false
	}
	for _, p := range e.Request.All(isakmp.PayloadNotify2) {
		if n, err := ikev2.ParseNotify(p.Body); err == nil && ikev2.NotifyType(n.Type) == ikev2.RekeySA {
			return n.Protocol, true
		}
	}
	p, _ := e.Request.First(isakmp.PayloadSA2)
	sa, _ := ikev2.ParseSA(p.Body)
	if len(sa) > 0 && sa[0].Protocol == isakmp.ProtocolISAKMP {
		return isakmp.ProtocolISAKMP, true
	}
	return 0, false
}

// movedV2 tells of peers that said that they go on from another address (RFC 4555,
// section 3.5).
func (x *examiner) movedV2(v *view) {
	for _, e := range v.IKEv2.Exchanges {
		if e.Request == nil || !e.Request.FromInitiator || !v.saysV2(e, ikev2.UpdateSAAddresses) {
			continue
		}
		m := e.Request
		from := v.addressBefore(m)
		d := about(NATMappingChanged, Proved, v.id, v.between).as(Notice).on(framesOf(e.Request, e.Response)...).
			says("%s announced by MOBIKE that it goes on from %s", from, m.Src)
		d.Advice = ""
		d.Ref = "RFC 4555, section 3.5"
		x.add(d.line("%s: UPDATE_SA_ADDRESSES from %s to %s. The SAs stay as they are; packets come from, and go to, the new addresses.", capital(packets([]int64{m.Frame})), m.Src, m.Dst))
	}
}

// announced reports whether a peer of an IKE SA said by MOBIKE that it goes on from
// an address, so that no NAT has to explain it.
func (x *examiner) announced(between peers, to netip.Addr) bool {
	return slices.ContainsFunc(x.v2Pairs[between], func(v *view) bool {
		return slices.ContainsFunc(v.IKEv2.Exchanges, func(e *ikestate.ExchangeV2) bool {
			return e.Request != nil && e.Request.FromInitiator && e.Request.Src.Addr() == to && v.saysV2(e, ikev2.UpdateSAAddresses)
		})
	})
}

// addressBefore is where the sender of a message spoke from before it.
func (v *view) addressBefore(m *ikestate.Message) string {
	for _, o := range slices.Backward(v.Messages) {
		if o.Frame < m.Frame && speaker(o) == speaker(m) && o.Src != m.Src {
			return o.Src.String()
		}
	}
	return v.side(speaker(m)).String()
}
