package secrets

import (
	"fmt"
	"regexp"
	"strings"
)

func (s *tomlScanner) value(depth int) error {
	s.skipBlanks()
	if depth > maxTOMLDepth {
		return s.fail("nested too deep")
	}
	switch s.peek() {
	case '"', '\'':
		return s.str()
	case '[':
		return s.list('[', ']', depth)
	case '{':
		return s.list('{', '}', depth)
	}
	return s.scalar()
}

// list reads an array or, with keys, an inline table.
func (s *tomlScanner) list(opening, closing byte, depth int) error {
	for s.pos++; ; s.pos++ {
		s.skipBlankLines()
		if s.peek() == closing {
			s.pos++
			return nil
		}
		if err := s.more(); err != nil {
			return err
		}
		if opening == '{' {
			if _, err := s.key("="); err != nil {
				return err
			}
		}
		if err := s.value(depth + 1); err != nil {
			return err
		}
		s.skipBlankLines()
		if s.peek() == closing {
			s.pos++
			return nil
		}
		if s.peek() != ',' {
			return s.fail(fmt.Sprintf("list not understood: values in quotes, commas between them, %c at the end", closing))
		}
	}
}

var number = regexp.MustCompile(`^([+-]?[0-9][0-9_]*(\.[0-9_]+)?([eE][+-]?[0-9_]+)?|0x[0-9A-Fa-f_]+|0o[0-7_]+|0b[01_]+|[+-]?(inf|nan)|true|false)$`)

// scalar reads a value without quotes: a number or a boolean. Dates have no place in a secrets file.
func (s *tomlScanner) scalar() error {
	n := strings.IndexAny(s.text[s.pos:], ",]}# \t\r\n")
	if n < 0 {
		n = len(s.text) - s.pos
	}
	if n == 0 {
		return s.fail("empty: no value after the =")
	}
	if !number.MatchString(s.text[s.pos : s.pos+n]) {
		return s.fail("the value needs quotes around it")
	}
	s.pos += n
	return nil
}

// str reads a string of any of TOML's four kinds, quotes included.
func (s *tomlScanner) str() error {
	quote := s.text[s.pos : s.pos+1]
	if long := strings.Repeat(quote, 3); s.take(long) {
		return s.longString(quote[0], long)
	}
	for s.pos++; ; s.pos++ {
		switch c := s.peek(); {
		case s.pos >= len(s.text) || c == '\n':
			return s.fail("string without its second quote")
		case c == quote[0]:
			s.pos++
			return nil
		case c == '\\' && quote == `"`:
			s.pos++
		}
	}
}

// longString reads on behind three opening quotes. Up to two quotes may stand before the three that close.
func (s *tomlScanner) longString(quote byte, closing string) error {
	start := s.line
	for s.pos < len(s.text) {
		c := s.text[s.pos]
		if s.take(closing) {
			for i := 0; i < 2 && s.peek() == quote; i++ {
				s.pos++
			}
			return nil
		}
		if s.newline() {
			continue
		}
		s.pos++
		if c == '\\' && quote == '"' && s.pos < len(s.text) && s.text[s.pos] != '\n' {
			s.pos++
		}
	}
	s.line = start
	return s.fail("string without its closing " + closing)
}
