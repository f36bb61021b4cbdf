package diagnose

import (
	"net/netip"
	"slices"
	"sort"
	"strconv"
	"strings"

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

// lifetimes tells of peers that count the life of an SA differently.
func (x *examiner) lifetimes() {
	for _, v := range x.views {
		x.phase1Lifetime(v)
		x.responderLifetimes(v)
		for _, s := range v.sas {
			x.overLifetime(v, s)
		}
	}
	x.proposedLifetimes()
}

// phase1Lifetime compares the lifetime chosen with those offered.
func (x *examiner) phase1Lifetime(v *view) {
	p := v.Phase1
	if p.Chosen == nil || p.ChoiceTried || p.Chosen.LifetimeSeconds == 0 || len(p.Offered) == 0 || len(p.Flights) < 2 || p.Flights[0] == nil {
		return
	}
	var all []string
	for i := range p.Offered {
		if p.Offered[i].LifetimeSeconds == p.Chosen.LifetimeSeconds {
			return
		}
		all = append(all, strconv.FormatUint(p.Offered[i].LifetimeSeconds, 10))
	}
	x.add(about(LifetimeMismatch, Proved, v.id, v.between).
		says("%s answers with another lifetime of the ISAKMP SA than %s offered", v.Responder.Addr(), v.Initiator.Addr()).
		line("%s: %s s offered. %s: %d s chosen.", capital(packets(framesOf(p.Flights[0])[:1])), strings.Join(all[:min(len(all), maxOffered)], ", "), capital(packets(framesOf(p.Flights[1])[:1])), p.Chosen.LifetimeSeconds).
		on(framesOf(p.Flights[0], p.Flights[1])...))
}

// responderLifetimes tells of RESPONDER-LIFETIME notifications: the responder
// will end the SA earlier than was agreed (RFC 2407, section 4.6.3.1).
func (x *examiner) responderLifetimes(v *view) {
	for i := range v.Notices {
		n := &v.Notices[i]
		if n.Type != isakmp.NotifyResponderLifetime {
			continue
		}
		ls, _ := n.Lifetimes()
		var texts []string
		for _, l := range ls {
			texts = append(texts, grouped(int64(min(l.Duration, 1<<62)))+" "+l.Type.String())
		}
		x.add(about(LifetimeMismatch, Proved, v.id, v.between).
			says("%s uses a shorter lifetime than was proposed: %s", v.side(speaker(n.Message)), strings.Join(texts, ", ")).
			line("%s carries RESPONDER-LIFETIME for %s.", capital(packets([]int64{n.Message.Frame})), n.Protocol.Title()).
			on(n.Message.Frame))
	}
}

// overLifetime tells of an SA that was used after its negotiated life.
func (x *examiner) overLifetime(v *view, s *SA) {
	if s.Traffic == nil || s.Made == nil || s.LifetimeSeconds == 0 {
		return
	}
	used := s.Traffic.LastNanos - s.Made.Nanos
	if used <= int64(min(s.LifetimeSeconds, 1<<32))*1e9 {
		return
	}
	x.add(about(LifetimeMismatch, Proved, x.saID(s), v.between).
		says("an SA from %s to %s was used longer than its lifetime", s.Src, s.Dst).
		line("SPI %s: made in %s, lifetime %d s, last used in %s, %s later.", hex32(s.SPI), packets([]int64{s.Made.Frame}), s.LifetimeSeconds, packets([]int64{s.Traffic.Last}), apart(used)).
		on(s.Made.Frame, s.Traffic.Last))
}

// proposedLifetimes compares what the two ends propose where both have begun a
// Quick Mode.
func (x *examiner) proposedLifetimes() {
	type proposal struct {
		life uint64
		q    *quick
	}
	first := map[wish]proposal{}
	for _, v := range x.views {
		for _, q := range v.quicks {
			life := lifeOf(q.Offered)
			if q.msg == nil || life == 0 {
				continue
			}
			own := wish{v.between, q.began()}
			if _, ok := first[own]; !ok {
				first[own] = proposal{life, q}
			}
			o, ok := first[wish{v.between, q.answers()}]
			if !ok || o.life == life {
				continue
			}
			x.add(about(LifetimeMismatch, Proved, v.id, v.between).
				says("%s and %s propose different lifetimes of IPsec SAs", o.q.began(), q.began()).
				line("%s: %s proposed %d s. %s: %s proposed %d s.", capital(packets(framesOf(o.q.msg)[:1])), o.q.began(), o.life, capital(packets(framesOf(q.msg)[:1])), q.began(), life).
				on(framesOf(o.q.msg)[0], framesOf(q.msg)[0]))
		}
	}
}

// lifeOf is the lifetime in seconds of the first transform that has one.
func lifeOf(ps []isakmp.Proposal) uint64 {
	for _, p := range ps {
		for _, t := range p.Transforms {
			if s, ok := t.IPsec().Lifetime(isakmp.LifeSeconds); ok {
				return s
			}
		}
	}
	return 0
}

// retransmissions tells of messages that were repeated although the exchange went
// on; where it did not, that is told with its cause.
func (x *examiner) retransmissions() {
	for _, v := range x.views {
		var frames []int64
		by := map[netip.Addr]int{}
		var longest int64
		for _, m := range v.Messages {
			rs := x.retries(m)
			if len(rs) == 0 || !v.wentOn(m) {
				continue
			}
			frames = append(frames, repeatFrames(rs)...)
			by[v.side(speaker(m))] += len(rs)
			longest = max(longest, rs[len(rs)-1].Nanos-m.Nanos)
		}
		if len(frames) == 0 {
			continue
		}
		d := about(Retransmissions, Proved, v.id, v.between).on(frames...)
		d.same = "retransmissions"
		d.tidy()
		d.says("%s repeated %s; the longest wait for an answer was %s", listed(senders(v, by)), many(int64(len(frames)), "IKE message"), apart(longest))
		x.add(d.line("%s.", capital(packets(d.Frames))))
	}
}

func senders(v *view, by map[netip.Addr]int) (names []string) {
	for _, a := range []netip.Addr{v.Initiator.Addr(), v.Responder.Addr()} {
		if by[a] > 0 {
			names = append(names, a.String())
			delete(by, a)
		}
	}
	return names
}

// wentOn reports whether the exchange of a message went on after it was repeated;
// where it did not, the failure is told elsewhere.
func (v *view) wentOn(m *ikestate.Message) bool {
	last := lastTime(m)
	if isPhase1(v, m) {
		return v.proceeded() && v.last > last
	}
	for _, x := range v.Exchanges {
		if x.MessageID != m.Header.MessageID || x.Type != m.Header.Exchange {
			continue
		}
		for _, o := range x.Messages {
			if o != m && o.Frame > m.Frame {
				return true
			}
		}
		return x.Quick != nil && x.Quick.Flights[2] == m
	}
	return false
}

func isPhase1(v *view, m *ikestate.Message) bool {
	return m.Header.Exchange == v.Phase1.Script.Exchange && m.Header.MessageID == 0
}
