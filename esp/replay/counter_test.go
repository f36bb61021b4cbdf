package replay

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// step is one call of a numbered script.
type step struct {
	seq  uint64
	want Arrival
}

// run returns the numbers from low to high as newest packets.
func run(low, high uint64) []step {
	var s []step
	for n := low; n <= high; n++ {
		s = append(s, step{n, Newest})
	}
	return s
}

func then(parts ...[]step) []step {
	var all []step
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// dropped builds the counts per window from pairs of window size and count: a
// pair holds for all smaller windows too.
func dropped(pairs ...uint64) (d [len(Windows)]uint64) {
	for i := 0; i < len(pairs); i += 2 {
		for j, w := range Windows {
			if w <= pairs[i] {
				d[j] += pairs[i+1]
			}
		}
	}
	return d
}

func TestScripts(t *testing.T) {
	for _, c := range []struct {
		name  string
		steps []step
		want  Stats
	}{
		{"1: in order", run(1, 100),
			Stats{First: 1, Last: 100, Packets: 100}},
		{"2: one packet", []step{{7, Newest}},
			Stats{First: 7, Last: 7, Packets: 1}},
		{"3: number 0", []step{{0, Newest}, {1, Newest}, {0, Duplicate}},
			Stats{First: 0, Last: 1, Packets: 3, Duplicates: 1}},
		{"4: lost", then(run(1, 10), run(14, 20)),
			Stats{First: 1, Last: 20, Packets: 17, Lost: 3}},
		{"5: lost twice", then(run(1, 2), run(4, 4), run(9, 9)),
			Stats{First: 1, Last: 9, Packets: 4, Lost: 5}},
		{"6: duplicate of the newest", then(run(1, 3), []step{{3, Duplicate}, {3, Duplicate}}),
			Stats{First: 1, Last: 3, Packets: 5, Duplicates: 2}},
		{"7: duplicate of an old one", then(run(1, 500), []step{{2, Duplicate}}),
			Stats{First: 1, Last: 500, Packets: 501, Duplicates: 1}},
		{"8: two swapped", []step{{1, Newest}, {3, Newest}, {2, Late}, {4, Newest}},
			Stats{First: 1, Last: 4, Packets: 4, OutOfOrder: 1, MaxDepth: 1}},
		{"9: late one comes twice", []step{{1, Newest}, {3, Newest}, {2, Late}, {2, Duplicate}},
			Stats{First: 1, Last: 3, Packets: 4, OutOfOrder: 1, MaxDepth: 1, Duplicates: 1}},
		{"10: hole filled from the left", []step{{1, Newest}, {6, Newest}, {2, Late}, {3, Late}, {2, Duplicate}, {4, Late}, {5, Late}},
			Stats{First: 1, Last: 6, Packets: 7, OutOfOrder: 4, MaxDepth: 4, Duplicates: 1}},
		{"11: hole filled from the right", []step{{1, Newest}, {6, Newest}, {5, Late}, {4, Late}, {3, Late}, {2, Late}, {3, Duplicate}},
			Stats{First: 1, Last: 6, Packets: 7, OutOfOrder: 4, MaxDepth: 4, Duplicates: 1}},
		{"12: hole split", []step{{1, Newest}, {7, Newest}, {4, Late}, {4, Duplicate}, {3, Late}, {5, Late}, {6, Late}, {2, Late}, {1, Duplicate}},
			Stats{First: 1, Last: 7, Packets: 9, OutOfOrder: 5, MaxDepth: 5, Duplicates: 2}},
		{"13: 31 behind fits a window of 32", then(run(1, 1), run(3, 33), []step{{2, Late}}),
			Stats{First: 1, Last: 33, Packets: 33, OutOfOrder: 1, MaxDepth: 31}},
		{"14: 32 behind does not", then(run(1, 1), run(3, 34), []step{{2, Late}}),
			Stats{First: 1, Last: 34, Packets: 34, OutOfOrder: 1, MaxDepth: 32, Dropped: dropped(32, 1)}},
		{"15: 63 and 64 behind", then(run(1, 1), run(4, 66), []step{{3, Late}, {2, Late}}),
			Stats{First: 1, Last: 66, Packets: 66, OutOfOrder: 2, MaxDepth: 64, Dropped: dropped(32, 1, 64, 1)}},
		{"16: 8191 behind", then(run(1, 1), run(3, 8193), []step{{2, Late}}),
			Stats{First: 1, Last: 8193, Packets: 8193, OutOfOrder: 1, MaxDepth: 8191, Dropped: dropped(4096, 1)}},
		{"17: 8192 behind", then(run(1, 1), run(3, 8194), []step{{2, Late}}),
			Stats{First: 1, Last: 8194, Packets: 8194, OutOfOrder: 1, MaxDepth: 8192, Dropped: dropped(8192, 1)}},
		{"18: a jump, then what it left out", []step{{1, Newest}, {10_000, Newest}, {2, Late}, {9_999, Late}},
			Stats{First: 1, Last: 10_000, Packets: 4, Lost: 9_996, OutOfOrder: 2, MaxDepth: 9_998, Dropped: dropped(8192, 1)}},
		{"19: the first packet was early", []step{{10, Newest}, {8, Late}, {9, Late}, {11, Newest}, {8, Duplicate}},
			Stats{First: 8, Last: 11, Packets: 5, OutOfOrder: 2, MaxDepth: 2, Duplicates: 1}},
		{"20: early by more", []step{{100, Newest}, {60, Late}, {99, Late}},
			Stats{First: 60, Last: 100, Packets: 3, Lost: 38, OutOfOrder: 2, MaxDepth: 40, Dropped: dropped(32, 1)}},
		{"21: replay from before the capture", []step{{20_000, Newest}, {5, Stale}, {20_001, Newest}},
			Stats{First: 20_000, Last: 20_001, Packets: 3, Stale: 1, Dropped: dropped(8192, 1)}},
		{"22: the largest step that makes a new first", []step{{30_000, Newest}, {30_000 - 8192, Late}, {30_000 - 8192 - 8193, Stale}},
			Stats{First: 21_808, Last: 30_000, Packets: 3, Lost: 8191, OutOfOrder: 1, MaxDepth: 8192, Stale: 1, Dropped: dropped(8192, 2)}},
		{"23: across the 32-bit wrap", run(1<<32-3, 1<<32+3),
			Stats{First: 1<<32 - 3, Last: 1<<32 + 3, Packets: 7}},
		{"24: the end of all numbers", []step{{1<<64 - 2, Newest}, {1<<64 - 1, Newest}, {1<<64 - 2, Duplicate}},
			Stats{First: 1<<64 - 2, Last: 1<<64 - 1, Packets: 3, Duplicates: 1}},
		{"25: from one end to the other", []step{{0, Newest}, {1<<64 - 1, Newest}, {5, Late}},
			Stats{Last: 1<<64 - 1, Packets: 3, Lost: 1<<64 - 3, OutOfOrder: 1, MaxDepth: 1<<64 - 6, Dropped: dropped(8192, 1)}},
	} {
		var k Counter
		for i, s := range c.steps {
			if got := k.Add(s.seq); got != s.want {
				t.Errorf("%s: step %d: %d is %v, want %v", c.name, i+1, s.seq, got, s.want)
			}
		}
		if d := cmp.Diff(c.want, k.Stats()); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

// model counts with unbounded memory; what a window of w packets drops is
// what lies outside the last w numbers (RFC 4303, section 3.4.3).
type model struct {
	seen    map[uint64]bool
	highest uint64
	stats   Stats
}

func (m *model) add(seq uint64) {
	m.stats.Packets++
	if m.seen[seq] {
		m.stats.Duplicates++
		return
	}
	if len(m.seen) > 0 && seq < m.highest {
		m.stats.OutOfOrder++
		m.stats.MaxDepth = max(m.stats.MaxDepth, m.highest-seq)
		for i, w := range Windows {
			if seq+w <= m.highest {
				m.stats.Dropped[i]++
			}
		}
	}
	if len(m.seen) == 0 || seq < m.stats.First {
		m.stats.First = seq
	}
	m.seen[seq] = true
	m.highest = max(m.highest, seq)
	m.stats.Last = m.highest
	m.stats.Lost = m.stats.Last - m.stats.First + 1 - uint64(len(m.seen))
}

// Random traffic with loss, duplication and reordering of every depth must
// count the same as the model, as long as the holes fit.
func TestAgainstModel(t *testing.T) {
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 1))
		m := model{seen: map[uint64]bool{}}
		var c Counter
		next := uint64(5000)
		for range 3000 {
			seq := next
			switch rng.IntN(20) {
			case 0:
				next += rng.Uint64N(1 + seed)
			case 1:
				seq -= rng.Uint64N(100)
			case 2:
				seq -= rng.Uint64N(1000)
			default:
				next++
			}
			m.add(seq)
			c.Add(seq)
		}
		if d := cmp.Diff(m.stats, c.Stats()); d != "" {
			t.Fatalf("seed %d: %s", seed, d)
		}
		checkHoles(t, &c)
	}
}

