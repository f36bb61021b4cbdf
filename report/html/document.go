package html

import (
	"cmp"
	"html/template"
	"slices"
	"strconv"

	"ikescope/analysis"
	"ikescope/diagnose"
	"ikescope/report"
)

// document is what the page shows.
type document struct {
	*report.Account
	Title   string
	Policy  string
	Style   template.CSS
	Script  template.JS
	Kinds   []kind // of messages, for the filter
	General []finding
	Shared  []finding // of several tunnels
	Tunnels []*tunnel
	Omitted []string
	Keys    bool // secrets are shown
}

// kind is an exchange type that messages have.
type kind struct {
	ID   int // of the exchange type
	Name string
}

// builder turns a result into a document.
type builder struct {
	report.Words
	opts   report.Options
	left   *budget
	kinds  map[int]string
	anchor map[int64]string // of messages, by packet number
	spoken map[spoken]bool  // findings for which another one speaks
	place  int              // of the conversation that is being built
}

func newDocument(r *analysis.Result, o report.Options) *document {
	b := &builder{Words: report.NewWords(), opts: o, left: newBudget(), kinds: map[int]string{}, anchor: map[int64]string{}, spoken: map[spoken]bool{}}
	a := report.Tell(r)
	style, script := asset("style.css"), asset("script.js")
	d := &document{
		Account: a, Title: title(a), Policy: policy(style, script),
		Style: template.CSS(style), Script: template.JS(script), Keys: o.ShowKeys,
	}
	chosen := pick(a.Tunnels)
	b.left.omit("%s more tunnels", len(a.Tunnels)-len(chosen))
	for i, t := range chosen {
		d.Tunnels = append(d.Tunnels, b.tunnel(i+1, t))
	}
	d.General, d.Shared = b.findings(a.General), b.findings(a.Shared)
	b.speakers(a.Shared)
	for i, t := range chosen { // now that messages have their places
		d.Tunnels[i].Findings = b.findings(t.Findings)
	}
	for id, name := range b.kinds {
		d.Kinds = append(d.Kinds, kind{id, name})
	}
	slices.SortFunc(d.Kinds, func(a, b kind) int { return cmp.Compare(a.Name, b.Name) })
	b.left.omit("%s more secrets", a.More)
	d.Omitted = b.left.omitted(b.Count)
	return d
}

func title(a *report.Account) string {
	switch n := len(a.Captures); n {
	case 0:
		return "IPsec report"
	case 1:
		return "IPsec report: " + a.Captures[0].Name
	default:
		return "IPsec report: " + a.Captures[0].Name + " and " + strconv.Itoa(n-1) + " more"
	}
}

// pick returns the tunnels that are told, in their order. Of too many those in
// which something failed come before others.
func pick(all []*report.TunnelAccount) []*report.TunnelAccount {
	if len(all) <= maxTunnels {
		return all
	}
	rank := slices.Clone(all)
	slices.SortStableFunc(rank, func(a, b *report.TunnelAccount) int { return cmp.Compare(worst(b), worst(a)) })
	return rank[:maxTunnels]
}

// worst is how severe the worst finding of a tunnel is, -1 where there is none.
func worst(t *report.TunnelAccount) int {
	if len(t.Findings) == 0 {
		return -1
	}
	return int(t.Findings[0].Severity)
}

// finding is a finding with links to its messages.
type finding struct {
	diagnose.Finding
	Detail, Advice []string // lines
	Packets        []packetLink
	More           int  // packet numbers that are not listed
	Open           bool // its evidence is unfolded
}

// spoken names a finding for which another one speaks.
type spoken struct {
	code diagnose.Code
	sa   string
}

// speakers notes for which findings those speak that stand above all tunnels.
func (b *builder) speakers(shared []diagnose.Finding) {
	for i := range shared {
		for _, m := range shared[i].Alike {
			b.spoken[spoken{m.Code, m.SA}] = true
		}
	}
}

// packetLink is a packet number, with the message there where the report has it.
type packetLink struct{ Number, Anchor string }

func (b *builder) findings(fs []diagnose.Finding) (out []finding) {
	b.left.omit("%s more findings", len(fs)-maxFindings)
	for _, f := range fs[:min(len(fs), maxFindings)] {
		x := finding{
			Finding: f, Detail: b.lines(f.Detail), Advice: b.lines(f.Advice), More: len(f.Frames) - maxPackets,
			Open: f.Severity == diagnose.Error && !b.spoken[spoken{f.Code, f.SA}],
		}
		x.Summary = report.Clean(f.Summary)
		for _, n := range f.Frames[:min(len(f.Frames), maxPackets)] {
			x.Packets = append(x.Packets, packetLink{b.Count(n), b.anchor[n]})
		}
		out = append(out, x)
	}
	return out
}
