package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"ikescope/analysis/twopoints"
)

// BothTable writes what two captures of the same tunnels say together: which
// packets were lost between the two points, and how long others were under way.
func BothTable(w io.Writer, r *twopoints.Result, o Options) error {
	p := newPage(w, o)
	for _, at := range []twopoints.Point{twopoints.A, twopoints.B} {
		for _, c := range r.Captures[at] {
			p.para(0, 5, p.paint(bold, at.String())+"  "+p.text(captureName(c.Path))+"   "+extent(c, ""))
		}
	}
	p.blank()
	p.clock(r)
	for _, pair := range r.Pairs {
		p.pair(r, pair)
	}
	if len(r.Pairs) == 0 {
		p.blank()
		p.line(0, "No ESP and no AH packet in either capture.")
	}
	if n := r.More[twopoints.A] + r.More[twopoints.B]; n > 0 {
		p.blank()
		p.para(0, 2, p.caution()+" "+many(n, "packet")+" left out, since there were too many SAs")
	}
	return p.flush()
}

// clock says how the clocks differ, and what that rests on.
func (p *page) clock(r *twopoints.Result) {
	c := r.Clock
	if !c.Known {
		p.para(0, 2, "Clocks: how they differ cannot be told, since no packets of both directions are in both captures. Delays below are differences of the two clocks.")
		return
	}
	how := "ahead of"
	if c.Ahead < 0 {
		how = "behind"
	}
	p.para(0, 2, fmt.Sprintf("Clocks: that of B is %s %s that of A, give or take %s. This assumes that the fastest packets of both directions took equally long.",
		fine(max(c.Ahead, -c.Ahead)), how, fine(c.Error)))
}

// fine writes a short time: "0.042 ms", "12.3 ms", "4.20 s".
func fine(nanos int64) string {
	switch d := time.Duration(nanos); {
	case d < 0:
		return "-" + fine(-nanos)
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.3f", d.Seconds()*1e3) + glue + "ms"
	case d < time.Second:
		return fmt.Sprintf("%.1f", d.Seconds()*1e3) + glue + "ms"
	default:
		return glued(apart(nanos))
	}
}

func (p *page) pair(r *twopoints.Result, pair *twopoints.Pair) {
	title := pair.X.String() + " " + p.both + " " + pair.Y.String()
	side := fmt.Sprintf("%s is on the side of %s", pair.X, pair.Near)
	if !pair.Known {
		side += " (assumed)"
	}
	p.heading(title, side)
	g := &grid{tight: true, columns: []column{
		{title: "SPI"}, {title: "from " + p.to + " to"}, {title: "A", right: true}, {title: "B", right: true}, {title: "both", right: true},
		{title: "lost", right: true}, {title: "", right: true}, {title: "least", right: true}, {title: "median", right: true}, {title: "95 %", right: true},
	}}
	for _, f := range pair.Flows[:min(len(pair.Flows), manySAs)] {
		lost := f.Missing[pair.From(f).Other()]
		share := ""
		if n := f.Matched + lost; lost > 0 {
			share = fmt.Sprintf("%.2g%%", float64(lost)/float64(n)*100)
		}
		g.add(flowSPI(f), f.Src.String()+" "+p.to+" "+f.Dst.String(), count(f.Packets[twopoints.A]), count(f.Packets[twopoints.B]), count(f.Matched),
			count(lost), share, p.delay(r, pair, f, 0), p.delay(r, pair, f, 0.5), p.delay(r, pair, f, 0.95))
	}
	p.squeeze(g, 1)
	p.table(2, g)
	if n := len(pair.Flows) - manySAs; n > 0 {
		p.line(2, p.dots+" and "+many(int64(n), "more SA")+"; --format json has all")
	}
	for _, f := range pair.Flows[:min(len(pair.Flows), manySAs)] {
		p.flowNotes(pair, f)
	}
}

func flowSPI(f *twopoints.Flow) string {
	if f.Protocol == 51 {
		return "AH " + spi(f.SPI)
	}
	return spi(f.SPI)
}

// delay writes a time under way.
func (p *page) delay(r *twopoints.Result, pair *twopoints.Pair, f *twopoints.Flow, q float64) string {
	if f.Matched == 0 {
		return p.dash
	}
	return fine(r.Delay(pair, f, q))
}

// flowNotes names lost packets and what else is odd about a flow.
func (p *page) flowNotes(pair *twopoints.Pair, f *twopoints.Flow) {
	from := pair.From(f)
	to := from.Other()
	note := func(n int64, text string) {
		if n > 0 {
			p.para(2, 4, flowSPI(f)+": "+count(n)+" "+text)
		}
	}
	if n := f.Missing[to]; n > 0 {
		p.para(2, 4, fmt.Sprintf("%s: lost between %s and %s: sequence %s", flowSPI(f), from, to, ranges(f.Lost[to], n)))
	}
	note(f.Missing[from], fmt.Sprintf("seen at %s only, which they pass last: the capture at %s missed them", to, from))
	note(f.Twice[twopoints.A], "came more than once at A")
	note(f.Twice[twopoints.B], "came more than once at B")
	note(f.Outside[twopoints.A], "at A only, before or after what both captures hold")
	note(f.Outside[twopoints.B], "at B only, before or after what both captures hold")
	note(f.Unsettled, "undecided: too many packets lay between")
}

