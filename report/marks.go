package report

import (
	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"ikescope/diagnose"
	"ikescope/ikestate"
)

// marks are the signs of a report.
type marks struct {
	ok, bad, warn, unknown string
	to, both               string // between the ends of an SA, of a tunnel
	dots                   string // something was left out
	dash                   string
	times                  string
}

var (
	unicodeMarks = marks{"✔", "✘", "!", "?", "→", "⇄", "…", "–", "×"}
	asciiMarks   = marks{"ok", "BAD", "!", "?", "->", "<->", "...", "-", "x"}
)

// sgr is an ANSI "select graphic rendition" sequence (ECMA-48, section 8.3.117).
type sgr string

const (
	bold   sgr = "\x1b[1m"
	dim    sgr = "\x1b[2m"
	red    sgr = "\x1b[31m"
	green  sgr = "\x1b[32m"
	yellow sgr = "\x1b[33m"
	reset  sgr = "\x1b[0m"
)

// ink writes text as the terminal can show it.
type ink struct {
	marks
	color   bool
	unicode bool
}

func newInk(o Options) ink {
	m := asciiMarks
	if o.Unicode {
		m = unicodeMarks
	}
	return ink{m, o.Color, o.Unicode}
}

// paint colours a text without blanks, so that wrapping never parts the colour
// from its reset.
func (k ink) paint(c sgr, s string) string {
	if !k.color || s == "" {
		return s
	}
	return string(c) + s + string(reset)
}

func (k ink) good() string     { return k.paint(green, k.ok) }
func (k ink) wrong() string    { return k.paint(red, k.bad) }
func (k ink) caution() string  { return k.paint(yellow, k.warn) }
func (k ink) question() string { return k.paint(yellow, k.unknown) }

// proof is a label with the outcome of its check: "HASH_I ✔".
func (k ink) proof(label string, v ikestate.Verdict) string {
	switch v {
	case ikestate.Verified:
		return label + glue + k.good()
	case ikestate.Refuted:
		return label + glue + k.wrong()
	default:
		return label
	}
}

// severity is the sign before a finding.
func (k ink) severity(s diagnose.Severity) string {
	switch s {
	case diagnose.Error:
		return k.wrong()
	case diagnose.Warning:
		return k.caution()
	default:
		return k.dash
	}
}

// maxShown bounds how many columns one captured text may take.
const maxShown = 160

// text makes a captured text safe and short.
func (k ink) text(s string) string {
	const far = 4 * maxShown // octets: what is cut anyway need not be cleaned
	cut := len(s) > far
	if cut {
		s = s[:far]
	}
	s = k.long(s)
	if cut || width(s) > maxShown {
		s = twwidth.Truncate(s, maxShown) + k.dots
	}
	return s
}

// long makes a text safe and keeps its length.
func (k ink) long(s string) string {
	if k.unicode {
		return Clean(s)
	}
	return CleanASCII(s)
}

// width is how many columns a text takes, colours not counted.
func width(s string) int { return twwidth.WidthNoCache(s) }
