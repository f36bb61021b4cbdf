package report

import (
	"fmt"
	"strings"

	"ikescope/analysis"
	"ikescope/diagnose"
)

// crowd is how many conversations or tunnels are told one by one. Of more there
// is a table, and only those in which something failed are told.
const crowd = 20

// Bounds of what a crowd's report shows.
const (
	maxListed = 40 // tunnels in the table
	maxTold   = 8  // failed ones in full
	maxLone   = 20 // warnings about single tunnels
)

// crowd writes the report of a capture with many tunnels.
func (p *page) crowd(r *analysis.Result, l *layout) {
	var troubled []*tunnel
	sums := map[outcome]int{}
	heads, told := spokenFor(l.shared)
	for _, t := range l.tunnels {
		o, _, cause := p.verdict(t)
		sums[o]++
		if o == failed && !told[spoken{cause.Code, cause.SA}] {
			troubled = append(troubled, t)
		}
	}
	p.blank()
	p.para(0, 2, fmt.Sprintf("%s: %s up, %s failed, %s in doubt, %s closed without secrets; %s, %s",
		many(int64(len(l.tunnels)), "tunnel"),
		count(int64(sums[works])), count(int64(sums[failed])), count(int64(sums[doubtful])), count(int64(sums[closed])),
		many(int64(len(r.Conversations)), "IKE conversation"), many(int64(len(r.SAs)+len(r.Unknown)), "IPsec SA")))
	p.blank()
	p.crowdTable(l)
	if len(l.shared) > 0 {
		p.blank()
		p.line(0, p.paint(bold, "In several tunnels"))
		p.findings(l.shared, nil)
	}
	p.lone(l)
	for i, t := range troubled {
		if i == maxTold {
			p.blank()
			p.line(0, many(int64(len(troubled)-i), "more tunnel")+" failed; --format json names all.")
			break
		}
		if _, _, cause := p.verdict(t); !heads[spoken{cause.Code, cause.SA}] {
			p.blank()
			p.judgement(t)
		}
		p.stories(l, []*tunnel{t})
	}
}

// spoken names a finding for which another speaks.
type spoken struct {
	code diagnose.Code
	sa   string
}

// spokenFor are the findings that speak for several tunnels, and those for which
// they do.
func spokenFor(shared []diagnose.Finding) (heads, members map[spoken]bool) {
	heads, members = map[spoken]bool{}, map[spoken]bool{}
	for i := range shared {
		heads[spoken{shared[i].Code, shared[i].SA}] = true
		for j := range shared[i].Alike[1:] {
			m := &shared[i].Alike[1+j]
			members[spoken{m.Code, m.SA}] = true
		}
	}
	return heads, members
}

// lone writes the warnings about single tunnels of a crowd, a line each.
func (p *page) lone(l *layout) {
	heads, told := spokenFor(l.shared)
	var all []diagnose.Finding
	for _, t := range l.tunnels {
		for _, f := range t.rated(diagnose.Warning) {
			if k := (spoken{f.Code, f.SA}); !told[k] && !heads[k] && !isWeak(f) {
				all = append(all, f)
			}
		}
	}
	if len(all) == 0 {
		return
	}
	p.blank()
	p.line(0, p.paint(bold, "In single tunnels"))
	for _, f := range all[:min(len(all), maxLone)] {
		p.para(2, 4, p.severity(f.Severity)+" "+p.long(f.Summary))
	}
	if n := len(all) - maxLone; n > 0 {
		p.line(2, p.dots+" and "+many(int64(n), "more warning")+"; --format json has all")
	}
}

// crowdTable lists tunnels, those in which something failed first.
func (p *page) crowdTable(l *layout) {
	g := &grid{columns: []column{{}, {title: "peers"}, {title: "IKE", right: true}, {title: "SAs", right: true}, {title: "packets", right: true}, {title: "verdict", flex: true, least: 24}}}
	for _, bad := range []bool{true, false} {
		for _, t := range l.tunnels {
			if hasErrors(t) != bad || len(g.rows) >= maxListed {
				continue
			}
			o, clauses, _ := p.verdict(t)
			g.add(p.outcome(o), p.peers(t), count(int64(len(t.conversations))), count(int64(len(t.sas)+len(t.unknown))), count(t.traffic().packets), strings.Join(clauses, "; "))
		}
	}
	p.table(0, g)
	if n := len(l.tunnels) - maxListed; n > 0 {
		p.line(0, p.dots+" and "+many(int64(n), "more tunnel")+"; --format json has all")
	}
}

func (p *page) peers(t *tunnel) string {
	a, b := t.a.String(), t.b.String()
	if len(a)+len(b) > 32 {
		return a + "\n" + p.both + " " + b
	}
	return a + " " + p.both + " " + b
}
