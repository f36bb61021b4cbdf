package replay

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func counterOf(seqs []uint64) *Counter {
	c := new(Counter)
	for _, n := range seqs {
		c.Add(n)
	}
	return c
}

func TestFollow(t *testing.T) {
	span := func(low, high uint64) (s []uint64) {
		for n := low; n <= high; n++ {
			s = append(s, n)
		}
		return s
	}
	for _, c := range []struct {
		name          string
		first, second []uint64
	}{
		{"on", span(1, 50), span(51, 90)},
		{"after a gap", span(1, 50), span(61, 90)},
		{"one packet", span(1, 50), span(51, 51)},
		{"losses on both sides", append(span(1, 20), span(25, 50)...), append(span(52, 60), span(65, 90)...)},
		{"the last ones late", append(span(1, 47), span(51, 60)...), append(span(48, 50), span(61, 90)...)},
		{"all late", append(span(1, 20), span(61, 90)...), span(21, 60)},
		{"duplicates", span(1, 50), append(span(49, 60), 59, 60)},
		{"below the first", span(100, 150), span(90, 99)},
		{"back again", append(span(1, 50), span(101, 150)...), append(span(51, 100), span(151, 170)...)},
	} {
		got := counterOf(c.first)
		got.Follow(counterOf(c.second), 0)
		want := counterOf(append(append([]uint64(nil), c.first...), c.second...)).Stats()
		g := got.Stats()
		g.MaxDepth, want.MaxDepth = 0, 0 // a late packet in the second may be late in another way
		if d := cmp.Diff(want, g); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

// Numbers of the second Counter may have lost their high half.
func TestFollowShifted(t *testing.T) {
	c := counterOf([]uint64{1<<32 - 2, 1<<32 - 1, 1 << 32})
	c.Follow(counterOf([]uint64{1, 2, 4}), 1<<32)
	if s := c.Stats(); s.First != 1<<32-2 || s.Last != 1<<32+4 || s.Lost != 1 || s.Packets != 6 {
		t.Errorf("%+v", s)
	}
}

// Whatever two Counters hold, to put one behind the other ends soon, and no number
// is below nothing.
func TestFollowAnything(t *testing.T) {
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 3))
		var both [2]Counter
		for i := range both {
			at := rng.Uint64N(1 << 40)
			for range rng.IntN(5000) + 1 {
				at += rng.Uint64N(1 << (1 + seed%30))
				both[i].Add(at - min(at, rng.Uint64N(50)))
			}
		}
		want := both[0].Stats().Packets + both[1].Stats().Packets
		both[0].Follow(&both[1], rng.Uint64N(2)<<32)
		if s := both[0].Stats(); s.Packets != want || s.Lost > s.Last-s.First || s.First > s.Last {
			t.Fatalf("seed %d: %+v", seed, s)
		}
		checkHoles(t, &both[0])
	}
}
