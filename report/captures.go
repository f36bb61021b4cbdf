package report

import (
	"fmt"
	"path/filepath"
	"slices"

	"ikescope/analysis"
	"ikescope/ikestate"
	"ikescope/pcaps"
)

// fewCaptures is how many captures get a line each; more are summed up, but for
// those with problems.
const fewCaptures = 6

// captures writes how much there is of each capture.
func (p *page) captures(r *analysis.Result) {
	var sum pcaps.CaptureInfo
	for _, c := range r.Captures {
		add(&sum, c)
		if len(r.Captures) <= fewCaptures || c.Incomplete() {
			p.capture(c.Path, c, sides(r, len(r.Captures) == 1))
		}
	}
	if len(r.Captures) > 1 {
		p.capture(fmt.Sprintf("%d captures", len(r.Captures)), sum, sides(r, true))
	}
}

func add(sum *pcaps.CaptureInfo, c pcaps.CaptureInfo) {
	if sum.Packets == 0 || c.Packets > 0 && c.First < sum.First {
		sum.First = c.First
	}
	sum.Last = max(sum.Last, c.Last)
	sum.Packets += c.Packets
	sum.Truncated += c.Truncated
	sum.Problems = append(sum.Problems, c.Problems...)
}

func (p *page) capture(name string, c pcaps.CaptureInfo, sides string) {
	p.para(0, 2, p.paint(bold, p.text(captureName(name)))+"   "+extent(c, sides))
	// A finding tells where a capture ends too early.
	for _, problem := range c.Kinds() {
		if !problem.Kind.Incomplete() {
			p.para(2, 4, p.caution()+" "+p.text(problem.Text))
		}
	}
}

// captureName names a capture without the folders before it.
func captureName(path string) string {
	if path == "-" {
		return "standard input"
	}
	return filepath.Base(path)
}

// extent says how much a capture holds, and whether all of it was read.
func extent(c pcaps.CaptureInfo, sides string) string {
	parts := []string{many(c.Packets, "packet")}
	if c.Packets > 0 {
		parts = append(parts, period(c.First, c.Last))
	}
	parts = append(parts, completeness(c))
	if c.Truncated > 0 {
		parts = append(parts, many(c.Truncated, "packet")+" cut short by the snap length")
	}
	return joinParts(append(parts, sides), ", ")
}

// maxProblems is how many kinds of malformed packets are named.
const maxProblems = 3

func completeness(c pcaps.CaptureInfo) string {
	for _, p := range c.Problems {
		if p.Kind.Incomplete() {
			return "incomplete"
		}
	}
	return "complete"
}

// sides says whether both peers of the tunnels are heard; "" where there is no
// IPsec, or asked is false.
func sides(r *analysis.Result, asked bool) string {
	if !asked || len(r.Conversations)+len(r.SAs)+len(r.Unknown) == 0 {
		return ""
	}
	for _, t := range arrange(r).tunnels {
		if len(t.traffic().from) > 1 {
			return "both directions"
		}
		if slices.ContainsFunc(t.conversations, bothSpeak) {
			return "both directions"
		}
	}
	return "one direction only"
}

// bothSpeak reports whether messages of both peers are in the capture.
func bothSpeak(c *ikestate.Conversation) bool {
	from := map[bool]bool{}
	for _, m := range c.Messages {
		from[m.FromInitiator] = true
	}
	return len(from) > 1
}
