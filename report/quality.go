package report

import (
	"fmt"
	"math"

	"ikescope/analysis"
	"ikescope/pcaps"
)

// quality writes what was damaged or left out.
func (p *page) quality(r *analysis.Result) {
	notes, more := lacking(r)
	for _, n := range notes {
		p.para(2, 4, p.caution()+" "+n)
	}
	if more != "" {
		p.line(2, more)
	}
}

// lacking says what was damaged or left out, and how many kinds of damage are not
// named. Every bound that was reached is named with its count.
func lacking(r *analysis.Result) (notes []string, more string) {
	for _, q := range shortcomings(r) {
		if q.n > 0 {
			notes = append(notes, fmt.Sprintf(q.text, count(q.n)))
		}
	}
	for i, m := range r.Decode.Malformed {
		if i == maxProblems {
			more = "and " + many(int64(len(r.Decode.Malformed)-i), "more kind") + " of malformed packets"
			break
		}
		notes = append(notes, fmt.Sprintf("%s malformed: %s, %s: %v", many(int64(m.Count), "packet"), m.Layer, m.Field, m.Err))
	}
	return notes, more
}

// shortcoming is something that the report lacks, with how often it happened.
type shortcoming struct {
	n    int64
	text string
}

func shortcomings(r *analysis.Result) []shortcoming {
	f := r.Decode.Fragments
	s := []shortcoming{
		{int64(f.Waiting + f.Expired), "%s fragmented datagrams incomplete: fragments are not in the capture"},
		{int64(f.Ambiguous), "%s overlapping fragments differ in content; the first to come were kept"},
	}
	s = append(s, bounds(r)...)
	var dropped int64
	for _, c := range r.Captures {
		for _, i := range c.Interfaces {
			dropped += int64(min(i.Dropped, math.MaxInt32))
		}
	}
	return append(s, shortcoming{dropped, "%s packets dropped by the capturing program or interface"})
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
		{r.Faults.Count, "%s packets left out because of an error of this program; please report it"},
		{int64(r.Decode.Contained), "%s packets not read because of an error of the layer library"},
		{limited, "%s interfaces, comments or secrets of a capture left out, since there were too many"},
		{int64(f.Evicted + f.Dropped), "%s fragmented datagrams given up, since too many were open at once"},
		{int64(t.Forgotten), "%s directions of TCP connections forgotten, since there were too many"},
		{int64(t.Dropped), "%s octets of TCP streams dropped, since too many waited for others"},
		{int64(r.Decode.FlowsDropped), "%s UDP flows forgotten, since there were too many"},
		{r.Dropped.HalfOpen, "%s half-open IKE conversations forgotten, since there were too many"},
		{r.Dropped.Messages, "%s IKE messages left out, since there were too many"},
		{r.Dropped.Fragments, "%s fragments of IKE messages forgotten, since too many waited for others"},
		{r.Dropped.Exponentiations, "%s Diffie-Hellman computations left out, since the capture asked for too many"},
		{r.Untried, "%s attempts of supplied keys left out, since there were too many"},
		{r.UnknownMore, "%s IPsec packets left out, since there were too many SPIs"},
		{r.ICMPMore, "%s ICMP errors left out, since there were too many"},
	}
}

// Bounds says, a sentence each, what limits of this program kept out of a result.
func Bounds(r *analysis.Result) (all []string) {
	for _, s := range bounds(r) {
		if s.n > 0 {
			all = append(all, fmt.Sprintf(s.text, count(s.n)))
		}
	}
	return all
}
