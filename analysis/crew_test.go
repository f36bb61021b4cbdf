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

// marked gives out n jobs with a few IKE messages each, and counts the messages.
func marked(c *crew, n int) (next func() *job, frames *int64) {
	frames = new(int64)
	return func() *job {
		if n == 0 {
			return nil
		}
		n--
		j := c.job()
		j.reset(kept())
		for range 1 + n%3 {
			*frames++
			j.packets = append(j.packets, sealed{frame: *frames, run: -1, next: int32(len(j.messages))})
			j.messages = append(j.messages, []*ikestate.Message{{}})
		}
		return j
	}, frames
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
	for _, workers := range []int{1, 2, 3, 16} {
		sink := new(lines)
		c := newCrew(Options{Workers: workers, Sink: sink, Strict: true}, new(table))
		next, total := marked(c, 200)
		if err := c.run(next); err != nil {
			t.Fatal(err)
		}
		if want := upTo(*total); !slices.Equal(sink.got, want) {
			t.Errorf("%d workers: %d frames in the order %v", workers, len(sink.got), sink.got)
		}
		if n := len(c.spare); n > workers {
			t.Errorf("%d workers took %d jobs into use", workers, n)
		}
	}
}

// After an error of the sink nothing more is read or written.
func TestCrewStopsAfterAnError(t *testing.T) {
	for _, workers := range []int{1, 2, 16} {
		sink := &lines{fail: 5}
		c := newCrew(Options{Workers: workers, Sink: sink, Strict: true}, new(table))
		next, _ := marked(c, 1<<30)
		if err := c.run(next); !errors.Is(err, errFull) {
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
