package report

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "gw.example.org", "gw.example.org"},
		{"empty", "", ""},
		{"letters of other scripts", "Zürich Ωμέγα 東京", "Zürich Ωμέγα 東京"},
		{"escape sequence", "\x1b[31mred", `\x1b[31mred`},
		{"window title", "\x1b]0;owned\x07", `\x1b]0;owned\x07`},
		{"NUL, tab, line feed, DEL", "a\x00b\tc\nd\x7f", `a\x00b\x09c\x0ad\x7f`},
		{"C1 as UTF-8", "\u009b31m", `\u{9b}31m`},
		{"C1 as an octet", "\x9b31m", `\x9b31m`},
		{"invalid UTF-8", "a\xff\xc3(", `a\xff\xc3(`},
		{"overlong and surrogate", "\xc0\xaf\xed\xa0\x80", `\xc0\xaf\xed\xa0\x80`},
		{"bidirectional override", "user\u202etxt.exe", `user\u{202e}txt.exe`},
		{"isolates and marks", "\u2066a\u2069\u200e\u200f\u061c", `\u{2066}a\u{2069}\u{200e}\u{200f}\u{61c}`},
		{"zero width", "a\u200bb\u200dc\ufeff\u2060", `a\u{200b}b\u{200d}c\u{feff}\u{2060}`},
		{"separators", "a\u2028b\u2029", `a\u{2028}b\u{2029}`},
		{"soft hyphen, no-break space", "a\u00adb\u00a0", `a\u{ad}b\u{a0}`},
		{"blank letters and symbols", "\u3164\u115f\u2800\ufe0f", `\u{3164}\u{115f}\u{2800}\u{fe0f}`},
		{"tag characters", "\U000e0041", `\u{e0041}`},
		{"private use", "\ue000", `\u{e000}`},
		{"replacement character as such", "a\ufffdb", "a\ufffdb"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Clean(c.in); got != c.want {
				t.Errorf("Clean(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestCleanASCII(t *testing.T) {
	if got, want := CleanASCII("Zürich\x1b"), `Z\u{fc}rich\x1b`; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestCleanDoesNotCopyWhatIsClean(t *testing.T) {
	s := strings.Repeat("gw.example.org ", 10)
	if n := testing.AllocsPerRun(100, func() { Clean(s) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// harmful lists what must not reach a terminal, from the Unicode character
// database and not from the functions under test.
func harmful(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Cs, unicode.Co, unicode.Zl, unicode.Zp) ||
		unicode.Is(unicode.Zs, r) && r != ' ' || unicode.In(r, unicode.Bidi_Control, unicode.Join_Control, unicode.Variation_Selector)
}

// checkClean reports what is not fit for a terminal in a text of whole lines.
func checkClean(t *testing.T, what, s string) {
	t.Helper()
	if !utf8.ValidString(s) {
		t.Errorf("%s: not UTF-8", what)
	}
	for i, r := range s {
		if r != '\n' && harmful(r) {
			t.Errorf("%s: U+%04X at octet %d, after %q", what, r, i, s[max(0, i-20):i])
			return
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"", "plain", "\x1b[2J", "\u202e\u2066", "\xff\xfe", "a\u0301", "\u009b", "\U000e0001", "\ufffd", "\xef\xbf"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, fn := range []func(string) string{Clean, CleanASCII} {
			got := fn(s)
			checkClean(t, "cleaned", strings.ReplaceAll(got, "\n", "\x00"))
			if again := fn(got); again != got {
				t.Errorf("cleaning twice: %q, then %q", got, again)
			}
			if len(got) < utf8.RuneCountInString(s) {
				t.Errorf("something was dropped: %q of %q", got, s)
			}
		}
		if s == Clean(s) && CleanASCII(s) != s && isASCII(s) {
			t.Errorf("%q is clean, but not as ASCII", s)
		}
	})
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) < 0
}
