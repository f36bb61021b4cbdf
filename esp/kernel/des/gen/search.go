package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"time"
)

// patience is how many steps an attempt goes on without finding a smaller
// circuit, by the inputs of a gate.
var patience = [4]int{2: 2_000_000, 3: 300_000}

// slack is how many gates more than its best an attempt may have on its way.
const slack = 1

// search looks for smaller circuits until the time is over, on as many
// goroutines as asked, and saves each that it finds.
type search struct {
	found library
	until time.Time
	log   io.Writer
	mu    sync.Mutex
	next  int
}

func (s *search) run(workers int) {
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for time.Now().Before(s.until) {
				s.attempt(s.start())
			}
		})
	}
	wg.Wait()
}

// start picks a circuit to start from: in turn for each S-box and arity, the
// best so far or a new one.
func (s *search) start() (key, circuit, *rand.Rand) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := key{s.next % 8, 3 - s.next/8%2}
	rng := rand.New(rand.NewPCG(rand.Uint64(), uint64(s.next)))
	c, ok := s.found[k]
	if !ok || s.next/16%2 == 0 {
		c = muxTree(k.arity, target(k.box))
	}
	s.next++
	return k, c.clone(), rng
}

// attempt walks until nothing smaller was found for a while.
func (s *search) attempt(k key, c circuit, rng *rand.Rand) {
	w := newWalk(c, rng)
	best := w.clone()
	for idle := 0; idle < patience[k.arity] && (idle%1024 != 0 || time.Now().Before(s.until)); idle++ {
		before := w.clone()
		w.step()
		switch n := len(w.gates); {
		case n > len(best.gates)+slack:
			*w = *newWalk(before, rng)
		case n < len(best.gates):
			idle = 0
			fallthrough
		case n == len(best.gates):
			best = w.clone()
		}
	}
	s.keep(k, best)
}

func (s *search) keep(k key, c circuit) {
	if !c.computes(target(k.box)) {
		panic("des/gen: a step changed what the circuit computes")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old, ok := s.found[k]
	fmt.Fprintf(s.log, "%v: %d gates, best %d\n", k, len(c.gates), len(old.gates))
	if !ok || len(c.gates) < len(old.gates) {
		s.found[k] = c
		if err := s.found.save(circuitsPath); err != nil {
			fmt.Fprintln(s.log, err)
		}
	}
}
