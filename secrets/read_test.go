package secrets

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf16"

	"ikescope/bench/cputime"
)

func TestReadRefuses(t *testing.T) {
	utf16le := func(s string) string {
		var b strings.Builder
		for _, u := range utf16.Encode([]rune(s)) {
			b.Write([]byte{byte(u), byte(u >> 8)})
		}
		return b.String()
	}
	for _, c := range []struct{ name, content, want string }{
		{"empty", "", "f: is empty"},
		{"blank", " \n\r\n\t", "f: is empty"},
		{"only a BOM", "\xef\xbb\xbf", "f: is empty"},
		{"UTF-16 of nothing", "\xff\xfe" + utf16le("\r\n"), "f: is empty"},
		{"UTF-16", utf16le("[[psk]]\r\nsecret = \"x\""), "f: looks like UTF-16 text without its byte order mark; save it as UTF-8"},
		{"pcap", "\xd4\xc3\xb2\xa1\x02\x00\x04\x00", "f: is a capture; name it as CAPTURE, not as secrets"},
		{"pcapng", "\x0a\x0d\x0d\x0a\x1c\x00\x00\x00", "f: is a capture; name it as CAPTURE, not as secrets"},
		{"gzip", "\x1f\x8b\x08\x00", "f: is compressed with gzip; unpack it first"},
		{"zip", "PK\x03\x04", "f: is a zip archive; unpack it first"},
		{"text", "hunter2\n", "f: no secrets in a known format (ikescope secrets --help lists them)"},
		{"octets", "\x7fELF\x02\x01\x01", "f: no secrets in a known format (ikescope secrets --help lists them)"},
		{"binary", "\x7fELF\x02\x01\x01\x00\x00\x80\xff", "f: is a binary file, no text: nothing in it is in a known format (ikescope secrets --help lists them)"},
		{"long line", strings.Repeat("x", 1<<20), "f: no secrets in a known format (ikescope secrets --help lists them)"},
	} {
		r, ws, err := Read("f", strings.NewReader(c.content))
		if err == nil || err.Error() != c.want || r != nil || ws != nil {
			t.Errorf("%s:\n got %v\nwant %s", c.name, err, c.want)
		}
		var own *Error
		if !errors.As(err, &own) {
			t.Errorf("%s: %T is no *Error", c.name, err)
		}
	}
}

func TestReadComments(t *testing.T) {
	r, ws := read(t, "f", "# nothing here\n\n# and here\n")
	diff(t, r, &Ring{})
	warned(t, ws, 0, "no secrets that can be used")
}

// A reader's error is the error's cause, and what was read before it does not count.
func TestReadError(t *testing.T) {
	fault := errors.New("disk on fire")
	for _, content := range []string{"", "[[psk]]\nsecret = \"x\"\n", ": PSK \"x\"\n", strings.Repeat("line\n", 1<<17)} {
		_, _, err := Read("f", io.MultiReader(strings.NewReader(content), iotest.ErrReader(fault)))
		if !errors.Is(err, fault) || err.Error() != "f: disk on fire" {
			t.Errorf("%d octets: got %v", len(content), err)
		}
	}
	_, _, err := Read("f", iotest.ErrReader(&fs.PathError{Op: "read", Path: "/x/f", Err: fs.ErrPermission}))
	if !errors.Is(err, fs.ErrPermission) || err.Error() != "f: permission denied" {
		t.Errorf("got %v", err)
	}
}

// The way the octets arrive makes no difference: a pipe may give one at a time.
func TestReadPieces(t *testing.T) {
	for _, doc := range []string{goodTOML, ipsecSecretsSample, pskTxtSample} {
		want, _ := read(t, "f", doc)
		got, _, err := Read("f", iotest.OneByteReader(strings.NewReader(doc)))
		if err != nil {
			t.Fatal(err)
		}
		diff(t, got, want)
	}
}

// A support bundle: several formats one after the other, with text between.
func TestReadBundle(t *testing.T) {
	var parts []string
	for _, name := range []string{"xfrm-3des.txt", "swanctl-two.conf", "xfrm-ah.txt"} {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, "### "+name+"\n", string(b), "\nuname -a\nLinux gw 6.1.0\n")
	}
	bundle := strings.Repeat("a line of a log: nothing\n", 1<<13) + strings.Join(parts, "") + ipsecSecretsSample
	r, _ := read(t, "bundle.txt", bundle)
	if len(r.ESPs) != 4 || len(r.PSKs) != 12 {
		t.Errorf("%d IPsec SAs and %d pre-shared keys", len(r.ESPs), len(r.PSKs))
	}
}

// What a line says does not depend on the length of those before, and no line is cut in two.
func TestReadLongLines(t *testing.T) {
	for _, n := range []int{maxLine - 1, maxLine, maxLine + 1, 3 * maxLine, 1 << 22} {
		r, ws := read(t, "f", "first\n"+strings.Repeat("y", n)+": PSK \"inside\"\n: PSK \"good\"")
		diff(t, r, &Ring{PSKs: []PSK{{Secret: text("good"), Source: Source{File: "f", Line: 3}}}})
		if n >= maxLine {
			warned(t, ws, 2, "line longer than 262144 octets left out")
		}
	}
	if r, _, err := Read("f", strings.NewReader(": PSK \"good\"\n"+strings.Repeat("y", 1<<22))); err != nil || r.Len() != 1 {
		t.Errorf("long last line: %v", err)
	}
}

