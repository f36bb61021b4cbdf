package diagnose

import (
	"slices"
	"strconv"
	"strings"

	"ikescope/decode/isakmp"
)

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
	for _, v := range x.views {
		if vs := x.byPair[v.between]; vs[0] == v {
			x.offeredLifetimes(vs)
		}
	}
}

// offeredLifetimes compares what the two ends offer where both have begun a phase 1.
func (x *examiner) offeredLifetimes(vs []*view) {
	a := vs[0]
	i := slices.IndexFunc(vs, func(v *view) bool { return v.Initiator.Addr() != a.Initiator.Addr() && v.offeredLife() > 0 })
	if i < 0 || a.offeredLife() == 0 || vs[i].offeredLife() == a.offeredLife() {
		return
	}
	b := vs[i]
	d := about(LifetimeMismatch, Proved, b.id, b.between).
		says("%s and %s offer different lifetimes of the ISAKMP SA", a.Initiator.Addr(), b.Initiator.Addr())
	for _, v := range []*view{a, b} {
		first := v.Phase1.Flights[0]
		d.line("%s: %s offered %d s.", capital(packets(framesOf(first)[:1])), v.Initiator.Addr(), v.offeredLife()).on(first.Frame)
	}
	x.add(d)
}

// offeredLife is the lifetime in seconds that all proposals of message 1 have, 0 where
// they differ or message 1 is not in the capture.
func (v *view) offeredLife() (life uint64) {
	p := v.Phase1
	if len(p.Flights) == 0 || p.Flights[0] == nil {
		return 0
	}
	for i := range p.Offered {
		if i > 0 && p.Offered[i].LifetimeSeconds != life {
			return 0
		}
		life = p.Offered[i].LifetimeSeconds
	}
	return life
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
