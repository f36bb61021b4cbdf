package analysis

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// turn lets workers do something one at a time, in the order of their numbers,
// which begin at 1.
type turn struct {
	looks  int // that a worker takes before it sleeps
	passed atomic.Int64
	lock   sync.Mutex
	moved  sync.Cond // passed is another
}

// maxLooks is about a millisecond. To wake a worker that sleeps takes half of one,
// longer than others need to read a block or to hand one over.
const maxLooks = 500_000

// looks is how often one of so many workers looks before it sleeps: not at all
// where a processor has others to run.
func looks(workers int) int {
	if workers <= min(runtime.GOMAXPROCS(0), runtime.NumCPU()) {
		return maxLooks
	}
	return 0
}

func newTurn(workers int) *turn {
	t := &turn{looks: looks(workers)}
	t.moved.L = &t.lock
	return t
}

// await returns when it is n's turn.
func (t *turn) await(n int64) {
	for range t.looks {
		if t.passed.Load() == n-1 {
			return
		}
	}
	t.lock.Lock()
	for t.passed.Load() != n-1 {
		t.moved.Wait()
	}
	t.lock.Unlock()
}

// pass gives the turn to the next.
func (t *turn) pass() {
	t.lock.Lock()
	t.passed.Add(1)
	t.lock.Unlock()
	t.moved.Broadcast()
}

// gate is a lock that is looked at before one sleeps.
type gate struct {
	looks int
	sync.Mutex
}

func (g *gate) enter() {
	for range g.looks {
		if g.TryLock() {
			return
		}
	}
	g.Lock()
}
