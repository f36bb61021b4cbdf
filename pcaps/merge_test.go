package pcaps

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// timedFile is a capture whose packets were taken at the given nanoseconds. The
// data of a packet is the file's letter and its number there.
func timedFile(letter string, times ...int64) []byte {
	parts := [][]byte{ngSection(little), ngInterface(little, 1, 0, ngOption(little, optInterfaceResolution, uint8(9)))}
	for i, at := range times {
		parts = append(parts, ngPacket(little, 0, uint64(at), fmt.Sprintf("%s%d", letter, i)))
	}
	return cat(parts...)
}

func writeFiles(t testing.TB, files ...[]byte) (paths []string) {
	t.Helper()
	dir := t.TempDir()
	for i, f := range files {
		path := filepath.Join(dir, fmt.Sprintf("%05d", i))
		if err := os.WriteFile(path, f, 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

// sequence returns the data of the frames, in order, and checks their numbers.
func sequence(t *testing.T, s *Set) string {
	t.Helper()
	var data []string
	for i, f := range drain(t, s) {
		if f.Number != int64(i+1) {
			t.Errorf("frame %d has number %d", i+1, f.Number)
		}
		if want := int(f.Data[0] - 'a'); f.Capture != want {
			t.Errorf("frame %s is of capture %d", f.Data, f.Capture)
		}
		data = append(data, f.Data)
	}
	return strings.Join(data, " ")
}

func TestMergeOrder(t *testing.T) {
	for name, c := range map[string]struct {
		files [][]byte
		want  string
	}{
		"one after the other":       {[][]byte{timedFile("a", 1, 2), timedFile("b", 3, 4)}, "a0 a1 b0 b1"},
		"given the wrong way":       {[][]byte{timedFile("a", 3, 4), timedFile("b", 1, 2)}, "b0 b1 a0 a1"},
		"interleaved":               {[][]byte{timedFile("a", 1, 3, 5), timedFile("b", 2, 4, 6)}, "a0 b0 a1 b1 a2 b2"},
		"equal times":               {[][]byte{timedFile("a", 5, 5), timedFile("b", 5), timedFile("c", 5, 6)}, "a0 a1 b0 c0 c1"},
		"one inside the other":      {[][]byte{timedFile("a", 1, 9), timedFile("b", 4, 5)}, "a0 b0 b1 a1"},
		"clock running backwards":   {[][]byte{timedFile("a", 5, 2, 7), timedFile("b", 3, 6)}, "b0 a0 a1 b1 a2"},
		"backwards at the border":   {[][]byte{timedFile("a", 5, 1), timedFile("b", 5)}, "a0 a1 b0"},
		"one without packets":       {[][]byte{timedFile("a"), timedFile("b", 1)}, "b0"},
		"none with packets":         {[][]byte{timedFile("a"), timedFile("b")}, ""},
		"pieces with a common time": {[][]byte{timedFile("a", 3, 3, 4), timedFile("b", 2, 3, 3), timedFile("c", 1, 2, 2)}, "c0 c1 c2 b0 b1 b2 a0 a1 a2"},
		"three, the last is early":  {[][]byte{timedFile("a", 10), timedFile("b", 10, 11), timedFile("c", 0, 20)}, "c0 a0 b0 b1 c1"},
	} {
		for _, size := range []int{0, 1, 100} {
			s, err := OpenSet(writeFiles(t, c.files...), nil, Options{BlockSize: size})
			if err != nil {
				t.Fatal(err)
			}
			for pass := range 2 {
				if got := sequence(t, s); got != c.want {
					t.Errorf("%s, pass %d, blocks of %d: %s, want %s", name, pass, size, got, c.want)
				}
				if s.Position() != s.Size() {
					t.Errorf("%s: position %d of %d", name, s.Position(), s.Size())
				}
				if err := s.Rewind(); err != nil {
					t.Fatal(err)
				}
			}
			s.Close()
		}
	}
}

// slowMerge is the rule itself: the file goes on whose next frame is earliest, of
// several the one that began first.
func slowMerge(times [][]int64) string {
	next := make([]int, len(times))
	sooner := func(i, j int) bool {
		if a, b := times[i][next[i]], times[j][next[j]]; a != b {
			return a < b
		}
		return times[i][0] < times[j][0]
	}
	var out []string
	for {
		best := -1
		for i := range times {
			if next[i] < len(times[i]) && (best < 0 || sooner(i, best)) {
				best = i
			}
		}
		if best < 0 {
			return strings.Join(out, " ")
		}
		out = append(out, fmt.Sprintf("%c%d", 'a'+best, next[best]))
		next[best]++
	}
}

func TestMergeRandom(t *testing.T) {
	for seed := range uint64(60) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		n := 1 + rnd.IntN(24)
		times, files := make([][]int64, n), make([][]byte, n)
		for i := range files {
			at := int64(rnd.IntN(300))
			for range rnd.IntN(40) {
				at = max(0, at+int64(rnd.IntN(30)-4))
				times[i] = append(times[i], at)
			}
			files[i] = timedFile(string(rune('a'+i)), times[i]...)
		}
		s, err := OpenSet(writeFiles(t, files...), nil, Options{BlockSize: 1 + rnd.IntN(500)})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(slowMerge(times), sequence(t, s)); d != "" {
			t.Errorf("seed %d: %s", seed, d)
		}
		s.Close()
	}
}

// A ring buffer of many files: only those are open whose frames are due.
func TestFilesAreOpenOnlyWhileNeeded(t *testing.T) {
	var files [][]byte
	for i := range 300 {
		files = append(files, timedFile("a", int64(i)*10, int64(i)*10+5))
	}
	s, err := OpenSet(writeFiles(t, files...), nil, Options{BlockSize: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if n := s.open(); n != 0 {
		t.Errorf("%d open before the first frame", n)
	}
	for pass := range 2 {
		for {
			b, err := s.Next()
			if err != nil {
				break
			}
			if n := s.open(); n > 1 {
				t.Fatalf("pass %d: %d open", pass, n)
			}
			b.Release()
		}
		for _, c := range s.Captures() {
			if c.Packets != 2 || !c.Complete {
				t.Fatalf("pass %d: %+v", pass, c)
			}
		}
		if err := s.Rewind(); err != nil {
			t.Fatal(err)
		}
	}
}

// More captures at once than get blocks of full size.
func TestManyAtOnce(t *testing.T) {
	const files, packets = 60, 50
	var all [][]byte
	for i := range files {
		times := make([]int64, packets)
		for k := range times {
			times[k] = int64(k*files + i)
		}
		all = append(all, timedFile("x", times...))
	}
	s, err := OpenSet(writeFiles(t, all...), nil, Options{BlockSize: 1024})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	frames := drain(t, s)
	if len(frames) != files*packets {
		t.Fatalf("%d frames", len(frames))
	}
	for i, f := range frames {
		if f.Nanos != int64(i) || f.Capture != i%files {
			t.Fatalf("frame %d: %+v", i, f)
		}
	}
}

// A file that is gone when its turn comes is a problem of that file only.
func TestFileDisappears(t *testing.T) {
	paths := writeFiles(t, timedFile("a", 1), timedFile("b", 2), timedFile("c", 3))
	s, err := OpenSet(paths, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := os.Remove(paths[1]); err != nil {
		t.Fatal(err)
	}
	if got := sequence(t, s); got != "a0 c0" {
		t.Error(got)
	}
	if info := s.Captures()[1]; info.Count(Unreadable) != 1 || info.Complete || !info.Incomplete() {
		t.Errorf("%+v", info)
	}
}

// One damaged file of several does not end the others.
func TestDamagedAmongOthers(t *testing.T) {
	b := timedFile("b", 2, 4)
	paths := writeFiles(t, timedFile("a", 1, 5), b[:len(b)-3])
	s, err := OpenSet(paths, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got := sequence(t, s); got != "a0 b0 a1" {
		t.Error(got)
	}
	info := s.Captures()
	if p := info[1].Problems; len(p) != 1 || p[0].Kind != Cut || p[0].Capture != 1 || p[0].Path != paths[1] || p[0].Frame != 2 {
		t.Errorf("%+v", p)
	}
	if info[0].Incomplete() {
		t.Errorf("%+v", info[0])
	}
}
