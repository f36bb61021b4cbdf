package pcaps

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRewind(t *testing.T) {
	for _, path := range realCaptures {
		s, err := OpenSet([]string{path}, nil, Options{BlockSize: 9000})
		if err != nil {
			t.Fatal(err)
		}
		b, err := s.Next() // a pass that is not finished
		if err != nil {
			t.Fatal(err)
		}
		b.Release()
		var want []got
		for pass := range 3 {
			if err := s.Rewind(); err != nil {
				t.Fatal(err)
			}
			if s.Position() != 0 {
				t.Errorf("position %d", s.Position())
			}
			frames := drain(t, s)
			if pass == 0 {
				want = frames
			}
			if d := cmp.Diff(want, frames); d != "" {
				t.Error(d)
			}
			if info := s.Captures()[0]; info.Packets != int64(len(want)) || !info.Complete {
				t.Errorf("%+v", info)
			}
		}
		if _, err := s.Next(); err != io.EOF {
			t.Errorf("after the end: %v", err)
		}
		s.Close()
		if _, err := s.Next(); !errors.Is(err, os.ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
		if err := s.Rewind(); !errors.Is(err, os.ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
	}
}

// manyPackets is a capture of n packets of size octets, each with its number.
func manyPackets(f Format, n, size int) []byte {
	var out bytes.Buffer
	w := NewWriter(&out, f, WriterOptions{})
	i, _ := w.AddInterface(Interface{Link: LinkRaw})
	for k := range n {
		if err := w.Write(i, int64(k), fmt.Appendf(nil, "%0*d", size, k)); err != nil {
			panic(err)
		}
	}
	w.Flush()
	return out.Bytes()
}

// Reading allocates nothing once the first blocks are there.
func TestNextAllocs(t *testing.T) {
	for _, f := range []Format{FormatPcap, FormatPcapng} {
		s, err := openBytes(manyPackets(f, 60000, 100), false, Options{BlockSize: 64 << 10})
		if err != nil {
			t.Fatal(err)
		}
		next := func() {
			b, err := s.Next()
			if err != nil {
				t.Fatal(err)
			}
			b.Release()
		}
		for range 5 {
			next()
		}
		if n := testing.AllocsPerRun(50, next); n != 0 {
			t.Errorf("%v: %v allocations for a block", f, n)
		}
		s.Close()
	}
}

// So does reading what two files hold in turns.
func TestMergeAllocs(t *testing.T) {
	file := manyPackets(FormatPcapng, 30000, 100)
	s, err := OpenSet(writeFiles(t, file, file), nil, Options{BlockSize: 64 << 10})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	next := func() {
		b, err := s.Next()
		if err != nil {
			t.Fatal(err)
		}
		b.Release()
	}
	for range 10 {
		next()
	}
	if n := testing.AllocsPerRun(50, next); n != 0 {
		t.Errorf("%v allocations for a block", n)
	}
}

// The frames of a block stay as they are while others are read, released and
// asked about, on other goroutines. Run with -race.
func TestBlocksInFlight(t *testing.T) {
	const packets, size = 20000, 120
	file := manyPackets(FormatPcapng, packets, size)
	s, err := OpenSet(writeFiles(t, file, file), nil, Options{BlockSize: 32 << 10})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	blocks := make(chan *Block, 3)
	var workers sync.WaitGroup
	for range 2 {
		workers.Go(func() {
			for b := range blocks {
				checkNumbers(t, b, size)
				b.Release()
			}
		})
	}
	for {
		b, err := s.Next()
		if err == io.EOF {
			break
		}
		b.Retain() // one for each worker that checks it
		blocks <- b
		blocks <- b
		if s.Captures()[0].Packets == 0 || s.Position() == 0 {
			t.Error("nothing was counted")
		}
	}
	close(blocks)
	workers.Wait()
	if a, b := s.Captures()[0], s.Captures()[1]; a.Packets != packets || b.Packets != packets {
		t.Errorf("%d and %d packets", a.Packets, b.Packets)
	}
}

func checkNumbers(t *testing.T, b *Block, size int) {
	for _, f := range b.Frames {
		if want := fmt.Sprintf("%0*d", size, f.Nanos); string(f.Data) != want {
			t.Errorf("frame %d of time %d holds %s", f.Number, f.Nanos, f.Data)
			return
		}
	}
}

func TestReleaseTwice(t *testing.T) {
	s, err := openBytes(cat(leHeader(), leRecord("abc")), false, Options{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := s.Next()
	if err != nil {
		t.Fatal(err)
	}
	b.Release()
	defer func() {
		if r := fmt.Sprint(recover()); !strings.HasPrefix(r, "pcaps: ") {
			t.Errorf("recovered %q", r)
		}
	}()
	b.Release()
}

// Memory in use does not grow with the file: every block comes back.
func TestMemoryIsRecycled(t *testing.T) {
	s, err := openBytes(manyPackets(FormatPcap, 50000, 100), false, Options{BlockSize: 16 << 10})
	if err != nil {
		t.Fatal(err)
	}
	drain(t, s)
	defer s.Close()
	var kept int
	for _, list := range s.pool.free {
		kept += len(list)
	}
	if kept > 4 || len(s.pool.blocks) > 3 {
		t.Errorf("%d pieces of memory and %d blocks", kept, len(s.pool.blocks))
	}
}

// The problems of a kind are kept up to a number, and counted beyond it.
func TestProblemsAreBounded(t *testing.T) {
	file := cat(leHeader(), bytes.Repeat(leRecord(""), 1000), bytes.Repeat(classicRecord(little, 1, 1, 2, 1, "ab"), 7))
	_, info := readAll(t, file, 0)
	if info.Count(EmptyRecord) != 1000 || info.Count(LengthMismatch) != 7 || len(info.Problems) != MaxProblems+7 {
		t.Errorf("%d, %d, %d", info.Count(EmptyRecord), info.Count(LengthMismatch), len(info.Problems))
	}
	if info.Count(Kind(200)) != 0 || Kind(200).String() != "problem 200" {
		t.Error("unknown kind")
	}
}

// Every kind has its texts, and no place in them stays open.
func TestKindTexts(t *testing.T) {
	for k := range kindCount {
		text := fillText(kindText[k].text, &Problem{Kind: k}, 1, 2)
		if k.String() == "" || kindText[k].field == "" || text == "" || strings.ContainsAny(text, "{}") {
			t.Errorf("%d: %q, %q", k, k.String(), text)
		}
	}
}
