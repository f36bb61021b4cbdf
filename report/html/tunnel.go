package html

import (
	"fmt"
	"strings"

	"ikescope/analysis"
	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/report"
)

// tunnel is what two peers did.
type tunnel struct {
	ID            int
	A, B          string
	Outcome       string
	Mark, Word    string // of the outcome: as a sign, for a screen reader
	Verdict       []string
	Certainty     string
	Findings      []finding
	Timeline      *timeline
	Conversations []*conversation
	Brief         []string // conversations that are only named
	SAs           []*sa
	Unknown       []unknown
}

// outcomes are the signs and words of what became of a tunnel.
var outcomes = map[string][2]string{
	"works": {"✔", "works"}, "failed": {"✘", "failed"}, "doubtful": {"!", "in doubt"}, "closed": {"?", "secrets are missing"},
}

func (b *builder) tunnel(id int, a *report.TunnelAccount) *tunnel {
	t := &tunnel{
		ID: id, A: a.A.String(), B: a.B.String(), Outcome: a.Outcome, Mark: outcomes[a.Outcome][0], Word: outcomes[a.Outcome][1],
		Verdict: a.Verdict, Certainty: a.Certainty, Timeline: b.timeline(a),
	}
	for i, c := range a.Conversations {
		if take(&b.left.conversations, 1) == 0 {
			b.brief(t, a.Conversations[i:])
			break
		}
		t.Conversations = append(t.Conversations, b.conversation(t.ID, c))
	}
	b.sas(t, a.SAs)
	for _, f := range a.Unknown[:min(len(a.Unknown), maxUnknown)] {
		u := b.unknown(f)
		u.Direction = direction(f.Src == a.A)
		u.Charts, u.Open = b.flowCharts(f)
		t.Unknown = append(t.Unknown, u)
	}
	b.left.omit("%s more SPIs without a known SA", len(a.Unknown)-maxUnknown)
	return t
}

// brief names conversations in a line each.
func (b *builder) brief(t *tunnel, cs []*ikestate.Conversation) {
	n := take(&b.left.rows, len(cs))
	for _, c := range cs[:n] {
		t.Brief = append(t.Brief, fmt.Sprintf("%s, %s, %s", b.Title(c), c.State(), b.Many(int64(len(c.Messages)), "message")))
	}
	b.left.omit("%s more conversations; ikescope messages lists them", len(cs)-n)
}

// sa is an IPsec SA with its counters and charts.
type sa struct {
	ID, Name, From, To, Direction string
	Selectors, Protection         string
	Mode, Lifetime                string
	Packets, Bytes                string
	Verified, Faults              string
	Sequence, Lost, Late, Twice   string
	Made, Deleted                 packetLink
	Disclosed                     []report.Disclosed // with Options.ShowKeys
	Charts                        *charts
	Open                          bool // the charts are unfolded
}

func (b *builder) sas(t *tunnel, all []*analysis.SA) {
	n := take(&b.left.saRows, len(all))
	b.left.omit("%s more SAs; --format csv lists them", len(all)-n)
	for i, s := range all[:n] {
		x := b.sa(s)
		x.ID = fmt.Sprintf("s%d-%d", t.ID, i+1)
		x.Direction = direction(s.Src.String() == t.A)
		if s.Flow != nil && s.Protocol != isakmp.ProtocolIPComp {
			x.Charts, x.Open = b.flowCharts(s.Flow)
		}
		t.SAs = append(t.SAs, x)
	}
}

// flowCharts draws a flow while there is room, the first ones unfolded.
func (b *builder) flowCharts(f *analysis.Flow) (c *charts, open bool) {
	switch {
	case f.Series == nil:
		return nil, false
	case take(&b.left.charts, 1) == 0:
		b.left.omit("charts of %s more SAs", 1)
		return nil, false
	}
	return b.charts(f), b.left.charts >= maxCharts-openCharts
}

// direction names the way of packets for their colour.
func direction(fromA bool) string {
	if fromA {
		return "ab"
	}
	return "ba"
}

func (b *builder) sa(s *analysis.SA) *sa {
	x := &sa{
		Name: b.SAName(s), From: s.Src.String(), To: s.Dst.String(), Selectors: b.Selectors(s), Protection: b.Protection(s),
		Mode: s.Mode, Lifetime: b.Lifetime(s.LifetimeSeconds, s.LifetimeKilobytes), Packets: "0", Bytes: "0", Verified: b.Verified(s), Faults: b.Faults(s),
	}
	if b.opts.ShowKeys {
		x.Disclosed = report.DisclosedSA(s)
	}
	if s.Made != nil {
		x.Made = packetLink{b.Count(s.Made.Frame), b.anchor[s.Made.Frame]}
	}
	if s.Deleted != nil {
		x.Deleted = packetLink{b.Count(s.Deleted.Frame), b.anchor[s.Deleted.Frame]}
	}
	if f := s.Flow; f != nil {
		x.Packets, x.Bytes = b.Count(f.Packets), b.Count(f.Bytes)
		if s.Protocol != isakmp.ProtocolIPComp {
			n := f.Numbers()
			x.Sequence = b.Count(int64(n.First)) + "–" + b.Count(int64(n.Last))
			x.Lost, x.Late, x.Twice = b.Count(int64(n.Lost)), b.Count(int64(n.OutOfOrder)), b.Count(int64(n.Duplicates))
		}
	}
	return x
}

// unknown is packets whose SA is not known.
type unknown struct {
	Name, From, To, Packets, Bytes, Sequence, Frames string
	Direction                                        string
	Charts                                           *charts
	Open                                             bool
}

func (b *builder) unknown(f *analysis.Flow) unknown {
	n := f.Numbers()
	return unknown{
		Name: b.FlowName(f), From: f.Src.String(), To: f.Key.Dst.String(), Packets: b.Count(f.Packets), Bytes: b.Count(f.Bytes),
		Sequence: b.Count(int64(n.First)) + "–" + b.Count(int64(n.Last)), Frames: b.Count(f.First) + "–" + b.Count(f.Last),
	}
}

// lines splits a text of ours, into which captured texts may be woven.
func (b *builder) lines(text string) (out []string) {
	for l := range strings.Lines(text) {
		if l = report.Clean(strings.TrimRight(l, "\n")); l != "" {
			out = append(out, shorten(l))
		}
	}
	return out
}