// checkHoles verifies that the holes are in order, apart, within the seen
// numbers, and no more than their bound; and that they add up to what is lost.
func checkHoles(t *testing.T, c *Counter) {
	t.Helper()
	if len(c.holes.runs) > maxHoles {
		t.Fatalf("%d holes", len(c.holes.runs))
	}
	missing, after := uint64(0), c.stats.First
	for _, r := range c.holes.runs {
		if r.low > r.high || r.low <= after || r.high >= c.stats.Last {
			t.Fatalf("hole %v after %d, last %d", r, after, c.stats.Last)
		}
		missing += r.high - r.low + 1
		after = r.high + 1
	}
	if missing > c.stats.Lost || c.holes.forgotten == 0 && missing != c.stats.Lost {
		t.Fatalf("%d missing, %d lost", missing, c.stats.Lost)
	}
}

// Every second packet is lost: memory stays bounded, what is forgotten stays
// lost and is Stale when it comes.
func TestManyHoles(t *testing.T) {
	var c Counter
	const n = 100_000
	for i := uint64(0); i < n; i++ {
		c.Add(2 * i)
	}
	checkHoles(t, &c)
	if s := c.Stats(); s.Lost != n-1 || s.Packets != n {
		t.Errorf("%+v", s)
	}
	if a := c.Add(101); a != Stale {
		t.Errorf("a forgotten number: %v", a)
	}
	if a := c.Add(2*n - 3); a != Late {
		t.Errorf("a remembered one: %v", a)
	}
	if s := c.Stats(); s.Lost != n-2 || s.Stale != 1 || s.OutOfOrder != 1 {
		t.Errorf("%+v", s)
	}
}

