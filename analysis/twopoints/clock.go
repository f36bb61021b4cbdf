package twopoints

import (
	"math"
	"net/netip"
)

// Clock compares the clocks of the captures.
//
// The time between two sightings of a packet is its delay, plus how far the clock of
// B is ahead, or minus, depending on its way. Where packets went both ways, half
// the difference of the least of either is the offset, if the fastest packet of
// either way was under way for as long as that of the other.
type Clock struct {
	Known bool  // packets went both ways
	Ahead int64 // nanoseconds by which the clock of B is ahead of that of A
	Error int64 // at most: the least time that a packet was under way by this estimate
}

// pair sorts the flows by peers, finds out which side each is on, and estimates the
// clock offset.
func (r *Result) pair() {
	type ends struct{ low, high netip.Addr }
	pairs := map[ends]*Pair{}
	for _, f := range r.Flows {
		k := ends{f.Src, f.Dst}
		if f.Dst.Less(f.Src) {
			k = ends{f.Dst, f.Src}
		}
		p := pairs[k]
		if p == nil {
			p = &Pair{X: f.Src, Y: f.Dst}
			pairs[k] = p
			r.Pairs = append(r.Pairs, p)
		}
		p.Flows = append(p.Flows, f)
	}
	for _, p := range r.Pairs {
		p.orient()
	}
	r.estimate()
}

// span is the least and the greatest difference of flows.
type span struct {
	n        int64
	min, max int64
}

func (s *span) add(d *Spread) {
	if d.N == 0 {
		return
	}
	if s.n == 0 {
		s.min, s.max = d.Min, d.Max
	}
	s.n += d.N
	s.min, s.max = min(s.min, d.Min), max(s.max, d.Max)
}

// orient finds out which of the peers is on the side of A: delays of either way add
// to the difference of the clocks with opposite signs, so that only one
// assumption leaves them all positive.
func (p *Pair) orient() {
	var x, y span
	missing := [2]int64{}
	for _, f := range p.Flows {
		if f.Src == p.X {
			x.add(&f.Difference)
			missing[A], missing[B] = missing[A]+f.Missing[A], missing[B]+f.Missing[B]
		} else {
			y.add(&f.Difference)
			missing[A], missing[B] = missing[A]+f.Missing[B], missing[B]+f.Missing[A]
		}
	}
	p.both = x.n > 0 && y.n > 0
	if p.both && x.min-y.max != y.min-x.max {
		p.Known = true
		if y.min-x.max > x.min-y.max {
			p.Near = B
		}
		return
	}
	if missing[A] > missing[B] { // what is lost was seen first where it is not missing
		p.Near = B
	}
}

// estimate takes the least delay of either way over all pairs that have packets of both.
func (r *Result) estimate() {
	there, back := int64(math.MaxInt64), int64(math.MinInt64)
	for _, p := range r.Pairs {
		for _, f := range p.Flows {
			switch {
			case !p.both || f.Difference.N == 0:
			case p.From(f) == A:
				there = min(there, f.Difference.Min)
			default:
				back = max(back, f.Difference.Max)
			}
		}
	}
	if there == math.MaxInt64 || back == math.MinInt64 {
		return
	}
	r.Clock = Clock{Known: true, Ahead: back + (there-back)/2, Error: max(0, (there-back)/2)}
}

// Delay is the time that a part q of the packets of a flow were at most under way
// from one point to the other. It is only as good as the estimate of the clocks.
func (r *Result) Delay(p *Pair, f *Flow, q float64) int64 {
	if p.From(f) == A {
		return f.Difference.Quantile(q) - r.Clock.Ahead
	}
	return r.Clock.Ahead - f.Difference.Quantile(1-q)
}
