package report

import (
	"fmt"

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
		{int64(f.Evicted + f.Dropped), "%s fragmented datagrams given up, since too many were open at once"},
		{int64(f.Ambiguous), "%s overlapping fragments differ in content; the first to come were kept"},
		{int64(r.Decode.FlowsDropped), "%s UDP flows forgotten, since there were too many"},
		{r.Dropped.HalfOpen, "%s half-open IKE conversations forgotten, since there were too many"},
		{r.Dropped.Messages, "%s IKE messages left out, since there were too many"},
		{r.Dropped.Fragments, "%s fragments of IKE messages forgotten, since too many waited for others"},
		{r.Faults.Count, "%s packets left out because of an error of this program; please report it"},
		{r.UnknownMore, "%s IPsec packets left out, since there were too many SPIs"},
	}
	for _, c := range r.Captures {
		s = append(s, shortcoming{c.Count(pcaps.LimitReached), "%s interfaces, comments or secrets of a capture left out, since there were too many"})
		for _, i := range c.Interfaces {
			s = append(s, shortcoming{int64(i.Dropped), "%s packets dropped by the capturing program or interface"})
		}
	}
	return s
}
