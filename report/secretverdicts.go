package report

import (
	"ikescope/analysis"
)

// maxVerdicts is how many secrets a report for a terminal lists.
const maxVerdicts = 16

// secretVerdicts writes a line for each of the user's secrets: what it is, where
// it stood, what it opened or why it opened nothing. Of many, those that opened
// nothing come first.
func (p *page) secretVerdicts(r *analysis.Result) {
	all := r.Secrets()
	if len(all) == 0 {
		return
	}
	shown := all
	if len(all) > maxVerdicts {
		shown = nil
		for _, good := range []bool{false, true} {
			for _, v := range all {
				if v.Verdict.Good() == good && len(shown) < maxVerdicts {
					shown = append(shown, v)
				}
			}
		}
	}
	p.heading("Secrets", "")
	g := &grid{columns: []column{{}, {title: "where"}, {title: "secret"}, {title: "what it opened", flex: true, least: 30}}}
	for _, v := range shown {
		g.add(p.verdictMark(v.Verdict), p.source(v.Source), v.Kind.String(), p.text(v.Text))
	}
	p.table(2, g)
	if n := len(all) - len(shown); n > 0 {
		good := 0
		for _, v := range all {
			if v.Verdict.Good() {
				good++
			}
		}
		p.para(2, 2, many(int64(n), "more secret")+"; of all "+count(int64(len(all)))+", "+count(int64(good))+" opened something. --format json lists each.")
	}
}

// verdictMark is a sign for a glance.
func (p *page) verdictMark(v analysis.Verdict) string {
	switch {
	case v.Good():
		return p.good()
	case v == analysis.VerdictUnused || v == analysis.VerdictUntested:
		return p.dash
	default:
		return p.wrong()
	}
}

// jsonSecret is a secret in the JSON report.
type jsonSecret struct {
	File    string `json:"file"`
	Line    *int   `json:"line"`
	Kind    string `json:"kind"`
	Verdict string `json:"verdict"`
	Text    string `json:"text"`
}

func secretJSON(v analysis.SecretVerdict) jsonSecret {
	return jsonSecret{Clean(v.Source.File), known(v.Source.Line), string(v.Kind), string(v.Verdict), v.Text}
}
