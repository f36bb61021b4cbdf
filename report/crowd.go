package report

import (
	"fmt"
	"strings"

	"ikescope/analysis"
)

// crowd is how many conversations or tunnels are told one by one. Of more there
// is a table, and only those in which something failed are told.
const crowd = 20

// Bounds of what a crowd's report shows.
const (
	maxListed = 40 // tunnels in the table
	maxTold   = 8  // failed ones in full
)

// crowd writes the report of a capture with many tunnels.
func (p *page) crowd(r *analysis.Result, l *layout) {
	var troubled []*tunnel
	sums := map[outcome]int{}
	for _, t := range l.tunnels {
		o, _, _ := p.verdict(t)
		sums[o]++
		if o == failed {
			troubled = append(troubled, t)
		}
	}
	p.blank()
	p.para(0, 2, fmt.Sprintf("%s, %s, %s: %d up, %d failed, %d in doubt, %d closed without secrets",
		many(int64(len(l.tunnels)), "tunnel"), many(int64(len(r.Conversations)), "IKE conversation"), many(int64(len(r.SAs)), "IPsec SA"),
		sums[works], sums[failed], sums[doubtful], sums[closed]))
	p.blank()
	p.crowdTable(l)
	for i, t := range troubled {
		if i == maxTold {
			p.blank()
			p.line(0, many(int64(len(troubled)-i), "more tunnel")+" failed; --format json names all.")
			break
		}
		p.blank()
		p.judgement(t)
		p.stories(l, []*tunnel{t})
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
			g.add(p.outcome(o), p.peers(t), count(int64(len(t.conversations))), count(int64(len(t.sas))), count(t.traffic().packets), strings.Join(clauses, "; "))
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
