package replay

import (
	"math/rand/v2"
	"testing"
)

// Numbered scripts over the cases of RFC 4303, appendix A2.2. Each pair is a
// low half as received and the extended number it must become.
func TestExtender(t *testing.T) {
	const span = 1 << 32
	type pair struct {
		low  uint32
		want uint64
	}
	for _, c := range []struct {
		name  string
		start Extender
		pairs []pair
	}{
		{"1: from the start", Extender{}, []pair{{1, 1}, {2, 2}, {3, 3}}},
		{"2: case A, inside the window", Extender{}, []pair{{100_000, 100_000}, {99_000, 99_000}, {100_001, 100_001}}},
		{"3: case A, wrap", StartAt(0), []pair{{1<<32 - 2, 1<<32 - 2}, {1<<32 - 1, 1<<32 - 1}, {0, span}, {1, span + 1}}},
		{"4: case B, before the wrap", StartAt(0), []pair{{1<<32 - 1, 1<<32 - 1}, {5, span + 5}, {1<<32 - 3, 1<<32 - 3}, {6, span + 6}}},
		{"5: second wrap", StartAt(1), []pair{{1<<32 - 1, 2*span - 1}, {0, 2 * span}, {1<<32 - 1, 2*span - 1}, {1, 2*span + 1}}},
		{"6: nothing before number 0", Extender{}, []pair{{5, 5}, {1<<32 - 10, 1<<32 - 10}}},
		{"7: the first may be anything", Extender{}, []pair{{1<<32 - 1, 1<<32 - 1}, {3, span + 3}}},
		{"8: high half known", StartAt(68), []pair{{6, 68*span + 6}, {5, 68*span + 5}}},
		{"9: a stray packet does not lead away", Extender{}, []pair{{1000, 1000}, {1 << 31, 1 << 31}, {1001, 1001}, {1002, 1002}}},
		{"10: a replay does not lead away", StartAt(3), []pair{{1 << 30, 3*span + 1<<30}, {7, 3*span + 7}, {1<<30 + 1, 3*span + 1<<30 + 1}}},
		{"11: the far edge of the window", Extender{}, []pair{{1 << 31, 1 << 31}, {1, 1}, {0, 0}}},
		{"12: at the end of all numbers", StartAt(1<<32 - 1), []pair{{1<<32 - 1, 1<<64 - 1}, {1<<32 - 2, 1<<64 - 2}}},
	} {
		e := c.start
		for i, p := range c.pairs {
			if got := e.Next(p.low); got != p.want {
				t.Errorf("%s: step %d: %d is %#x, want %#x", c.name, i+1, p.low, got, p.want)
			}
		}
	}
}

// A sender that counts over several wraps through a network that drops and
// reorders: every number comes back.
func TestExtenderOverManyWraps(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var e Extender
	sent := uint64(1)
	for range 100_000 {
		sent += rng.Uint64N(1 << 20)
		seq := sent - min(sent-1, rng.Uint64N(1<<16))
		if got := e.Next(uint32(seq)); got != seq {
			t.Fatalf("%#x, want %#x", got, seq)
		}
	}
	if sent < 5<<32 {
		t.Errorf("only up to %#x", sent)
	}
}

func FuzzExtender(f *testing.F) {
	f.Add(uint32(0), uint32(1), uint32(2), uint32(1<<32-1))
	f.Add(uint32(1<<32-1), uint32(1<<32-1), uint32(0), uint32(1<<31))
	f.Fuzz(func(t *testing.T, high, a, b, c uint32) {
		e := StartAt(high)
		for _, low := range []uint32{a, b, c} {
			if n := e.Next(low); uint32(n) != low {
				t.Fatalf("%#x does not end with %#x", n, low)
			}
		}
	})
}