// ranges writes numbers in order, neighbours together: "12, 15-18 and 5 more".
func ranges(ns []uint32, total int64) string {
	const most = 12
	var parts []string
	shown := int64(0)
	for i := 0; i < len(ns) && len(parts) < most; {
		end := i
		for end+1 < len(ns) && ns[end+1] == ns[end]+1 {
			end++
		}
		s := count(int64(ns[i]))
		if end > i {
			s += "-" + count(int64(ns[end]))
		}
		parts = append(parts, s)
		shown += int64(end - i + 1)
		i = end + 1
	}
	s := strings.Join(parts, ", ")
	if more := total - shown; more > 0 {
		s += fmt.Sprintf(" and %s more", count(more))
	}
	return s
}

// SchemaBoth is the version of the JSON report on two captures.
const SchemaBoth = "ikescope/both/1"

type jsonBoth struct {
	Schema   string        `json:"schema"`
	CaptureA []jsonCapture `json:"captures_a"`
	CaptureB []jsonCapture `json:"captures_b"`
	Clock    jsonClock     `json:"clock"`
	SAs      []jsonBothSA  `json:"ipsec_sas"`
	Dropped  int64         `json:"packets_left_out"`
}

type jsonClock struct {
	Ahead      *int64 `json:"b_ahead_nanoseconds"` // null: not known
	Error      *int64 `json:"error_nanoseconds"`
	Assumption string `json:"assumption"`
}

// jsonBothSA is an SA as two captures show it. Times are nanoseconds.
type jsonBothSA struct {
	Protocol    string   `json:"protocol"`
	SPI         string   `json:"spi"`
	Source      string   `json:"source"`
	Destination string   `json:"destination"`
	From        string   `json:"from_point"`
	FromKnown   bool     `json:"from_point_known"`
	PacketsA    int64    `json:"packets_a"`
	PacketsB    int64    `json:"packets_b"`
	Matched     int64    `json:"matched"`
	Lost        int64    `json:"lost"`
	LostNumbers []uint32 `json:"lost_sequence_numbers"` // the first of them
	Uncaptured  int64    `json:"missed_by_capture"`
	DuplicatesA int64    `json:"duplicates_a"`
	DuplicatesB int64    `json:"duplicates_b"`
	OutsideA    int64    `json:"outside_a"`
	OutsideB    int64    `json:"outside_b"`
	Undecided   int64    `json:"undecided"`
	DelayMin    *int64   `json:"delay_min"`
	DelayMedian *int64   `json:"delay_median"`
	Delay95     *int64   `json:"delay_95"`
	DelayMax    *int64   `json:"delay_max"`
}

// BothJSON writes the same as BothTable as one JSON object.
func BothJSON(w io.Writer, r *twopoints.Result, _ Options) error {
	j := jsonBoth{
		Schema: SchemaBoth, CaptureA: list(r.Captures[twopoints.A], captureJSON), CaptureB: list(r.Captures[twopoints.B], captureJSON),
		Clock: jsonClock{Assumption: "the fastest packets of both directions took equally long"}, SAs: []jsonBothSA{},
		Dropped: r.More[twopoints.A] + r.More[twopoints.B],
	}
	if r.Clock.Known {
		j.Clock.Ahead, j.Clock.Error = &r.Clock.Ahead, &r.Clock.Error
	}
	for _, pair := range r.Pairs {
		for _, f := range pair.Flows {
			j.SAs = append(j.SAs, bothSA(r, pair, f))
		}
	}
	return writeJSON(w, j, "  ")
}

func bothSA(r *twopoints.Result, pair *twopoints.Pair, f *twopoints.Flow) jsonBothSA {
	from := pair.From(f)
	to := from.Other()
	j := jsonBothSA{
		Protocol: protocolName(f.Protocol), SPI: spi(f.SPI), Source: f.Src.String(), Destination: f.Dst.String(), From: from.String(), FromKnown: pair.Known,
		PacketsA: f.Packets[twopoints.A], PacketsB: f.Packets[twopoints.B], Matched: f.Matched, Lost: f.Missing[to],
		LostNumbers: append([]uint32{}, f.Lost[to]...), Uncaptured: f.Missing[from],
		DuplicatesA: f.Twice[twopoints.A], DuplicatesB: f.Twice[twopoints.B],
		OutsideA: f.Outside[twopoints.A], OutsideB: f.Outside[twopoints.B], Undecided: f.Unsettled,
	}
	if f.Matched > 0 && r.Clock.Known {
		at := func(q float64) *int64 { d := r.Delay(pair, f, q); return &d }
		j.DelayMin, j.DelayMedian, j.Delay95, j.DelayMax = at(0), at(0.5), at(0.95), at(1)
	}
	return j
}
