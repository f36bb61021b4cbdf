package report

import (
	"errors"
	"fmt"
	"math"

	"ikescope/analysis"
	"ikescope/decode"
	"ikescope/pcaps"
)

// quality writes what was damaged or left out.
func (p *page) quality(r *analysis.Result) {
	if s := carried(r.Decode.TCP); s != "" {
		p.para(2, 4, s)
	}
	notes, more := lacking(r)
	for _, n := range notes {
		p.para(2, 4, p.caution()+" "+n)
	}
	if more != "" {
		p.line(2, more)
	}
}

// carried says what TCP carried (RFC 9329), "" for nothing.
func carried(t decode.TCPStats) string {
	if t.Segments == 0 {
		return ""
	}
	s := "TCP encapsulation: " + many(int64(t.Messages), "IKE or IPsec packet") + " in " + many(int64(t.Segments), "segment")
	for _, x := range []struct {
		n    uint64
		what string
	}{
		{t.Repeated, "repeated"}, {t.Overlaps, "overlapping"}, {t.Early, "out of order"}, {t.Waiting, "waiting for one before them at the end"},
	} {
		if x.n > 0 {
			s += ", " + count(int64(x.n)) + " " + x.what
		}
	}
	return s
}

// lacking says what was damaged or left out, and how many kinds of damage are not
// named. Every bound that was reached is named with its count.
func lacking(r *analysis.Result) (notes []string, more string) {
	for _, q := range shortcomings(r) {
		if q.n > 0 {
			notes = append(notes, q.String())
		}
	}
	for i, m := range r.Decode.Malformed {
		if i == maxProblems {
			more = "and " + many(int64(len(r.Decode.Malformed)-i), "more kind") + " of malformed packets"
			break
		}
		if errors.Is(m.Err, decode.ErrUnsupported) {
			notes = append(notes, fmt.Sprintf("%s not read: %s is %v", many(int64(m.Count), "packet"), m.Field, m.Err))
			continue
		}
		notes = append(notes, fmt.Sprintf("%s malformed: %s, %s: %v", many(int64(m.Count), "packet"), m.Layer, m.Field, m.Err))
	}
	return notes, more
}

// shortcoming is something that the report lacks, with how often it happened: "2
// fragmented datagrams", "incomplete".
type shortcoming struct {
	n          int64
	noun, what string
}

func (s shortcoming) String() string { return many(s.n, s.noun) + " " + s.what }

func shortcomings(r *analysis.Result) []shortcoming {
	f := r.Decode.Fragments
	s := []shortcoming{
		{int64(f.Waiting + f.Expired), "fragmented datagram", "incomplete: fragments are not in the capture"},
		{int64(f.Ambiguous), "overlapping fragment", "with different content; what came first was kept"},
	}
	t := r.Decode.TCP
	s = append(s,
		shortcoming{int64(t.Gaps), "place", "in TCP streams where segments are not in the capture, " + many(int64(t.Lost), "octet") + " in all"},
		shortcoming{int64(t.Malformed), "length", "in TCP streams that cannot be"},
		shortcoming{int64(t.Skipped), "octet", "of TCP streams passed over to find the next message"})
	s = append(s, bounds(r)...)
	var dropped int64
	for _, c := range r.Captures {
		for _, i := range c.Interfaces {
			dropped += int64(min(i.Dropped, math.MaxInt32))
		}
	}
	return append(s, shortcoming{dropped, "packet", "dropped by the capturing program or interface"})
}

// bounds lists what limits of this program, or mistakes in it, kept out of the
// result.
func bounds(r *analysis.Result) []shortcoming {
	var limited int64
	for _, c := range r.Captures {
		limited += c.Count(pcaps.LimitReached)
	}
	f, t := r.Decode.Fragments, r.Decode.TCP
	return []shortcoming{
		{r.Faults.Count, "packet", "left out because of an error of this program; please report it"},
		{int64(r.Decode.Contained), "packet", "not read because of an error of the layer library"},
		{limited, "block", "of interfaces, comments or secrets of a capture left out, since there were too many"},
		{int64(f.Evicted), "fragmented datagram", "given up, since too many were open at once"},
		{int64(f.Dropped), "fragment", "given up: others of the same datagram contradict it, or are too many"},
		{int64(t.Forgotten), "direction", "of TCP connections forgotten, since there were too many"},
		{int64(t.Dropped), "octet", "of TCP streams dropped, since too many waited for others"},
		{int64(r.Decode.FlowsDropped), "UDP flow", "forgotten, since there were too many"},
		{r.Dropped.HalfOpen, "half-open IKE conversation", "forgotten, since there were too many"},
		{r.Dropped.Messages, "IKE message", "left out, since there were too many"},
		{r.Dropped.Fragments, "fragment", "of IKE messages forgotten, since too many waited for others"},
		{r.Dropped.Exponentiations, "Diffie-Hellman computation", "left out, since the capture asked for too many"},
		{r.Untried, "attempt", "of supplied keys left out, since there were too many"},
		{r.UnknownMore, "IPsec packet", "left out, since there were too many SPIs"},
		{r.ICMPMore, "ICMP error", "left out, since there were too many"},
	}
}

// Bounds says, a sentence each, what limits of this program kept out of a result.
func Bounds(r *analysis.Result) (all []string) {
	for _, s := range bounds(r) {
		if s.n > 0 {
			all = append(all, s.String())
		}
	}
	return all
}
