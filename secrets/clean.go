package secrets

import (
	"bytes"
	"slices"
)

// A log or a pasted terminal session comes with things around its text: colours (ECMA-48 control sequences), the numbers
// that syslog daemons write for control characters ("#012" for a line feed, "#011" for a tab), carriage returns, the marks
// of a mail that quotes it, of a shell that traces ("set -x"), or of a diff.

// cleaner takes them away from the lines of one file. Most lines have none and pass as they are.
type cleaner struct {
	memory []byte
	indent []byte // in front of every line of the file
	diff   bool   // the file is a unified diff: what was taken away is passed over
	plus   bool   // one at the beginning of a line is part of the text, as in Base64
}

const (
	escape    = 0x1b
	bell      = 0x07
	backspace = 0x08
)

var (
	syslogLF  = []byte("#012")
	syslogTab = []byte("#011")
	quoteMark = []byte("> ")
	blank     = []byte(" ")
)

// pieces gives each line that is in a line of the file, without blanks behind; it is one where no line feeds were escaped.
// A piece is valid until the next one.
func (c *cleaner) pieces(line []byte, each func(text []byte)) {
	line = unquoted(c.plain(bytes.TrimPrefix(line, c.indent)))
	if c.diff && len(line) > 0 {
		switch line[0] {
		case '-':
			return
		case ' ':
			line = line[1:]
		}
	}
	if !c.plus {
		line = untraced(line)
	}
	for {
		piece, rest, more := bytes.Cut(line, syslogLF)
		each(bytes.TrimRight(piece, " \t\r"))
		if !more {
			return
		}
		line = rest
	}
}

// indentOf returns the blanks that all lines begin with but for empty ones: a listing that was pasted into a message.
func indentOf(head []byte) []byte {
	var indent []byte
	first := true
	for line := range bytes.Lines(head) {
		text := bytes.TrimLeft(line, " \t")
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		blanks := line[:len(line)-len(text)]
		if first {
			indent, first = blanks, false
		}
		n := 0
		for n < min(len(indent), len(blanks)) && indent[n] == blanks[n] {
			n++
		}
		if indent = indent[:n]; n == 0 {
			break
		}
	}
	return bytes.Clone(indent)
}

// unquoted takes away the marks that mail programs put in front of lines that they quote.
func unquoted(line []byte) []byte {
	for bytes.HasPrefix(line, quoteMark) {
		line = line[len(quoteMark):]
	}
	return line
}

// clean reports whether a line has nothing that a cleaner would take away but blanks and marks at its ends.
func clean(line []byte) bool {
	return bytes.IndexByte(line, escape) < 0 && bytes.IndexByte(line, backspace) < 0 && bytes.IndexByte(line, '#') < 0
}

// untraced takes away the mark of lines that were added in a diff, or that a shell traced: one + or more, and the blank that
// parts them from the text. Nothing that is read begins with one.
func untraced(line []byte) []byte {
	text := bytes.TrimLeft(line, "+")
	if len(text) < len(line) && len(text) > 1 && text[0] == ' ' && text[1] != ' ' && text[1] != '\t' {
		text = text[1:]
	}
	return text
}

// diffMarks are what the lines of a unified diff begin with.
var diffMarks = [][]byte{[]byte("+"), []byte("-"), []byte(" "), []byte("@@ "), []byte("\\ "), []byte("diff "), []byte("index "), []byte("new file ")}

// isDiff reports whether all lines are those of a unified diff, and some are added.
func isDiff(head []byte) bool {
	added := false
	for line := range bytes.Lines(head) {
		line = unquoted(line)
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if !slices.ContainsFunc(diffMarks, func(mark []byte) bool { return bytes.HasPrefix(line, mark) }) {
			return false
		}
		added = added || line[0] == '+'
	}
	return added
}

// plain returns the line without control sequences. Its result is line itself or c's memory.
func (c *cleaner) plain(line []byte) []byte {
	if bytes.IndexByte(line, escape) < 0 && bytes.IndexByte(line, backspace) < 0 && !bytes.Contains(line, syslogTab) {
		return line
	}
	out := c.memory[:0]
	for len(line) > 0 {
		switch {
		case line[0] == escape:
			line = line[controlSequence(line):]
		case line[0] == backspace:
			out = out[:max(0, len(out)-1)]
			line = line[1:]
		case bytes.HasPrefix(line, syslogTab):
			out = append(out, '\t')
			line = line[len(syslogTab):]
		default:
			out = append(out, line[0])
			line = line[1:]
		}
	}
	c.memory = out
	return out
}

// controlSequence returns the length of the control sequence that line begins with (ECMA-48, section 5): ESC [ up to a
// final octet, ESC ] up to BEL, or ESC and one octet.
func controlSequence(line []byte) int {
	if len(line) < 2 {
		return len(line)
	}
	for i := 2; i < len(line); i++ {
		switch line[1] {
		case '[':
			if line[i] >= 0x40 && line[i] <= 0x7e {
				return i + 1
			}
		case ']':
			if line[i] == bell {
				return i + 1
			}
		default:
			return 2
		}
	}
	if line[1] != '[' && line[1] != ']' {
		return 2
	}
	return len(line)
}
