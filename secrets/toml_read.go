package secrets

import (
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

var (
	tomlOwn    = regexp.MustCompile(`(?m)^[ \t]*\[\[?[ \t]*(psk|ppk|dh|isakmp|ike|esp|ah)[ \t]*\]`)
	tomlHeader = regexp.MustCompile(`^\[\[?[ \t]*[A-Za-z0-9_."'-]+[ \t]*\]?\]?[ \t]*(#.*)?$`)
	tomlKey    = regexp.MustCompile(`^(` + strings.Join(tomlKeys, "|") + `|(psk|ppk|dh|isakmp|ike|esp|ah)(\.[a-z_]+)?)[ \t]*=`)
)

// detectTOML is sure of one of the secrets file's own tables; a first line that only looks like TOML is a good hint.
func detectTOML(head []byte) int {
	if tomlOwn.Match(head) {
		return 100
	}
	for line := range strings.Lines(string(head)) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
			continue
		case tomlHeader.MatchString(line), tomlKey.MatchString(line):
			return 60
		}
		return 0
	}
	return 0
}

// tomlTable is a kind of table: its name, and how an entry is read. read takes each key that it knows and hands the result
// over, unless there was a fault.
type tomlTable struct {
	name string
	read func(*tomlEntry)
}

// tomlTables are the tables of a secrets file.
var tomlTables = []tomlTable{
	{"psk", readTOMLPSK},
	{"ppk", readTOMLPPK},
	{"dh", readTOMLDH},
	{"isakmp", readTOMLISAKMP},
	{"ike", readTOMLIKEv2},
	{"esp", readTOMLESP},
	{"ah", readTOMLAH},
}

// readTOML reads this program's own format. It is strict: a file that was written for this program and is not understood
// in any part is an error, not a warning.
func readTOML(c *collector, r io.Reader) error {
	b, err := c.whole(r, maxTOML)
	if err != nil {
		return err
	}
	c.recognised()
	err = readTOMLParts(c, string(b))
	var own *Error
	if errors.As(err, &own) {
		own.File = c.name
	}
	return err
}

// readTOMLParts hands over what a document holds. Its errors are *Error without a file name.
func readTOMLParts(c *collector, text string) error {
	return eachTOMLPart(text, func(p decodedTOML) error {
		for _, name := range p.byLine(p.doc) {
			if err := p.readTable(c, p.doc[name], name); err != nil {
				return err
			}
		}
		return nil
	})
}

// byLine returns the names of a part's tables in the order in which they begin.
func (p tomlPart) byLine(doc map[string]any) []string {
	var names []string
	for name := range doc {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if d := p.begins(a) - p.begins(b); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return names
}

// begins returns the line of the first table of a name.
func (p tomlPart) begins(name string) int { return p.lines.line(name, p.first[name], "") }

func (p tomlPart) readTable(c *collector, v any, name string) error {
	at := slices.IndexFunc(tomlTables, func(t tomlTable) bool { return t.name == name })
	if at < 0 {
		line := p.begins(name)
		if knownKey(name) != "" {
			return &Error{Line: line, Field: name, Msg: "stands outside of a table: a line like [[psk]] has to come first"}
		}
		return &Error{Line: line, Msg: "unknown table" + meant(name, tableNames()) + "; tables are " + strings.Join(tableNames(), ", ")}
	}
	entries, ok := tableEntries(v)
	if !ok {
		return &Error{Line: p.begins(name), Field: name, Msg: "not a list of tables: write [[" + name + "]] with two brackets"}
	}
	for i, keys := range entries {
		e := &tomlEntry{c: c, table: name, index: p.first[name] + i, keys: keys, lines: p.lines}
		tomlTables[at].read(e)
		if err := e.finish(); err != nil {
			return err
		}
	}
	return nil
}

// tableEntries takes both shapes that the library gives an array of tables.
func tableEntries(v any) ([]map[string]any, bool) {
	switch v := v.(type) {
	case []map[string]any:
		return v, true
	case []any:
		var out []map[string]any
		for _, x := range v {
			m, ok := x.(map[string]any)
			if !ok {
				return nil, false
			}
			out = append(out, m)
		}
		return out, true
	}
	return nil, false
}

func tableNames() []string {
	var names []string
	for _, t := range tomlTables {
		names = append(names, t.name)
	}
	return names
}

// tomlMessages are our words for the library's errors, which quote the document: part of its text, and what to say.
var tomlMessages = []struct{ part, msg string }{
	{"escape", `backslash in a "string": write two of them, or put the value in 'single quotes'`},
	{"already", "stands twice"},
	{"duplicate", "stands twice"},
	{"UTF-8", "octets that are not UTF-8: for a secret of any octets write secret_hex"},
	{"control characters", "control character or NUL in the text"},
	{"NULL", "control character or NUL in the text"},
	{"newlines", "string without its second quote"},
	{"out of range", "number out of range"},
}

func (p tomlPart) error(err error) *Error {
	var pe toml.ParseError
	if !errors.As(err, &pe) {
		return &Error{Msg: "not TOML as this program reads it"}
	}
	out := &Error{Line: p.line - 1 + pe.Position.Line, Msg: "not TOML: a line is a [[table]], a key = \"value\", or a comment that begins with #"}
	key := pe.LastKey
	out.Field = knownKey(key[strings.LastIndexByte(key, '.')+1:])
	for _, m := range tomlMessages {
		if strings.Contains(pe.Message, m.part) {
			out.Msg = m.msg
			break
		}
	}
	return out
}
