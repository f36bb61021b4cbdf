package report

import (
	"io"
	"strconv"
	"strings"

	"ikescope/diagnose"
	"ikescope/secrets"
)

// Survey writes what was recognised in files of secrets, never a value.
func Survey(w io.Writer, all []*secrets.Survey, o Options) error {
	p := newPage(w, o)
	g := &grid{columns: []column{
		{title: "line", right: true}, {title: "secret"}, {title: "belongs to"}, {title: "holds", flex: true, least: 18},
	}}
	head := ""
	flush := func() {
		if len(g.rows) > 0 {
			p.line(0, head)
			p.table(2, g)
		}
		g.rows = nil
	}
	for _, s := range all {
		for _, e := range s.Ring.Entries() {
			if h := p.paint(bold, p.text(e.Source.File)) + "   " + s.Format(e.Source); h != head {
				flush()
				head = h
			}
			of := e.Of
			if of == "" {
				of = "any"
			}
			g.add(strconv.Itoa(e.Source.Line), kindName(e.Kind), p.text(strings.Replace(of, " > ", " "+p.to+" ", 1)), heldBy(e.Holds))
		}
	}
	if flush(); head == "" {
		p.line(0, "No secrets.")
	}
	return p.flush()
}

// heldBy names what an entry holds.
func heldBy(parts []string) string {
	var all []string
	for _, s := range parts {
		all = append(all, algorithm(s))
	}
	return strings.Join(all, "; ")
}

// kindName is the kind of a secret in words.
func kindName(kind string) string {
	return strings.TrimSuffix(diagnose.SecretKind(kind).String(), " keys")
}

// surveyJSON is an entry of SurveyJSON.
type surveyJSON struct {
	File   string   `json:"file"`
	Line   int      `json:"line"`
	Format string   `json:"format"`
	Kind   string   `json:"kind"`
	Of     string   `json:"belongs_to"`
	Holds  []string `json:"holds"`
}

// SurveyJSON writes the same for scripts: schema ikescope/secrets/1.
func SurveyJSON(w io.Writer, all []*secrets.Survey, _ Options) error {
	out := struct {
		Schema  string       `json:"schema"`
		Secrets []surveyJSON `json:"secrets"`
	}{Schema: "ikescope/secrets/1", Secrets: []surveyJSON{}}
	for _, s := range all {
		for _, e := range s.Ring.Entries() {
			holds := e.Holds
			if holds == nil {
				holds = []string{}
			}
			out.Secrets = append(out.Secrets, surveyJSON{Clean(e.Source.File), e.Source.Line, s.Format(e.Source), e.Kind, Clean(e.Of), holds})
		}
	}
	return writeJSON(w, out, "  ")
}
