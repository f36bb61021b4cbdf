package report

import (
	"bytes"
	"io"
	"strings"
)

// page collects the lines of a report. An error of the writer comes out of
// flush.
type page struct {
	ink
	buf   bytes.Buffer
	width int
	keys  bool // passwords appear in the clear
	w     io.Writer
	err   error
}

func newPage(w io.Writer, o Options) *page {
	return &page{ink: newInk(o), width: o.width(), keys: o.ShowKeys, w: w}
}

// flushAt is how much text is collected before it is written.
const flushAt = 64 << 10 // octets

// line writes one line as it is, without blanks at its end.
func (p *page) line(indent int, s string) {
	if s = trimRight(s); s != "" {
		p.buf.WriteString(strings.Repeat(" ", indent))
		p.buf.WriteString(strings.ReplaceAll(s, glue, " "))
	}
	p.buf.WriteByte('\n')
	if p.buf.Len() > flushAt {
		p.write()
	}
}

// glue is a blank at which no line is broken. On the page it is a blank like any
// other; captured texts never hold one, see [Clean].
const glue = "\u00a0"

// glued makes a text one word.
func glued(s string) string { return strings.ReplaceAll(s, " ", glue) }

// trimRight removes blanks from a line's end, also those before a colour reset
// that a table put behind the padding.
func trimRight(s string) string {
	for {
		t := strings.TrimRight(strings.TrimSuffix(s, string(reset)), " ")
		if t == s {
			break
		}
		s = t
	}
	if i := strings.LastIndex(s, "\x1b["); i >= 0 && !strings.HasPrefix(s[i:], string(reset)) {
		s += string(reset)
	}
	return s
}

func (p *page) blank() { p.buf.WriteByte('\n') }

// para writes wrapped text: the first line indented by first columns, those
// behind it by rest.
func (p *page) para(first, rest int, s string) {
	for i, l := range wrap(s, p.width-first, p.width-rest) {
		if i == 0 {
			p.line(first, l)
		} else {
			p.line(rest, l)
		}
	}
}

func (p *page) write() {
	if p.err == nil {
		_, p.err = p.w.Write(p.buf.Bytes())
	}
	p.buf.Reset()
}

func (p *page) flush() error {
	p.write()
	return p.err
}

// wrap breaks a text at blanks into lines of at most first columns, then rest.
// A word that is longer than a line is broken anywhere.
func wrap(s string, first, rest int) (lines []string) {
	room := max(first, 1)
	line, used, gap := "", 0, ""
	next := func() {
		lines = append(lines, line)
		line, used, gap = "", 0, ""
		room = max(rest, 1)
	}
	for _, w := range words(s) {
		n := width(w.text)
		if used > 0 && used+len(gap)+n > room {
			next()
		}
		for n > room && used == 0 {
			head, tail := breakWord(w.text, room)
			line = head
			next()
			w.text, n = tail, width(tail)
		}
		if used > 0 {
			line, used = line+gap, used+len(gap)
		}
		line, used, gap = line+w.text, used+n, w.gap
	}
	return append(lines, line)
}

// word is a run of other characters than blanks, and the blanks behind it.
type word struct{ text, gap string }

func words(s string) (ws []word) {
	for len(s) > 0 {
		end := strings.IndexByte(s, ' ')
		if end < 0 {
			return append(ws, word{s, ""})
		}
		next := end + len(s[end:]) - len(strings.TrimLeft(s[end:], " "))
		if end > 0 {
			ws = append(ws, word{s[:end], s[end:next]})
		}
		s = s[next:]
	}
	return ws
}

// breakWord splits a word so that the head takes at most room columns; the head
// holds at least one character.
func breakWord(s string, room int) (head, tail string) {
	used := 0
	for i, r := range s {
		n := width(string(r))
		if used+n > room && i > 0 {
			return s[:i], s[i:]
		}
		used += n
	}
	return s, ""
}
