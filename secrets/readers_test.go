package secrets

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The samples under testdata/readers are logs and listings of each format that a program prints; beside each stands what
// is read of it, as the TOML file that WriteTOML makes and with the warnings behind.

var update = flag.Bool("update", false, "write testdata/readers/*.toml anew")

func readerSamples(t testing.TB) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("testdata", "readers", "*.txt"))
	if err != nil || len(names) < 18 {
		t.Fatalf("%d samples, %v", len(names), err)
	}
	return names
}

// rendered is a ring as text.
func rendered(t testing.TB, r *Ring, ws []Warning) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteTOML(&b, r); err != nil {
		t.Fatal(err)
	}
	for _, w := range ws {
		fmt.Fprintf(&b, "\n# %s\n", w)
	}
	return b.String()
}

func TestReaderSamples(t *testing.T) {
	for _, name := range readerSamples(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			content, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			r, ws, err := Read(filepath.Base(name), bytes.NewReader(content))
			if err != nil {
				t.Fatal(err)
			}
			got, golden := rendered(t, r, ws), strings.TrimSuffix(name, ".txt")+".toml"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
			if again := rewrite(t, r); again.Len() != r.Len() {
				t.Errorf("%d entries, %d when written and read again", r.Len(), again.Len())
			}
		})
	}
}

// wear is what happens to a text on its way.
type wear struct {
	name string
	line func(string) string // of each line
	join string              // between lines
}

var wears = []wear{
	{"CRLF", nil, "\r\n"},
	{"colours", func(s string) string { return "\x1b[0;1;39m" + s + "\x1b[0m\x1b[K" }, "\n"},
	{"window title", func(s string) string { return "\x1b]0;root@gw\x07" + s }, "\n"},
	{"typed and taken back", func(s string) string { return "xy\b\b" + s }, "\n"},
	{"blanks behind", func(s string) string { return s + "  " }, "\n"},
	{"indented", func(s string) string { return "    " + s }, "\n"},
	{"behind a tab", func(s string) string { return "\t" + s }, "\n"},
	{"quoted", func(s string) string { return "> " + s }, "\n"},
	{"quoted twice", func(s string) string { return "> > " + s }, "\n"},
	{"added in a diff", func(s string) string { return "+" + s }, "\n"},
	{"listed as added", func(s string) string { return "+ " + s }, "\n"},
	{"replaced in a diff", func(s string) string { return "-" + s + "\n+" + s }, "\n"},
	{"rsyslog's line feeds", nil, "#012"},
	{"rsyslog's tabs", func(s string) string { return strings.ReplaceAll(s, "\t", "#011") }, "\n"},
}

// TestReaderSamplesWorn asks for the same entries of each sample of a printing program, whatever happened to it.
func TestReaderSamplesWorn(t *testing.T) {
	for _, name := range readerSamples(t) {
		base := filepath.Base(name)
		if strings.HasPrefix(base, "wireshark") || strings.HasPrefix(base, "tcpdump") {
			continue // files that programs read
		}
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		want := entries(t, string(content))
		for _, w := range wears {
			if d := cmp.Diff(want, entries(t, w.wear(string(content)))); d != "" {
				t.Errorf("%s, %s: -want +got:\n%s", base, w.name, d)
			}
		}
	}
}

// TestReaderSamplesInDiffs asks for the entries of the newer text, whether its lines were there before or not.
func TestReaderSamplesInDiffs(t *testing.T) {
	for _, name := range readerSamples(t) {
		base := filepath.Base(name)
		if strings.HasPrefix(base, "wireshark") || strings.HasPrefix(base, "tcpdump") {
			continue
		}
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		diff := "diff -u a/" + base + " b/" + base + "\n--- a/" + base + "\n+++ b/" + base + "\n@@ -1,9 +1,9 @@\n"
		for i, line := range strings.Split(strings.TrimSuffix(string(content), "\n"), "\n") {
			if i%2 == 0 {
				diff += " " + line + "\n"
			} else {
				diff += "-something else\n+" + line + "\n"
			}
		}
		if d := cmp.Diff(entries(t, string(content)), entries(t, diff)); d != "" {
			t.Errorf("%s: -want +got:\n%s", base, d)
		}
	}
}

func (w wear) wear(text string) string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i := range lines {
		if w.line != nil {
			lines[i] = w.line(lines[i])
		}
	}
	return strings.Join(lines, w.join) + "\n"
}

var sourceComment = regexp.MustCompile(`(?m)^# .*\n`)

// entries are the entries of a text, without their places, in order of their text; none where there are none.
func entries(t testing.TB, content string) []string {
	t.Helper()
	r, _, err := Read("f", strings.NewReader(content))
	if own := (*Error)(nil); errors.As(err, &own) {
		return nil
	}
	text := sourceComment.ReplaceAllString(rendered(t, r, nil), "")
	var out []string
	for entry := range strings.SplitSeq(text, "\n\n") {
		if entry = strings.TrimSpace(entry); entry != "" {
			out = append(out, entry)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// TestReaderSamplesTogether reads them all as one file, in either order, as a support bundle is.
func TestReaderSamplesTogether(t *testing.T) {
	var texts, want []string
	for _, name := range readerSamples(t) {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(content))
		want = append(want, entries(t, string(content))...)
	}
	slices.Sort(want)
	want = slices.Compact(want)
	for range 2 {
		if d := cmp.Diff(want, entries(t, strings.Join(texts, "\n\n"))); d != "" {
			t.Errorf("-want +got:\n%s", d)
		}
		slices.Reverse(texts)
	}
}

var hexQuoted = regexp.MustCompile(`(?m)= "([0-9a-f]{4,})"$`)

// hexValues are the values of entries in hex, and keys that stand behind each other as one.
func hexValues(entries []string) (out []string) {
	for _, entry := range entries {
		joined := ""
		for _, m := range hexQuoted.FindAllStringSubmatch(entry, -1) {
			out = append(out, m[1])
			joined += m[1]
		}
		out = append(out, joined)
	}
	return out
}

// TestReaderSamplesCut cuts each sample anywhere: no value comes out that is not in the whole, or at the end of the text
// the beginning of one.
func TestReaderSamplesCut(t *testing.T) {
	for _, name := range readerSamples(t) {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		whole := hexValues(entries(t, string(content)))
		for n := 0; n < len(content); n += 11 {
			for _, m := range hexQuoted.FindAllStringSubmatch(strings.Join(entries(t, string(content[:n])), "\n"), -1) {
				if !slices.ContainsFunc(whole, func(v string) bool { return strings.HasPrefix(v, m[1]) }) {
					t.Errorf("%s, cut at %d, %q: %s", filepath.Base(name), n, content[max(0, n-30):n], m[1])
				}
			}
		}
	}
}
