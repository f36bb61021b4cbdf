package diagnose

import (
	"slices"
	"sort"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

// deletes tells of ends of SAs that somebody did not follow, or that came while
// the tunnel was still wanted. That an SA is deleted at the end is no finding.
func (x *examiner) deletes() {
	for _, v := range x.views {
		for _, s := range v.sas {
			x.usedAfterDelete(v, s)
		}
		x.reopened(v)
	}
}

// inFlight is how long packets may arrive behind a Delete without a reason to
// worry, in nanoseconds.
const inFlight = 1e9

// usedAfterDelete tells of an SA on which packets come although its receiver said
// that it takes none any more.
func (x *examiner) usedAfterDelete(v *view, s *SA) {
	t := s.Traffic
	if s.Deleted == nil || t == nil || t.LastNanos-s.Deleted.Nanos < inFlight {
		return
	}
	x.add(about(SADeleted, Proved, x.saID(s), v.between).as(Warning).
		says("%s goes on sending on an SA that %s has deleted", s.Src, s.Dst).
		line("%s: %s deleted the SA with SPI %s.", capital(packets([]int64{s.Deleted.Frame})), s.Dst, hex32(s.SPI)).
		line("%s is the last packet on it, %s later; %s drops them.", capital(packets([]int64{t.Last})), apart(t.LastNanos-s.Deleted.Nanos), s.Dst).
		on(s.Deleted.Frame, t.Last))
}

// reopened tells of an ISAKMP SA that a peer deleted long before its lifetime was
// over, whereupon the same peers negotiated again.
func (x *examiner) reopened(v *view) {
	d := v.ownDelete()
	if d == nil || x.standIn(v, d.Nanos) {
		return
	}
	next := x.next(v, d.Nanos)
	if next == nil {
		return
	}
	f := about(SADeleted, Proved, v.id, v.between).
		says("%s took the tunnel down, and it was negotiated anew %s later", v.side(speaker(d)), apart(next.Messages[0].Nanos-d.Nanos)).
		line("%s: %s deleted the ISAKMP SA %s after it began.", capital(packets([]int64{d.Frame})), v.side(speaker(d)), apart(d.Nanos-v.Messages[0].Nanos)).
		line("%s: %s began a new one.", capital(packets([]int64{next.Messages[0].Frame})), next.Initiator.Addr()).
		on(d.Frame, next.Messages[0].Frame)
	f.same = "reopened"
	if p := v.Phase1.Chosen; p != nil && p.LifetimeSeconds > 0 {
		f.line("Its lifetime is %d s.", p.LifetimeSeconds)
	}
	x.add(f)
}

// ownDelete is the message that deleted the conversation's own ISAKMP SA.
func (v *view) ownDelete() *ikestate.Message {
	for i := range v.Deletes {
		if v.Deletes[i].Protocol == isakmp.ProtocolISAKMP {
			return v.Deletes[i].Message
		}
	}
	return nil
}

// standIn reports whether another ISAKMP SA of the same peers was there at a time.
func (x *examiner) standIn(v *view, at int64) bool {
	vs := x.byPair[v.between]
	i := slices.Index(vs, v)
	for _, o := range vs[max(0, i-near):min(len(vs), i+near)] {
		if o != v && o.Messages[0].Nanos < at && o.last > at {
			return true
		}
	}
	return false
}

// next is the first conversation of the same peers that begins after a time.
func (x *examiner) next(v *view, at int64) *view {
	vs := x.byPair[v.between]
	i := sort.Search(len(vs), func(i int) bool { return vs[i].Messages[0].Nanos > at })
	if i == len(vs) {
		return nil
	}
	return vs[i]
}
