package secrets

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestScanTOMLLines(t *testing.T) {
	const doc = `top = 1
# comment with [[psk]] and x = 1

[[psk]]
secret = """
three
lines""" # x
ids = [
  "a", # ]
  'b"]',
]
[[psk]] # again
'secret' = 'it''s' # not TOML, but both strings end on this line
`
	got, err := scanTOML(strings.Replace(doc, "'it''s'", `"\"#"`, 1))
	if err != nil {
		t.Fatal(err)
	}
	want := tomlLines{
		{"", 0, "top"}:       1,
		{"psk", 0, ""}:       4,
		{"psk", 0, "secret"}: 5,
		{"psk", 0, "ids"}:    8,
		{"psk", 1, ""}:       12,
		{"psk", 1, "secret"}: 13,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("lines (-want +got):\n%s", d)
	}
	if _, err := scanTOML(doc); err == nil {
		t.Error("two strings side by side were taken")
	}
}

// scanTOML is the lines of a document of one part.
func scanTOML(text string) (tomlLines, error) {
	p, err := newTOMLScanner(text).part()
	return p.lines, err
}

func TestTOMLLinesFallBack(t *testing.T) {
	l := tomlLines{{"psk", 0, ""}: 3, {"psk", 0, "secret"}: 4, {"", 0, "dh"}: 9}
	for _, c := range []struct {
		table string
		index int
		key   string
		want  int
	}{
		{"psk", 0, "secret", 4}, {"psk", 0, "ids", 3}, {"psk", 0, "", 3}, {"dh", 5, "private", 9}, {"esp", 0, "spi", 0},
	} {
		if got := l.line(c.table, c.index, c.key); got != c.want {
			t.Errorf("%v: %d", c, got)
		}
	}
}

// tomlForms are pieces of documents, with what the scanner and the library have to say to them. The scanner may be the
// stricter of the two, never the more lenient about where strings and lists end.
var tomlForms = []struct {
	text     string
	accepted bool
}{
	{`a = ""`, true}, {`a = ''`, true}, {`a = """"""`, true}, {`a = ''''''`, true},
	{`a = """a"""`, true}, {`a = """a""""`, true}, {`a = """a"""""`, true}, {`a = """a""""""`, false},
	{`a = '''a'''''`, true}, {`a = '''a''''''`, false}, {`a = '''\'''`, true},
	{`a = "\""`, true}, {`a = "\\"`, true}, {`a = "\\\""`, true}, {`a = "\"`, false}, {`a = '\'`, true}, {`a = """\""""`, true},
	{`a = """\"""`, false}, {"a = \"\"\"\\\n\"\"\"", true}, {"a = \"\"\"\\\r\n\"\"\"", true}, {"a = \"\n\"", false}, {"a = '\n'", false},
	{`a = []`, true}, {`a = [ ]`, true}, {`a = ["x"]`, true}, {`a = ["x",]`, true}, {`a = [,]`, false}, {`a = ["x",,]`, false},
	{`a = ["x"`, false}, {`a = [["x"],[]]`, true}, {"a = [\n\n# x\n\"x\"\n,\n]", true}, {`a = ["]"]`, true}, {`a = ['"']`, true},
	{`a = {}`, true}, {`a = {b = 1}`, true}, {`a = {b = 1, c = "}"}`, true}, {`a = {b}`, false}, {`a = {b = 1`, false}, {`a = {, }`, false},
	{`a.b.c = 1`, true}, {`a . "b" . 'c' = 1`, true}, {`a. = 1`, false}, {`.a = 1`, false}, {`a..b = 1`, false},
	{`= 1`, false}, {`a`, false}, {`a = `, false}, {`a = 1 2`, false}, {`a = 1 b = 2`, false}, {`a = 1 # b`, true}, {`a = 1#b`, true},
	{`[a]`, true}, {`[ a ]`, true}, {`[a.b]`, true}, {`["a"]`, true}, {`[[a]]`, true}, {`[a`, false}, {`[[a]`, false}, {`[]`, false}, {`[[]]`, false},
	{`[a]]`, false}, {`[a] b = 1`, false}, {`[a] # b`, true}, {`[a "b"]`, false},
	{`a = 1`, true}, {`a = -1`, true}, {`a = 1_000`, true}, {`a = 0xff`, true}, {`a = 0b1`, true}, {`a = 1.5e3`, true}, {`a = inf`, true},
	{`a = true`, true}, {`a = false`, true}, {`a = maybe`, false}, {`a = abc`, false}, {`a = 12ab`, false},
	{"\ta = 1\t", true}, {"a = 1\r\n", true}, {"a = 1\rb = 2", false}, {"# only", true}, {"", true}, {"\n\n", true},
}

func TestScanTOMLForms(t *testing.T) {
	for _, f := range tomlForms {
		_, err := scanTOML(f.text)
		if (err == nil) != f.accepted {
			t.Errorf("%q: scanner says %v", f.text, err)
		}
		var doc map[string]any
		if _, err := toml.Decode(f.text, &doc); (err == nil) != f.accepted {
			t.Errorf("%q: library says %v", f.text, err)
		}
	}
}

// Forms one after the other are accepted exactly when each is, and the last statement's line is counted right.
func TestScanTOMLSequence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var doc strings.Builder
		accepted := true
		for i := range rapid.IntRange(0, 8).Draw(t, "forms") {
			f := rapid.SampledFrom(tomlForms).Draw(t, "form")
			fmt.Fprintf(&doc, "[t%d]\n%s\n", i, f.text)
			accepted = accepted && f.accepted
			if !accepted {
				break
			}
		}
		lines := strings.Count(doc.String(), "\n")
		doc.WriteString("[last]\n")
		got, err := scanTOML(doc.String())
		if accepted != (err == nil) {
			t.Fatalf("%q: %v", doc.String(), err)
		}
		if at := got.line("last", 0, ""); accepted && at != lines+1 {
			t.Fatalf("%q: last table on line %d, not %d", doc.String(), at, lines+1)
		}
	})
}

// Where the scanner refuses, the line it names is the line of the fault.
func TestScanTOMLFaultLines(t *testing.T) {
	for _, fault := range []string{"a = \"x", "a = x", "a", "[[a]", "a = [1", "a = '''x\n"} {
		for before := range 4 {
			_, err := scanTOML(strings.Repeat("\n# x\n", before) + fault)
			var own *Error
			if !errors.As(err, &own) || own.Line != 1+2*before {
				t.Errorf("%q after %d lines: %v", fault, 2*before, err)
			}
		}
	}
}
