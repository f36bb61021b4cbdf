package report

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"ikescope/secrets"
)

// What a terminal would not show is written as an escape; any reader of JSON takes it for the same text.
func TestEscapedJSON(t *testing.T) {
	invisible := rapid.SampledFrom([]rune{0, 0x1b, 0x7f, 0x9b, 0xad, 0x200b, 0x202e, 0x2028, 0xfeff, 0xe0001, 0xf0000, 0x10ffff})
	text := rapid.StringOf(rapid.OneOf(rapid.Rune(), invisible))
	rapid.Check(t, func(t *rapid.T) {
		want := text.Draw(t, "text")
		plain, err := json.Marshal(map[string]string{want: want})
		if err != nil {
			t.Fatal(err)
		}
		escaped := escapeJSON(plain)
		if i := strings.IndexFunc(string(escaped), func(r rune) bool { return r < ' ' || r >= 0x7f && !visible(r) }); i >= 0 {
			t.Fatalf("%q at %d of %q", escaped[i:min(i+4, len(escaped))], i, escaped)
		}
		var got map[string]string
		if err := json.Unmarshal(escaped, &got); err != nil || utf8.ValidString(want) && got[want] != want {
			t.Fatalf("%q became %q: %v", want, got, err)
		}
	})
}

// RFC 8259, section 7: its example of a character beyond the basic plane is the G clef, U+1D11E, "\uD834\uDD1E".
func TestSurrogates(t *testing.T) {
	for r, want := range map[rune][2]rune{0x1d11e: {0xd834, 0xdd1e}, 0x10000: {0xd800, 0xdc00}, 0x10ffff: {0xdbff, 0xdfff}} {
		if hi, lo := surrogates(r); hi != want[0] || lo != want[1] {
			t.Errorf("%U: %x %x, want %x", r, hi, lo, want)
		}
	}
}

// A survey says what files hold, in their order, and no value.
func TestSurvey(t *testing.T) {
	const keys = "\n[[psk]]\nsecret = \"cisco123\"\nids = [\"192.0.2.1\"]\n\n[[dh]]\nshared = \"4fbe15\"\n"
	var all []*secrets.Survey
	for _, name := range []string{"b.toml", "a\x1b[2J.toml"} {
		s, err := secrets.Take(name, strings.NewReader(keys))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	var table, object bytes.Buffer
	if err := Survey(&table, all, Options{Width: 100}); err != nil {
		t.Fatal(err)
	}
	if err := SurveyJSON(&object, all, Options{}); err != nil {
		t.Fatal(err)
	}
	for _, out := range []string{table.String(), object.String()} {
		for _, never := range []string{"cisco123", "4fbe15", "\x1b", "636973"} {
			if strings.Contains(out, never) {
				t.Errorf("%q in\n%s", never, out)
			}
		}
	}
	if b, a := strings.Index(table.String(), "b.toml"), strings.Index(table.String(), "2J.toml"); b < 0 || a < b {
		t.Errorf("b.toml at %d, the other at %d of\n%s", b, a, table.String())
	}
	var d struct {
		Schema  string
		Secrets []surveyJSON
	}
	if err := json.Unmarshal(object.Bytes(), &d); err != nil || d.Schema != "ikescope/secrets/1" || len(d.Secrets) != 4 {
		t.Fatalf("%v\n%s", err, object.String())
	}
	var lines []int
	for _, e := range d.Secrets {
		lines = append(lines, e.Line)
	}
	if first := d.Secrets[0]; first.File != "b.toml" || first.Kind != "psk" || first.Of != "192.0.2.1" || !slices.Equal(lines, []int{2, 6, 2, 6}) {
		t.Errorf("%+v, lines %v", first, lines)
	}
}

// Nothing recognised is said, and an empty list.
func TestSurveyOfNothing(t *testing.T) {
	var table, object bytes.Buffer
	if err := Survey(&table, nil, Options{}); err != nil || strings.TrimSpace(table.String()) != "No secrets." {
		t.Errorf("%q, %v", table.String(), err)
	}
	if err := SurveyJSON(&object, nil, Options{}); err != nil || !strings.Contains(object.String(), `"secrets": []`) {
		t.Errorf("%q, %v", object.String(), err)
	}
}
