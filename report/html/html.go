// Package html writes a report as one HTML file that opens from disk: no network,
// no script but its own, everything that a stranger wrote escaped by html/template.
//
// Its content security policy forbids everything; the one style sheet and the one
// script are allowed by their hashes. With scripts off nothing is missing but the
// search and the filters.
package html

import (
	"bufio"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"sync"

	"ikescope/analysis"
	"ikescope/report"
)

//go:embed templates
var files embed.FS

// templates are parsed for the first page, since most runs write none.
var templates = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").Funcs(template.FuncMap{
		"short": shorten,
		"trees": func(m *message) []*report.TreeNode { return m.tree },
	}).ParseFS(files, "templates/*.tmpl"))
})

// Write writes the report. Secrets and passwords appear in it only with
// Options.ShowKeys.
func Write(w io.Writer, r *analysis.Result, o report.Options) error {
	b := bufio.NewWriterSize(w, 64<<10)
	if err := templates().ExecuteTemplate(b, "page", newDocument(r, o)); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return b.Flush()
}

// asset reads a file of this package.
func asset(name string) string {
	b, err := files.ReadFile("templates/" + name)
	if err != nil {
		panic("html: " + err.Error())
	}
	return string(b)
}

// policy is the content security policy of the page (CSP level 3): nothing may be
// loaded, and what is inline is allowed by its hash.
func policy(style, script string) string {
	return fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'", hash(style), hash(script))
}

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
