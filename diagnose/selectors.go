package diagnose

import (
	"net/netip"

	"ikescope/decode/isakmp"
)

// relation is how the selectors that one side proposes stand to those of the
// other, turned around.
type relation uint8

const (
	mirrored relation = iota
	swapped           // local and remote are exchanged
	subset            // within the other's
	superset          // around the other's
	disjoint
	overlapping // each has something that the other has not
)

func (r relation) String() string {
	return [...]string{
		"they mirror each other", "local and remote are exchanged", "the refused ones lie within those of the other side",
		"the refused ones are wider than those of the other side", "they have no address in common", "they overlap only in part",
	}[r]
}

// relate compares a refused Quick Mode with one that the refusing side began.
// There its own side comes first.
func relate(q, o *quick) relation {
	if q.IDci == nil || q.IDcr == nil || o.IDci == nil || o.IDcr == nil {
		return mirrored
	}
	local, remote := o.IDcr, o.IDci // as q's initiator would have to propose them
	if same(q.IDci, local) && same(q.IDcr, remote) {
		return mirrored
	}
	if same(q.IDci, remote) && same(q.IDcr, local) {
		return swapped
	}
	a, okA := spans(q.IDci, q.IDcr)
	b, okB := spans(local, remote)
	switch {
	case !okA || !okB:
		return overlapping
	case !a[0].meets(b[0]) || !a[1].meets(b[1]):
		return disjoint
	case a[0].within(b[0]) && a[1].within(b[1]):
		return subset
	case b[0].within(a[0]) && b[1].within(a[1]):
		return superset
	default:
		return overlapping
	}
}

func same(a, b *isakmp.ID) bool {
	return a.Protocol == b.Protocol && a.Port == b.Port && a.String() == b.String()
}

// span is a range of addresses, both ends included.
type span struct{ first, last netip.Addr }

func (s span) meets(o span) bool {
	return s.first.BitLen() == o.first.BitLen() && !o.last.Less(s.first) && !s.last.Less(o.first)
}

func (s span) within(o span) bool {
	return s.first.BitLen() == o.first.BitLen() && !s.first.Less(o.first) && !o.last.Less(s.last)
}

func spans(ids ...*isakmp.ID) (ss [2]span, ok bool) {
	for i, id := range ids {
		if ss[i], ok = spanOf(id); !ok {
			return ss, false
		}
	}
	return ss, true
}

func spanOf(id *isakmp.ID) (span, bool) {
	if first, last, ok := id.Range(); ok {
		return span{first, last}, true
	}
	p, ok := id.Prefix()
	if !ok {
		return span{}, false
	}
	return span{p.Masked().Addr(), lastOf(p)}, true
}

// lastOf is the highest address of a prefix.
func lastOf(p netip.Prefix) netip.Addr {
	b := p.Masked().Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

// selectorsRefused tells of traffic selectors that the peer does not accept.
func (x *examiner) selectorsRefused(q *quick, p policy) {
	refuser, refused := q.side(speaker(q.refusal.Message)), q.side(other(speaker(q.refusal.Message)))
	d := q.begin(SelectorMismatch, Proved).
		says("%sphase 2 refused: %s does not accept the traffic selectors of %s", q.up(), refuser, refused)
	if q.IDci != nil && q.IDcr != nil {
		q.proposed(d, selector(q.IDci)+" to "+selector(q.IDcr))
	} else {
		q.proposed(d, "no selectors, so that the two peers' addresses count")
	}
	q.refused(d)
	p.tell(d)
	if p.other == nil {
		d.line("No Quick Mode with other selectors of these peers is in this capture.")
	}
	x.failQuick(q, d)
}

// narrowed tells of a Quick Mode whose responder answered with other selectors or
// another PFS group than were proposed, which it must not (RFC 2409, section
// 5.5).
func (x *examiner) narrowed(q *quick) {
	ids := q.Flights[1].All(isakmp.PayloadID)
	if len(ids) == 2 && q.IDci != nil && q.IDcr != nil {
		ci, errI := isakmp.ParseID(ids[0].Body)
		cr, errR := isakmp.ParseID(ids[1].Body)
		if errI == nil && errR == nil && !(same(&ci, q.IDci) && same(&cr, q.IDcr)) {
			x.add(about(SelectorMismatch, Proved, q.id, q.between).as(Warning).
				says("%s answers with other traffic selectors than %s proposed", q.answers(), q.began()).
				line("%s: %s proposed %s to %s.", capital(packets(framesOf(q.msg)[:1])), q.began(), selector(q.IDci), selector(q.IDcr)).
				line("%s: %s answered %s to %s. Some products narrow selectors so; others take it for a refusal.", capital(packets(framesOf(q.Flights[1])[:1])), q.answers(), selector(&ci), selector(&cr)).
				on(framesOf(q.msg, q.Flights[1])...))
		}
	}
	if chosenGroupDiffers(q.QuickMode) {
		x.add(about(PFSMismatch, Proved, q.id, q.between).as(Warning).
			says("%s answers with another PFS group than %s proposed", q.answers(), q.began()).
			line("%s: %s. %s: %s.", capital(packets(framesOf(q.msg)[:1])), transforms(q.Offered), capital(packets(framesOf(q.Flights[1])[:1])), transforms(q.Chosen)).
			on(framesOf(q.msg, q.Flights[1])...))
	}
}
