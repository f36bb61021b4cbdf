package report

import (
	"ikescope/analysis"
	"ikescope/diagnose"
)

// maxVerdicts is how many secrets a report for a terminal lists.
const maxVerdicts = 16

// secretVerdicts writes a line for each of the user's secrets: what it is, where
// it stood, what it opened or why it opened nothing.
func (p *page) secretVerdicts(r *analysis.Result) {
	all := r.Secrets()
	if len(all) == 0 {
		return
	}
	p.heading("Secrets", "")
	g := &grid{columns: []column{{}, {title: "where"}, {title: "secret"}, {title: "what it opened", flex: true, least: 30}}}
	shown := foremost(all, maxVerdicts)
	for _, v := range shown {
		g.add(p.verdictMark(v.Verdict), p.source(v.Source), v.Kind.String(), p.long(v.Text))
	}
	p.table(2, g)
	if n := len(all) - len(shown); n > 0 {
		p.para(2, 2, many(int64(n), "more secret")+"; of all "+count(int64(len(all)))+", "+count(int64(good(all)))+" opened something. --format json lists each.")
	}
}

// foremost picks up to n verdicts. Of more, those of secrets that opened nothing
// come first.
func foremost(all []diagnose.SecretVerdict, n int) (shown []diagnose.SecretVerdict) {
	if len(all) <= n {
		return all
	}
	for _, good := range []bool{false, true} {
		for _, v := range all {
			if v.Verdict.Good() == good && len(shown) < n {
				shown = append(shown, v)
			}
		}
	}
	return shown
}

func good(all []diagnose.SecretVerdict) (n int) {
	for _, v := range all {
		if v.Verdict.Good() {
			n++
		}
	}
	return n
}

// SecretAccount is the verdict on one of the user's secrets.
type SecretAccount struct {
	Outcome            string // "good": it is right, "bad": it is not, "idle": nothing can be said
	Source, Kind, Text string
}

// maxSecretAccounts is how many of them an account has.
const maxSecretAccounts = 400

// secretAccounts lists what became of the secrets, and says of how many more it does
// not.
func (p *page) secretAccounts(r *analysis.Result) (as []SecretAccount, more int) {
	all := r.Secrets()
	for _, v := range foremost(all, maxSecretAccounts) {
		as = append(as, SecretAccount{outcomeOf(v.Verdict), p.source(v.Source), v.Kind.String(), p.long(v.Text)})
	}
	return as, len(all) - len(as)
}

func outcomeOf(v diagnose.Verdict) string {
	switch {
	case v.Good():
		return "good"
	case v == diagnose.VerdictUnused || v == diagnose.VerdictUntested:
		return "idle"
	default:
		return "bad"
	}
}

// verdictMark is a sign for a glance.
func (p *page) verdictMark(v diagnose.Verdict) string {
	switch outcomeOf(v) {
	case "good":
		return p.good()
	case "idle":
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

func secretJSON(v diagnose.SecretVerdict) jsonSecret {
	return jsonSecret{Clean(v.Source.File), known(v.Source.Line), string(v.Kind), string(v.Verdict), utf8Text(v.Text)}
}