// A psk.txt that is longer than the head is recognised although the head cuts a line.
func TestReadLongPSKTxt(t *testing.T) {
	var b strings.Builder
	for i := range headLen / 10 {
		fmt.Fprintf(&b, "192.0.2.1 key%d\n", i)
	}
	if r, _ := read(t, "f", b.String()); r.Len() != headLen/10 {
		t.Errorf("%d entries", r.Len())
	}
}

// No line takes more than linear time.
func TestReadHostileLines(t *testing.T) {
	start := cputime.Used()
	for _, piece := range []string{":", ": ", ":PSK ", "[", "[]", "\\", "src ", "\"", "'", " ", "{", "secrets {", "=", "@", "0x", "<<"} {
		for _, front := range []string{"", "\t", "src 192.0.2.1 dst 192.0.2.2\\\tproto esp spi 1\\\tenc ", "secrets {", ": PSK "} {
			line := front + strings.Repeat(piece, (maxLine-100)/len(piece)) + "x\n"
			_, _, err := Read("f", strings.NewReader(strings.Repeat(line, 4)))
			checkLine(t, err)
		}
	}
	if d := cputime.Used() - start; d > time.Minute {
		t.Errorf("80 files of 1 MB took %v", d)
	}
}

func checkLine(t *testing.T, err error) {
	t.Helper()
	if err != nil && (len(err.Error()) > 300 || strings.ContainsAny(err.Error(), "\r\n")) {
		t.Errorf("error %q", err)
	}
}

// endless gives one log line again and again without holding it.
type endless struct {
	line string
	left int64
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := 0
	for n+len(e.line) <= len(p) {
		n += copy(p[n:], e.line)
	}
	e.left -= int64(n)
	return n, nil
}

// A large log is read in bounded memory.
func TestReadMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 100 MB")
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	log := &endless{line: "Nov 24 00:15:10.671854: | extracting all 36 bytes of key@0x552ad7e0e0:\n", left: 100 << 20}
	r, _, err := Read("log", io.MultiReader(strings.NewReader(": PSK \"x\"\n"), log))
	if err != nil || r.Len() != 1 {
		t.Fatalf("%v, %v", r, err)
	}
	runtime.ReadMemStats(&after)
	// Lines that end with a colon are kept until the next, so some garbage is made; it must not be what is held.
	if held := int64(after.HeapAlloc) - int64(before.HeapAlloc); held > 32<<20 {
		t.Errorf("%d octets held", held)
	}
}

// Warnings of one kind are bounded, with a total at the end.
func TestReadManyWarnings(t *testing.T) {
	_, ws := read(t, "f", strings.Repeat(": PSK 0x123\n", 1000)+": PSK \"good\"\n")
	if len(ws) != maxAlike+1 {
		t.Fatalf("%d warnings", len(ws))
	}
	if got := ws[maxAlike].String(); !strings.HasSuffix(got, "(and 980 more of these)") {
		t.Error(got)
	}
}

func TestReadManyEntries(t *testing.T) {
	var b strings.Builder
	b.WriteString(": PSK 0x0000\n")
	for i := range maxEntries + 5 {
		b.WriteString(": PSK \"")
		for _, c := range []byte{byte(i), byte(i >> 8), byte(i >> 16)} {
			b.WriteByte('a' + c&15)
			b.WriteByte('a' + c>>4)
		}
		b.WriteString("\"\n")
	}
	r, ws := read(t, "f", b.String())
	if r.Len() != maxEntries {
		t.Errorf("%d entries", r.Len())
	}
	warned(t, ws, 0, "6 left out")
}

func TestFormats(t *testing.T) {
	names := map[string]bool{}
	for _, f := range Formats() {
		if f.Name == "" || names[f.Name] {
			t.Errorf("format %q", f.Name)
		}
		names[f.Name] = true
		if (f.read == nil) == (f.lines == nil) || f.read != nil && f.detect == nil {
			t.Errorf("%s has not one way of reading", f.Name)
		}
	}
}

func TestWorldReadable(t *testing.T) {
	if !hasPermissionBits {
		t.Skip("no permission bits")
	}
	dir := t.TempDir()
	for _, c := range []struct {
		mode os.FileMode
		want bool
	}{{0o600, false}, {0o400, false}, {0o640, true}, {0o604, true}, {0o644, true}, {0o620, false}} {
		name := filepath.Join(dir, c.mode.String())
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(name, c.mode); err != nil {
			t.Fatal(err)
		}
		fi, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := WorldReadable(fi); got != c.want {
			t.Errorf("%v: %v", c.mode, got)
		}
	}
	if fi, err := os.Stat(dir); err != nil || WorldReadable(fi) {
		t.Errorf("a directory is no secrets file: %v", err)
	}
}
