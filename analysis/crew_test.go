package analysis

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"
	"unsafe"

	"ikescope/esp"
	"ikescope/ikestate"
	"ikescope/pcaps"
)

// lines is a sink that writes down the frame numbers it was given, and fails
// after some writes.
type lines struct {
	got    []int64
	writes int
	fail   int // which write fails; 0: none
}

var errFull = errors.New("disk full")

func (l *lines) Append(dst []byte, p Inner) []byte {
	time.Sleep(time.Duration(rand.IntN(50)) * time.Microsecond) // workers overtake each other
	return fmt.Appendf(dst, "%d ", p.Frame)
}

func (l *lines) Write(b []byte) error {
	if l.writes++; l.writes == l.fail {
		return errFull
	}
	for len(b) > 0 {
		var n int64
		fmt.Sscanf(string(b), "%d ", &n)
		l.got = append(l.got, n)
		b = b[len(fmt.Sprintf("%d ", n)):]
	}
	return nil
}

// marked gives out jobs with a few IKE messages each, and counts the messages.
type marked struct {
	left   int   // jobs
	frames int64 // that were given out
	bunch  int   // jobs that are given out together; 0: one
	held   []*job
}

func (m *marked) read() (*pcaps.Block, error) {
	if m.left == 0 {
		return nil, nil
	}
	m.left--
	return kept(), nil
}

func (m *marked) collect(b *pcaps.Block, j *job) []*job {
	if b == nil {
		out := m.held
		m.held = nil
		return out
	}
	j.reset(b)
	for range 1 + rand.IntN(3) {
		m.frames++
		j.packets = append(j.packets, sealed{frame: m.frames, run: -1, next: int32(len(j.messages))})
		j.messages = append(j.messages, []*ikestate.Message{{}})
	}
	if m.held = append(m.held, j); len(m.held) < m.bunch {
		return nil
	}
	out := m.held
	m.held = nil
	return out
}

// kept is a block that a job may release.
func kept() *pcaps.Block {
	b := new(pcaps.Block)
	b.Retain()
	b.Retain()
	return b
}

func upTo(n int64) (all []int64) {
	for i := range n {
		all = append(all, i+1)
	}
	return all
}

// Whichever worker is first, packets are handed over in capture order.
func TestCrewKeepsTheOrder(t *testing.T) {
	for i, workers := range []int{1, 2, 3, 16, 1, 2, 3, 16} {
		sink := new(lines)
		c := newCrew(Options{Workers: workers, Sink: sink, Strict: true}, new(table))
		all := &marked{left: 200, bunch: i / 4 * 7}
		if err := c.run(all); err != nil {
			t.Fatal(err)
		}
		if want := upTo(all.frames); !slices.Equal(sink.got, want) {
			t.Errorf("%d workers: %d frames in the order %v", workers, len(sink.got), sink.got)
		}
	}
}

// After an error of the sink nothing more is read or written.
func TestCrewStopsAfterAnError(t *testing.T) {
	for _, workers := range []int{1, 2, 16} {
		sink := &lines{fail: 5}
		c := newCrew(Options{Workers: workers, Sink: sink, Strict: true}, new(table))
		if err := c.run(&marked{left: 1 << 30}); !errors.Is(err, errFull) {
			t.Errorf("%d workers: error %v", workers, err)
		}
		if sink.writes != 5 {
			t.Errorf("%d workers: %d writes", workers, sink.writes)
		}
	}
}

// Workers go through what is known of packets many times.
func TestPacketsFitCacheLines(t *testing.T) {
	if strconv.IntSize == 32 {
		t.Skip("words of 32 bits")
	}
	if n := unsafe.Sizeof(sealed{}); n != 128 {
		t.Errorf("sealed has %d octets", n)
	}
	if n := unsafe.Sizeof(esp.Packet{}); n != 64 {
		t.Errorf("esp.Packet has %d octets", n)
	}
}
