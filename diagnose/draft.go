package diagnose

import (
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strings"
)

// maxFrames bounds the packets that one finding names.
const maxFrames = 64

// peers are two ends in either order.
type peers struct{ low, high netip.Addr }

func peersOf(a, b netip.Addr) peers {
	if b.Less(a) {
		a, b = b, a
	}
	return peers{a, b}
}

// draft is a finding on its way: what the table of codes says is filled in, and
// findings about the same thing can be joined.
type draft struct {
	Finding
	between peers
	same    string   // findings of one code and one pair with this text are one; "": the summary
	kind    string   // the summary without its names and numbers: findings of one kind can be told as one
	members []*draft // like findings for which this one speaks
	detail  []string
	again   [][]int64 // frames of further occurrences
	capture int64     // time of the capture's last packet
}

// about begins a finding with what the table says of its code.
func about(code Code, certainty Certainty, sa string, between peers) *draft {
	row := rowOf(code)
	return &draft{
		Finding: Finding{
			Code: code, Severity: row.severity, Certainty: certainty, SA: sa, Ref: row.ref, Advice: row.advice,
			Peers: [2]netip.Addr{between.low, between.high},
		},
		between: between,
	}
}

// says sets the summary. The format is its kind.
func (d *draft) says(format string, args ...any) *draft {
	d.Summary, d.kind = fmt.Sprintf(format, args...), format
	return d
}

// alike names the kind of a finding where its format is too wide for that.
func (d *draft) alike(kind string) *draft {
	d.kind = kind
	return d
}

// line adds a sentence of evidence.
func (d *draft) line(format string, args ...any) *draft {
	if s := fmt.Sprintf(format, args...); s != "" {
		d.detail = append(d.detail, s)
	}
	return d
}

// on adds packets.
func (d *draft) on(frames ...int64) *draft {
	d.Frames = append(d.Frames, frames...)
	return d
}

// as changes the severity that the table gives.
func (d *draft) as(s Severity) *draft {
	d.Severity = s
	return d
}

// advise puts advice of its own before that of the table.
func (d *draft) advise(s string) *draft {
	d.Advice = strings.TrimSuffix(s+"\n"+d.Advice, "\n")
	return d
}

func (f Finding) firstFrame() int64 {
	if len(f.Frames) == 0 {
		return math.MaxInt64
	}
	return f.Frames[0]
}

// tidy sorts the packets.
func (d *draft) tidy() {
	slices.Sort(d.Frames)
	d.Frames = slices.Compact(d.Frames)
}

// finding completes the draft.
func (d *draft) finding() Finding {
	if d.members != nil {
		return d.speaker()
	}
	if n := len(d.again); n > 0 {
		var first []int64
		for _, frames := range d.again {
			if len(frames) > 0 {
				first = append(first, frames[0])
			}
			d.Frames = append(d.Frames, frames...)
		}
		d.line("The same happened %s more: %s.", times(n), packets(first))
		d.tidy()
	}
	d.Detail = strings.Join(d.detail, "\n")
	d.Frames = d.Frames[:min(len(d.Frames), maxFrames)]
	return d.Finding
}

func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return grouped(int64(n)) + " times"
}

// add keeps a draft, or joins it with one that says the same of the same peers.
func (x *examiner) add(d *draft) {
	d.tidy()
	if d.same == "" {
		d.same = d.Summary
	}
	k := sameness{d.Code, d.between, d.same}
	if first := x.bySameness[k]; first != nil {
		first.again = append(first.again, d.Frames)
		return
	}
	x.bySameness[k] = d
	x.drafts = append(x.drafts, d)
}

// sameness is what findings share that are joined into one.
type sameness struct {
	code    Code
	between peers
	same    string
}

// findings puts everything in order: severity, then the first packet. Of many like
// ones, one speaks for all, which also bounds them: a code has few kinds.
func (x *examiner) findings() []Finding {
	slices.SortStableFunc(x.drafts, func(a, b *draft) int { return a.order(b.Finding) })
	x.drafts = gathered(x.drafts, fewAlike, likeOf)
	x.drafts = gathered(x.drafts, fewTunnels, likeAnywhere)
	out := make([]Finding, 0, len(x.drafts))
	for _, d := range x.drafts {
		out = append(out, d.finding())
	}
	return out
}
