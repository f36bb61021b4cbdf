package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean makes a string safe for a terminal: what is left prints as itself and
// moves no cursor. Control characters (C0, DEL, C1), octets that are not UTF-8
// and everything that is invisible or changes the order of what stands beside it
// (bidirectional controls, zero-width characters, line and paragraph separators,
// spaces other than the ASCII one) become \x1b, \u{202e} and the like. Cleaning
// twice changes nothing more.
//
// Every text that comes out of a capture, a secrets file or a file name passes
// through here before it is printed, error messages included (CWE-150).
func Clean(s string) string { return clean(s, visible) }

// CleanASCII is Clean for a terminal that shows ASCII only: other characters
// are escaped too.
func CleanASCII(s string) string { return clean(s, visibleASCII) }

func clean(s string, keep func(rune) bool) string {
	if isClean(s, keep) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && n == 1, r < utf8.RuneSelf && !keep(r):
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case !keep(r):
			fmt.Fprintf(&b, `\u{%x}`, r)
		default:
			b.WriteString(s[:n])
		}
		s = s[n:]
	}
	return b.String()
}

func isClean(s string, keep func(rune) bool) bool {
	for i, r := range s {
		if !keep(r) || r == utf8.RuneError && !strings.HasPrefix(s[i:], string(utf8.RuneError)) {
			return false
		}
	}
	return true
}

func visibleASCII(r rune) bool { return r >= ' ' && r <= '~' }

// visible reports whether a character shows as a mark of its own, or as an
// accent on the one before it. Beyond what unicode.IsPrint refuses, characters
// that Unicode lets a renderer leave out ("default ignorable") are not visible.
func visible(r rune) bool {
	if r < unicode.MaxASCII {
		return visibleASCII(r)
	}
	return unicode.IsPrint(r) && !unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) && r != brailleBlank
}

// brailleBlank is a symbol by its class, and empty.
const brailleBlank = '\u2800'
