package diagnose

import (
	"cmp"
	"slices"

	"ikescope/ikestate"
)

// rekeys tells of SAs that lived at the same time for the same traffic.
func (x *examiner) rekeys() {
	for _, v := range x.views { // in the order of their first messages
		if vs := x.byPair[v.between]; vs[0] == v {
			x.isakmpOverlap(vs)
			x.ipsecOverlap(vs)
			x.collisions(vs)
		}
	}
}

// near is how many conversations of the same peers before one are compared with
// it, so that a flood of them costs no more than its length.
const near = 8

// isakmpOverlap tells of ISAKMP SAs of the same peers that were there at once.
func (x *examiner) isakmpOverlap(vs []*view) {
	for i, v := range vs {
		up := v.established()
		if up == nil {
			continue
		}
		for _, old := range slices.Backward(vs[max(0, i-near):i]) {
			if old.established() == nil || old.last <= up.Nanos || met(old, v) {
				continue
			}
			d := about(RekeyOverlap, Proved, v.id, v.between).
				says("%s and %s had more than one ISAKMP SA at once", v.Initiator.Addr(), v.Responder.Addr()).
				line("%s: a new one, begun by %s, was up.", capital(packets([]int64{up.Frame})), v.Initiator.Addr()).
				on(up.Frame)
			if del := old.ownDelete(); del != nil && del.Nanos > up.Nanos {
				d.line("%s: %s deleted the one before it, %s later.", capital(packets([]int64{del.Frame})), old.side(speaker(del)), after(del, up)).on(del.Frame)
			} else {
				d.line("The one before it was used for %s more.", apart(old.last-up.Nanos))
			}
			x.add(d)
			break
		}
	}
}

// established is the message with which phase 1 was through, nil if it is not in
// the capture or did not work.
func (v *view) established() *ikestate.Message {
	if n := len(v.Phase1.Flights); n > 0 && v.Phase1.State == ikestate.Established {
		return v.Phase1.Flights[n-1]
	}
	return nil
}

// renewal is a Quick Mode that made SAs for traffic that had some already.
type renewal struct {
	old, new *quick
}

// ipsecOverlap tells of Quick Modes for the same selectors of which the older
// one's SAs were there when the newer one's came.
func (x *examiner) ipsecOverlap(vs []*view) {
	latest := map[string]*quick{}
	var rs []renewal
	for _, q := range madeSAs(vs) {
		k := q.traffic()
		if old := latest[k]; old != nil && !x.gone(old, q.last().Nanos) {
			rs = append(rs, renewal{old, q})
		}
		latest[k] = q
	}
	if len(rs) == 0 {
		return
	}
	r := rs[0]
	d := about(RekeyOverlap, Proved, r.new.id, r.new.between).
		says("%s and %s renewed their IPsec SAs %s while the old ones were there", r.new.began(), r.new.answers(), times(len(rs)))
	for _, r := range rs[:min(len(rs), fewNamed)] {
		d.line("%s renewed the SAs of %s%s.", capital(packets(framesOf(r.new.msg, r.new.last()))), packets(framesOf(r.old.last())[:1]), x.lingering(r))
		d.on(framesOf(r.new.msg, r.new.last())...)
	}
	x.add(d)
}

// madeSAs lists the Quick Modes that made SAs, oldest first.
func madeSAs(vs []*view) (qs []*quick) {
	for _, v := range vs {
		for _, q := range v.quicks {
			if len(q.SAs) > 0 && q.last() != nil {
				qs = append(qs, q)
			}
		}
	}
	slices.SortStableFunc(qs, func(a, b *quick) int { return cmp.Compare(a.last().Nanos, b.last().Nanos) })
	return qs
}

// traffic names what the SAs of a Quick Mode are for, the same whoever began it.
func (q *quick) traffic() string {
	a, b := selector(q.IDci), selector(q.IDcr)
	if q.IDci == nil || q.IDcr == nil {
		a, b = q.began().String(), q.answers().String()
	}
	return min(a, b) + " " + max(a, b)
}

