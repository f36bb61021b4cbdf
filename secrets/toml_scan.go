package secrets

import (
	"fmt"
	"maps"
	"strings"
)

// The TOML library decodes a document but does not say on which line a value stood, quotes the document in its error
// texts, and descends as deep as the document nests. So this scanner goes over the text first: it knows the structure of
// TOML (statements, keys, strings, arrays, inline tables), notes the line of each statement, and refuses with its own
// words what is malformed, nested too deep or too much. Values are the library's business.

// keyPlace names one key of a document: the index counts [[table]] headers of one name from 0.
type keyPlace struct {
	table string
	index int
	key   string // "" for the table's header
}

// tomlLines is the line of each header and key, counted from 1.
type tomlLines map[keyPlace]int

// line returns where a key stands. In tables that were written inline only the whole has a line.
func (l tomlLines) line(table string, index int, key string) int {
	for _, p := range []keyPlace{{table, index, key}, {table, index, ""}, {"", 0, table}} {
		if n, ok := l[p]; ok {
			return n
		}
	}
	return 0
}

// tomlScanner is a cursor over a document.
type tomlScanner struct {
	text  string
	pos   int
	line  int
	lines tomlLines
	count map[string]int // headers of each name
	at    keyPlace       // of the statement being read
	items int            // in this part
}

func newTOMLScanner(text string) *tomlScanner {
	return &tomlScanner{text: text, line: 1, count: map[string]int{}}
}

// tomlPart is some tables of a document, a document by themselves. So a file may be long, and what the library makes of
// it is little at a time.
type tomlPart struct {
	text  string
	line  int            // of its first line
	lines tomlLines      // in the whole document, as are their indices
	first map[string]int // indices of the first tables of each name
}

// maxPartTables is how many [[tables]] a part has at most.
const maxPartTables = 512

// done reports whether nothing is left.
func (s *tomlScanner) done() bool {
	s.skipBlankLines()
	return s.pos == len(s.text)
}

// part returns the next tables. The error is an *Error without a file name.
func (s *tomlScanner) part() (tomlPart, error) {
	s.lines, s.items = tomlLines{}, 0
	p := tomlPart{line: s.line, lines: s.lines, first: maps.Clone(s.count)}
	start := s.pos
	for tables := 0; !s.done(); {
		if s.has("[[") {
			if tables++; tables > maxPartTables {
				break
			}
		}
		if err := s.statement(); err != nil {
			return p, err
		}
		if err := s.endOfLine(); err != nil {
			return p, err
		}
	}
	p.text = s.text[start:s.pos]
	return p, nil
}

func (s *tomlScanner) fail(msg string) error {
	return &Error{Line: s.line, Field: knownKey(s.at.key), Msg: msg}
}

// more counts an item against the limit.
func (s *tomlScanner) more() error {
	if s.items++; s.items > maxTOMLItems {
		return s.fail(fmt.Sprintf("more than %d entries and values", maxTOMLItems))
	}
	return nil
}

// peek returns the next octet, 0 at the end (a NUL in the text is no part of any syntax either).
func (s *tomlScanner) peek() byte {
	if s.pos < len(s.text) {
		return s.text[s.pos]
	}
	return 0
}

func (s *tomlScanner) has(prefix string) bool { return strings.HasPrefix(s.text[s.pos:], prefix) }

func (s *tomlScanner) take(prefix string) bool {
	if !s.has(prefix) {
		return false
	}
	s.pos += len(prefix)
	return true
}

func (s *tomlScanner) skipBlanks() {
	for s.peek() == ' ' || s.peek() == '\t' {
		s.pos++
	}
}

// newline takes one line ending.
func (s *tomlScanner) newline() bool {
	if s.take("\n") || s.take("\r\n") {
		s.line++
		return true
	}
	return false
}

func (s *tomlScanner) skipComment() {
	if s.peek() == '#' {
		if n := strings.IndexByte(s.text[s.pos:], '\n'); n >= 0 {
			s.pos += n
		} else {
			s.pos = len(s.text)
		}
	}
}

func (s *tomlScanner) skipBlankLines() {
	for {
		s.skipBlanks()
		s.skipComment()
		if !s.newline() {
			return
		}
	}
}

// endOfLine asks that nothing but a comment follows a statement.
func (s *tomlScanner) endOfLine() error {
	s.skipBlanks()
	s.skipComment()
	if s.pos == len(s.text) || s.newline() {
		return nil
	}
	return s.fail("text after the end of the value: one key = \"value\" a line, the value in quotes")
}

func (s *tomlScanner) statement() error {
	if err := s.more(); err != nil {
		return err
	}
	if s.peek() == '[' {
		return s.header()
	}
	s.at.key = ""
	name, err := s.key("=")
	if err != nil {
		return err
	}
	s.at.key = name
	s.note()
	return s.value(0)
}

// note records the line of the statement being read; of a key that stands twice the first line stays. A dotted name is
// noted for the table it is in, too.
func (s *tomlScanner) note() {
	s.noteAt(s.at)
	if outer, _, dotted := strings.Cut(s.at.key, "."); dotted {
		s.noteAt(keyPlace{s.at.table, s.at.index, outer})
	} else if outer, _, dotted := strings.Cut(s.at.table, "."); dotted && s.at.key == "" {
		s.noteAt(keyPlace{table: outer})
	}
}

func (s *tomlScanner) noteAt(p keyPlace) {
	if _, twice := s.lines[p]; !twice {
		s.lines[p] = s.line
	}
}

// header reads [table] or [[table]].
func (s *tomlScanner) header() error {
	s.at = keyPlace{}
	closing := "]"
	if s.pos++; s.take("[") {
		closing = "]]"
	}
	name, err := s.key(closing)
	if err != nil {
		return err
	}
	s.at = keyPlace{table: name, index: s.count[name]}
	s.count[name]++
	s.note()
	return nil
}

// key reads a key, dotted or not, and what has to follow it.
func (s *tomlScanner) key(follow string) (string, error) {
	var parts []string
	for {
		s.skipBlanks()
		part, err := s.keyPart()
		if err != nil {
			return "", err
		}
		if parts = append(parts, part); len(parts) > maxKeyParts {
			return "", s.fail("dotted key of too many parts")
		}
		s.skipBlanks()
		if s.take(follow) {
			return strings.Join(parts, "."), nil
		}
		if !s.take(".") {
			return "", s.fail(keyAdvice(follow))
		}
	}
}

func keyAdvice(follow string) string {
	if follow == "=" {
		return "not understood: a line is a [[table]], a key = \"value\", or a comment that begins with #"
	}
	return "table header not understood: write it as [[psk]]"
}

func (s *tomlScanner) keyPart() (string, error) {
	if c := s.peek(); c == '"' || c == '\'' {
		start := s.pos
		if s.has(`"""`) || s.has(`'''`) {
			return "", s.fail("a key cannot be a string of several lines")
		}
		if err := s.str(); err != nil {
			return "", err
		}
		return s.text[start+1 : s.pos-1], nil
	}
	start := s.pos
	for isBareKey(s.peek()) {
		s.pos++
	}
	if s.pos == start {
		return "", s.fail("not understood: a line is a [[table]], a key = \"value\", or a comment that begins with #")
	}
	return s.text[start:s.pos], nil
}

func isBareKey(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-'
}
