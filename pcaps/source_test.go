package pcaps

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Any io.Reader gives what the file gives.
func TestStreams(t *testing.T) {
	file := readFile(t, "testdata/two-interfaces.pcapng")
	want, _ := readAll(t, file, 0)
	for name, slow := range map[string]func(io.Reader) io.Reader{
		"octet by octet":      iotest.OneByteReader,
		"half of what is due": iotest.HalfReader,
		"data with EOF":       iotest.DataErrReader,
	} {
		for _, live := range []bool{false, true} {
			s, err := OpenSet([]string{"-"}, slow(bytes.NewReader(file)), Options{BlockSize: 10000, Live: live})
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, drain(t, s)); d != "" {
				t.Errorf("%s, live %v: %s", name, live, d)
			}
			if s.Seekable() || s.Size() != -1 || !errors.Is(s.Rewind(), ErrNotSeekable) {
				t.Errorf("%s can be read twice", name)
			}
			s.Close()
		}
	}
}

// An error of the system ends the capture, and what came before it counts.
func TestReadErrors(t *testing.T) {
	file := cat(leHeader(), leRecord("abc"), leRecord("defg"))
	for cut, frames := range map[int]int{24: 0, 30: 0, 43: 1, 50: 1, len(file): 2} {
		broken := errors.New("cable pulled")
		r := io.MultiReader(bytes.NewReader(file[:cut]), iotest.ErrReader(broken))
		s, err := OpenSet([]string{"-"}, r, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if n := len(drain(t, s)); n != frames {
			t.Errorf("cut at %d: %d frames", cut, n)
		}
		info := s.Captures()[0]
		if p := info.Problems; len(p) != 1 || p[0].Kind != Unreadable || !errors.Is(p[0].Err, broken) || !strings.Contains(p[0].Text, "cable pulled") {
			t.Errorf("cut at %d: %+v", cut, p)
		}
		s.Close()
	}
	_, err := OpenSet([]string{"-"}, iotest.ErrReader(io.ErrClosedPipe), Options{})
	if !errors.Is(err, io.ErrClosedPipe) || errors.Is(err, ErrNotCapture) {
		t.Error(err)
	}
}

// A reader that never gives anything does not hang the program.
func TestSilentReader(t *testing.T) {
	r := io.MultiReader(bytes.NewReader(cat(leHeader(), leRecord("abc"))), silent{})
	s, err := OpenSet([]string{"-"}, r, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if n := len(drain(t, s)); n != 1 {
		t.Errorf("%d frames", n)
	}
	if p := s.Captures()[0].Problems; len(p) != 1 || !errors.Is(p[0].Err, io.ErrNoProgress) {
		t.Errorf("%v", p)
	}
}

type silent struct{}

func (silent) Read([]byte) (int, error) { return 0, nil }

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		paths []string
		stdin io.Reader
		want  string
		is    error
	}{
		{nil, nil, "no capture given", nil},
		{[]string{filepath.Join(dir, "missing")}, nil, "missing", os.ErrNotExist},
		{[]string{dir}, nil, "is a directory", nil},
		{[]string{"-"}, nil, "standard input is not available", nil},
		{[]string{"-", "-"}, bytes.NewReader(leHeader()), "given twice", nil},
		{[]string{"testdata/vlan.pcap", "source_test.go"}, nil, "source_test.go: not a packet capture", ErrNotCapture},
	} {
		_, err := OpenSet(c.paths, c.stdin, Options{})
		if err == nil || !strings.HasPrefix(err.Error(), "pcaps: ") || !strings.Contains(err.Error(), c.want) || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%q: %v", c.paths, err)
		}
	}
}

// Standard input redirected from a file is read at random, from where it stands,
// and can be read again.
func TestStdinIsFile(t *testing.T) {
	file := cat(leHeader(), leRecord("abc"), leRecord("de"))
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, cat([]byte("before"), file), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Seek(6, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	s, err := OpenSet([]string{"-"}, f, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if frames := drain(t, s); len(frames) != 2 || frames[0].Offset != 24 {
			t.Errorf("%v", frames)
		}
		if s.Size() != int64(len(file)) || s.Position() != s.Size() {
			t.Errorf("position %d of %d", s.Position(), s.Size())
		}
		if err := s.Rewind(); err != nil {
			t.Fatal(err)
		}
	}
	s.Close()
	if _, err := f.Stat(); err != nil {
		t.Errorf("standard input was closed: %v", err)
	}
}

// A pipe with Live hands on what came, while the writer still has it open.
func TestLivePipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	go w.Write(cat(leHeader(), leRecord("abc"), leRecord("de")[:10]))
	s, err := OpenSet([]string{"-"}, r, Options{Live: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	b, err := s.Next()
	if err != nil || len(b.Frames) != 1 || string(b.Frames[0].Data) != "abc" {
		t.Fatalf("%v %v", b, err)
	}
	b.Release()
	go func() {
		time.Sleep(time.Millisecond)
		w.Write(leRecord("de")[10:])
		w.Close()
	}()
	if frames := drain(t, s); len(frames) != 1 || frames[0].Data != "de" {
		t.Errorf("%v", frames)
	}
}

// A pipe among files takes part in the merge.
func TestPipeAmongFiles(t *testing.T) {
	paths := append(writeFiles(t, timedFile("a", 1, 4)), "-")
	s, err := OpenSet(paths, onlyReader{bytes.NewReader(timedFile("b", 2, 3, 5))}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got := sequence(t, s); got != "a0 b0 b1 a1 b2" {
		t.Error(got)
	}
	if s.Seekable() || s.Size() != -1 {
		t.Error("a pipe has a size")
	}
}

// A file that grows after it was opened is read to its new end, and one that
// shrinks is cut off.
func TestFileChanges(t *testing.T) {
	record := leRecord(strings.Repeat("x", 1000))
	for _, size := range []int{100 * 1016, 10 * 1016, 10*1016 + 7} {
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, cat(leHeader(), bytes.Repeat(record, 50)), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := OpenSet([]string{path}, nil, Options{BlockSize: 2048})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, cat(leHeader(), bytes.Repeat(record, 200))[:24+size], 0o600); err != nil {
			t.Fatal(err)
		}
		if n := len(drain(t, s)); n != size/1016 {
			t.Errorf("%d octets: %d frames", size, n)
		}
		if info := s.Captures()[0]; info.Incomplete() != (size%1016 != 0) {
			t.Errorf("%d octets: %v", size, info.Problems)
		}
		s.Close()
	}
}