// gone reports whether the SAs of a Quick Mode were deleted before a time.
func (x *examiner) gone(q *quick, at int64) bool {
	for _, s := range q.SAs {
		if s.Deleted != nil && s.Deleted.Nanos <= at {
			return true
		}
	}
	return false
}

// lingering writes for how long the old SAs carried packets after the new ones
// were there.
func (x *examiner) lingering(r renewal) string {
	made := r.new.last().Nanos
	var longest int64
	for _, s := range x.byConv[r.old.Conversation].sas {
		if s.MessageID == r.old.MessageID && s.Traffic != nil {
			longest = max(longest, s.Traffic.LastNanos-made)
		}
	}
	if longest < retriesApart {
		return ""
	}
	return ", which carried packets for " + apart(longest) + " more"
}

// collisions tells of both ends negotiating the same at once, so that twice as
// many SAs are made as are needed.
func (x *examiner) collisions(vs []*view) {
	var qs []*quick
	for i, v := range vs {
		for _, o := range vs[max(0, i-near):i] {
			if met(o, v) {
				x.collided(v, o)
			}
		}
		for _, q := range v.quicks {
			if q.msg != nil && q.Flights[1] != nil {
				qs = append(qs, q)
			}
		}
	}
	slices.SortStableFunc(qs, func(a, b *quick) int { return cmp.Compare(a.msg.Frame, b.msg.Frame) })
	for i := 1; i < len(qs); i++ {
		a, b := qs[i-1], qs[i]
		if a.began() == b.answers() && b.began() == a.answers() && a.began() != b.began() &&
			b.msg.Nanos < a.last().Nanos && a.sameTraffic(b) {
			x.quicksCollided(a, b)
		}
	}
}

// sameTraffic reports whether two Quick Modes are for the same selectors, or may
// be, where they could not be read.
func (q *quick) sameTraffic(o *quick) bool {
	if len(q.Offered) == 0 || len(o.Offered) == 0 {
		return true
	}
	return q.traffic() == o.traffic()
}

// span is the time of phase 1 in a conversation.
func (v *view) span() [2]int64 {
	s := [2]int64{v.Messages[0].Nanos, v.Messages[0].Nanos}
	for _, m := range v.Phase1.Flights {
		if m != nil {
			s[1] = max(s[1], m.Nanos)
		}
	}
	return s
}

// met reports whether both ends began phase 1 at once.
func met(a, b *view) bool {
	return b.Initiator.Addr() == a.Responder.Addr() && b.Initiator != a.Initiator && crossed(b.span(), a.span())
}

func crossed(a, b [2]int64) bool { return a[0] <= b[1] && b[0] <= a[1] }

func (x *examiner) collided(v, o *view) {
	if v.Phase1.State != ikestate.Established || o.Phase1.State != ikestate.Established {
		return
	}
	x.add(about(RekeyOverlap, Proved, v.id, v.between).as(Warning).
		says("%s and %s began phase 1 at the same time: two ISAKMP SAs where one would do", o.Initiator.Addr(), v.Initiator.Addr()).
		line("%s: begun by %s. %s: begun by %s, %s later, before the first was through.", capital(packets([]int64{o.Messages[0].Frame})), o.Initiator.Addr(), capital(packets([]int64{v.Messages[0].Frame})), v.Initiator.Addr(), after(v.Messages[0], o.Messages[0])).
		advise("Let the two ends renew at different times.").
		on(o.Messages[0].Frame, v.Messages[0].Frame))
}

func (x *examiner) quicksCollided(a, b *quick) {
	c := Proved
	if len(a.Offered) == 0 || len(b.Offered) == 0 {
		c = Probable
	}
	x.add(about(RekeyOverlap, c, b.id, b.between).as(Warning).
		says("%s and %s renewed the same IPsec SAs at the same time: twice as many were made as are needed", a.began(), b.began()).
		line("%s: Quick Mode of %s. %s: Quick Mode of %s, %s later, before the first was through.", capital(packets(framesOf(a.msg)[:1])), a.began(), capital(packets(framesOf(b.msg)[:1])), b.began(), after(b.msg, a.msg)).
		advise("Let the two ends renew at different times: a random part in the lifetime, or one end that leaves it to the other.").
		on(framesOf(a.msg, b.msg)...))
}
