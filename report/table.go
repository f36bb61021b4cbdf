package report

import (
	"io"
	"strings"

	"ikescope/analysis"
	"ikescope/diagnose"
	"ikescope/ikestate"
)

// Table writes the report for a terminal: first how good the captures are, then
// a verdict and the findings for each tunnel, then the story of each: phase 1,
// every Quick Mode, the SAs with their counters; last which secrets would help,
// and what to do next.
func Table(w io.Writer, r *analysis.Result, o Options) error {
	p := newPage(w, o)
	l := arrange(r)
	p.captures(r)
	p.quality(r)
	p.general(l)
	if len(l.tunnels) == 0 {
		p.blank()
		p.line(0, nothingSeen(r))
		return p.flush()
	}
	if len(r.Conversations) > crowd || len(l.tunnels) > crowd {
		p.crowd(r, l)
	} else {
		p.verdicts(l)
		p.stories(l, l.tunnels)
	}
	p.secretVerdicts(r)
	p.next(r, p.missing(l))
	return p.flush()
}

// nothingSeen is all that there is to say of a capture without a tunnel.
func nothingSeen(r *analysis.Result) string {
	if len(r.Decode.Cut) > 0 {
		return "No IKE and no IPsec that could be told apart: too little of the packets was captured."
	}
	return "No IKE and no IPsec in the capture."
}

// verdicts writes what became of each tunnel, with its findings.
func (p *page) verdicts(l *layout) {
	for _, t := range l.tunnels {
		p.blank()
		p.judgement(t)
	}
}

// judgement writes the verdict on a tunnel and its findings. The error that is
// the verdict brings its evidence along.
func (p *page) judgement(t *tunnel) {
	o, clauses, cause := p.verdict(t)
	head := p.outcome(o) + " " + p.paint(bold, t.a.String()) + " " + p.both + " " + p.paint(bold, t.b.String()) + "   "
	if all := head + strings.Join(clauses, "; "); len(clauses) < 2 || cause == nil && width(all) <= p.width {
		p.para(0, 2, all)
	} else {
		p.para(0, 2, head+clauses[0])
		for _, c := range clauses[1:] {
			p.para(2, 2, c)
		}
	}
	if cause != nil {
		p.details(2, *cause)
	}
	p.findings(t.findings, cause)
}

// stories tells what happened in each of the tunnels.
func (p *page) stories(l *layout, ts []*tunnel) {
	for _, t := range ts {
		if len(l.tunnels) > 1 {
			p.blank()
			p.line(0, p.paint(bold, t.a.String()+" "+p.both+" "+t.b.String()))
		}
		p.story(l, t)
	}
}

// already is what of a tunnel the report has shown already.
type already struct {
	sas      map[*analysis.SA]bool
	messages map[*ikestate.Message]bool
}

// story tells one tunnel: its conversations, SAs that came from elsewhere, and
// packets of unknown SAs.
func (p *page) story(l *layout, t *tunnel) {
	told := &already{map[*analysis.SA]bool{}, map[*ikestate.Message]bool{}}
	for i, c := range t.conversations {
		if i == maxConversations {
			p.blank()
			p.line(0, many(int64(len(t.conversations)-i), "more conversation")+"; ikescope messages lists them.")
			break
		}
		p.conversation(t, c, told)
	}
	p.rest(t, told)
	p.unknown(t)
}

// maxConversations is how many conversations of one tunnel are told.
const maxConversations = 8

// general writes findings that belong to no tunnel.
func (p *page) general(l *layout) { p.findings(l.general, nil) }

func hasErrors(t *tunnel) bool { return len(t.rated(diagnose.Error)) > 0 }
