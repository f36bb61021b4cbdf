package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"testing"
	"time"
)

func TestStepsKeepTheFunction(t *testing.T) {
	for _, arity := range []int{2, 3} {
		for _, box := range []int{3, 4} {
			rng := rand.New(rand.NewPCG(uint64(arity), uint64(box)))
			want := target(box)
			start := muxTree(arity, want)
			w := newWalk(start, rng)
			for i := range 1500 {
				w.step()
				if !w.computes(want) {
					t.Fatalf("%v: step %d changed the function", key{box, arity}, i)
				}
				for g := range w.gates {
					for _, s := range w.gates[g].in[:arity] {
						if int(s) >= inputs+g {
							t.Fatalf("%v: step %d left gate %d before its input %d", key{box, arity}, i, g, s)
						}
					}
				}
			}
			if len(w.gates) >= len(start.gates) {
				t.Errorf("%v: still %d gates", key{box, arity}, len(w.gates))
			}
		}
	}
}

func TestSearchSavesWhatItFinds(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("gen", 0o777); err != nil {
		t.Fatal(err)
	}
	s := &search{found: library{}, until: time.Now().Add(300 * time.Millisecond), log: io.Discard}
	s.run(2)
	l, err := load(circuitsPath)
	if err != nil {
		t.Fatal(err)
	}
	if len(l) == 0 || fmt.Sprint(l) != fmt.Sprint(s.found) {
		t.Errorf("%d circuits were found and %d saved", len(s.found), len(l))
	}
	for k, c := range l {
		if len(c.gates) >= len(muxTree(k.arity, target(k.box)).gates) {
			t.Errorf("%v: %d gates", k, len(c.gates))
		}
	}
}
