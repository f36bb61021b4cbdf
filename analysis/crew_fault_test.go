package analysis

import (
	"errors"
	"testing"

	"ikescope/ikestate"
	"ikescope/pcaps"
)

// faultyFeed gives out jobs and panics where a test says.
type faultyFeed struct {
	marked
	at            string
	n             int // calls before the panic
	reads, faults int
}

// call panics in its turn.
func (f *faultyFeed) call(what string) {
	if what != f.at {
		return
	}
	if f.n--; f.n < 0 {
		f.faults++
		panic(what + ": impossible")
	}
}

func (f *faultyFeed) read() (*pcaps.Block, error) {
	f.reads++
	f.call("read")
	return f.marked.read()
}

func (f *faultyFeed) collect(b *pcaps.Block, j *job) []*job {
	f.call("collect")
	jobs := f.marked.collect(b, j)
	for _, j := range jobs {
		if f.at == "open" {
			j.runs = append(j.runs, run{sa: new(SA)}) // without a flow
		}
		if f.at == "number" {
			j.packets[0].flow, j.packets[0].run = nil, 5
			j.runs = append(j.runs, run{})
		}
	}
	return jobs
}

// A fault between the packets ends the work with an error, and nobody waits for ever.
func TestFaultsOfTheCrew(t *testing.T) {
	for _, at := range []string{"read", "collect", "number", "open"} {
		for _, workers := range []int{1, 2, 16} {
			f := &faultyFeed{marked: marked{left: 1 << 30}, at: at, n: 7}
			c := newCrew(Options{Workers: workers, Sink: new(lines)}, new(table))
			c.ike = map[int64][]*ikestate.Message{}
			if err := c.run(f); !errors.Is(err, ErrInternal) {
				t.Errorf("%s, %d workers: error %v", at, workers, err)
			}
			if at == "read" && f.faults != 1 {
				t.Errorf("%d workers: read again after a fault", workers)
			}
		}
	}
}
