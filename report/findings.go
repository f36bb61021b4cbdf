package report

import (
	"regexp"
	"slices"
	"strings"

	"ikescope/diagnose"
)

// findings writes a list of findings, errors first; but is already told. What an
// audit says about weak algorithms is one line.
func (p *page) findings(fs []diagnose.Finding, but *diagnose.Finding) {
	var weak []diagnose.Finding
	for _, severity := range []diagnose.Severity{diagnose.Error, diagnose.Warning, diagnose.Notice} {
		for i := range fs {
			switch f := fs[i]; {
			case f.Severity != severity || but != nil && same(f, *but):
			case isWeak(f) && f.Certainty == diagnose.Proved:
				weak = append(weak, f)
			default:
				p.finding(f)
			}
		}
	}
	p.weak(weak)
}

func same(a, b diagnose.Finding) bool {
	return a.Code == b.Code && a.SA == b.SA && a.Summary == b.Summary && slices.Equal(a.Frames, b.Frames)
}

func isWeak(f diagnose.Finding) bool { return strings.HasPrefix(string(f.Code), "weak-") }

// finding writes one finding; how much of it depends on how bad it is.
func (p *page) finding(f diagnose.Finding) {
	s := p.severity(f.Severity) + " " + p.long(f.Summary)
	if f.Severity == diagnose.Error {
		s += "   [" + f.Certainty.String() + "]"
	} else if f.Certainty == diagnose.Probable {
		s += " (probably)"
	}
	p.para(2, 4, s)
	// The list of secrets says of each why it is of no use.
	if f.Severity != diagnose.Notice && f.Code != diagnose.SecretUnused {
		p.details(4, f)
	}
}

// details writes the evidence and the advice of a finding.
func (p *page) details(indent int, f diagnose.Finding) {
	for _, text := range []string{f.Detail, f.Advice} {
		for l := range strings.Lines(text) {
			p.para(indent, indent, p.long(strings.TrimRight(l, "\n")))
		}
	}
}

// rfcs finds the documents that a reference names.
var rfcs = regexp.MustCompile(`RFC [0-9]+`)

// weak writes all weak algorithms in one paragraph.
func (p *page) weak(fs []diagnose.Finding) {
	if len(fs) == 0 {
		return
	}
	worst, refs := diagnose.Notice, []string{}
	var parts []string
	for _, f := range fs {
		worst = max(worst, f.Severity)
		if s := p.long(f.Summary); !slices.Contains(parts, s) {
			parts = append(parts, s)
		}
		for _, rfc := range rfcs.FindAllString(f.Ref, -1) {
			refs = appendNew(refs, glued(rfc))
		}
	}
	s := p.severity(worst) + " weak: " + strings.Join(parts, "; ")
	if len(refs) > 0 {
		s += " (" + strings.Join(refs, ", ") + ")"
	}
	p.para(2, 4, s)
}
