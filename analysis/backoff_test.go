package analysis

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sent is a packet: its time in milliseconds, and its octets.
type sent struct{ ms, octets int64 }

// every are packets of 1,400 octets at times in milliseconds.
func every(ms ...int64) (ps []sent) {
	for _, t := range ms {
		ps = append(ps, sent{t, 1400})
	}
	return ps
}

// retried are the times of a packet sent at a time, and of n repetitions of which
// the first comes after a wait.
func retried(at, wait int64, n int) (ms []int64) {
	ms = []int64{at}
	for range n {
		at += wait
		wait *= 2
		ms = append(ms, at)
	}
	return ms
}

// Only packets as long as the longest count, after waits that about double. The
// frame numbers are places in the order of time.
func TestRepeated(t *testing.T) {
	for _, c := range []struct {
		name    string
		packets []sent
		want    [][]int64
	}{
		{"none", nil, nil},
		{"short ones", []sent{{0, 500}, {300, 500}, {900, 500}, {2100, 500}, {4500, 500}, {9300, 500}}, nil},
		{"growing waits", append(every(0, 200, 600, 1400, 3000), sent{210, 60}), [][]int64{{1, 2, 4, 5, 6}}},
		{"too few", every(0, 200, 600, 1400), nil},
		{"a first window", every(0, 1, 2, 3, 203, 603, 1403, 3003), [][]int64{{4, 5, 6, 7, 8}}},
		{"equal waits", every(0, 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000), nil},
		{"equal waits for long", every(slices.Collect(func(yield func(int64) bool) {
			for i := int64(0); i < 60 && yield(i*1000); i++ {
			}
		})...), nil},
		{"a long pause", every(0, 200, 600, 1400, 3000, 60000), [][]int64{{1, 2, 3, 4, 5}}},
		{"large ones go on", every(0, 200, 600, 1400, 3000, 60000, 65000), nil},
		{"a longer one", append(every(0, 200, 600, 1400, 3000), sent{6200, 1416}), nil},
		{"a stream behind", every(0, 200, 600, 1400, 3000, 3001, 3002), nil},
		{"a stream with pauses", every(0, 10, 20, 30, 330, 340, 350, 360, 370, 380, 390, 400, 410, 420, 1000, 1010, 1020, 1030, 1040, 1050, 1060, 1070, 1080, 1090, 1100), nil},
		{"opened together", every(0, 3, 6, 200, 203, 206, 600, 603, 606, 1400, 1403, 1406, 3000, 3003, 3006), [][]int64{{3, 4, 7, 10, 13}}},
		{"one after the other", every(slices.Concat(retried(0, 200, 5), retried(1700, 250, 5), retried(2500, 300, 4))...), [][]int64{{1, 2, 3, 4, 10, 15}, {5, 6, 7, 12, 14, 17}, {8, 9, 11, 13, 16}}},
		{"a probe before the first repetition", every(0, 250, 600, 1300, 2700, 5500, 11100, 22300, 44700), [][]int64{{4, 5, 6, 7, 8, 9}}},
		{"two, of which one helped", every(slices.Concat(retried(0, 200, 6), retried(5000, 300, 1), []int64{5310, 5320})...), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			slices.SortStableFunc(c.packets, func(a, b sent) int { return int(a.ms - b.ms) })
			f := &Flow{}
			for i, p := range c.packets {
				if octets := int(p.octets); octets >= f.Largest {
					f.bulky(octets, int64(i+1), p.ms*1e6)
					f.Largest = octets
				}
			}
			if diff := cmp.Diff(c.want, f.Repeated()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A transfer costs no memory per packet.
func TestRepeatedAllocatesNothing(t *testing.T) {
	f, n := &Flow{}, int64(0)
	for range 10 {
		n++
		f.bulky(1400, n, n*n*1e9)
		f.Largest = 1400
	}
	if got := testing.AllocsPerRun(1000, func() {
		n++
		f.bulky(1400, n, n*n*1e9)
	}); got != 0 {
		t.Errorf("%g allocations a packet", got)
	}
}