// A full list is split, extended at the front, and at its first hole.
func TestFullList(t *testing.T) {
	full := func() *Counter {
		var c Counter
		for i := range uint64(maxHoles + 1) {
			c.Add(100_000 + 10*i)
		}
		if len(c.holes.runs) != maxHoles {
			t.Fatalf("%d holes", len(c.holes.runs))
		}
		return &c
	}
	c := full()
	for _, s := range []step{{100_505, Late}, {100_001, Stale}, {100_503, Late}, {100_507, Late}, {100_505, Duplicate}} {
		if a := c.Add(s.seq); a != s.want {
			t.Errorf("split: %d is %v, want %v", s.seq, a, s.want)
		}
		checkHoles(t, c)
	}
	c = full()
	for _, s := range []step{{100_005, Late}, {100_003, Stale}, {100_007, Late}} {
		if a := c.Add(s.seq); a != s.want {
			t.Errorf("split of the first: %d is %v, want %v", s.seq, a, s.want)
		}
		checkHoles(t, c)
	}
	c = full()
	for _, s := range []step{{99_000, Late}, {99_500, Stale}, {100_005, Late}, {100_000, Stale}} {
		if a := c.Add(s.seq); a != s.want {
			t.Errorf("new first: %d is %v, want %v", s.seq, a, s.want)
		}
	}
}

func TestAddDoesNotAllocate(t *testing.T) {
	var c Counter
	n := uint64(0)
	if a := testing.AllocsPerRun(1000, func() { n++; c.Add(n) }); a != 0 {
		t.Errorf("%v allocations", a)
	}
}

func FuzzCounter(f *testing.F) {
	f.Add([]byte{1, 2, 3, 0, 255, 7, 7})
	f.Add([]byte{200, 0, 200, 1, 100, 50})
	f.Fuzz(func(t *testing.T, steps []byte) {
		m := model{seen: map[uint64]bool{}}
		var c Counter
		at := uint64(1 << 20)
		for i, b := range steps {
			if b < 128 {
				at += uint64(b) * uint64(i%3)
			} else {
				at -= uint64(b - 128)
			}
			m.add(at)
			c.Add(at)
		}
		checkHoles(t, &c)
		if len(steps) > 0 && c.Stats().Stale == 0 && c.holes.forgotten == 0 && c.Stats() != m.stats {
			t.Fatal(cmp.Diff(m.stats, c.Stats()))
		}
	})
}

func BenchmarkAdd(b *testing.B) {
	for _, loss := range []int{0, 1, 20} {
		b.Run([]string{"in order", "1 % lost", 20: "20 % lost"}[loss], func(b *testing.B) {
			rng := rand.New(rand.NewPCG(1, 1))
			var c Counter
			seq := uint64(0)
			for b.Loop() {
				seq++
				if rng.IntN(100) >= loss {
					c.Add(seq)
				}
			}
		})
	}
}
