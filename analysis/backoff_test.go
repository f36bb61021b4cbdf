package analysis

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Only packets as long as the longest count, after waits that about double.
func TestRepeated(t *testing.T) {
	const ms = 1e6
	for _, c := range []struct {
		name    string
		packets [][2]int64 // octets, and milliseconds since the one before
		want    []int64
	}{
		{"none", nil, nil},
		{"short ones", [][2]int64{{500, 0}, {500, 300}, {500, 600}}, nil},
		{"growing waits", [][2]int64{{1400, 0}, {1400, 200}, {60, 10}, {1400, 390}, {1400, 800}}, []int64{1, 2, 4, 5}},
		{"equal waits", [][2]int64{{1400, 0}, {1400, 1000}, {1400, 1000}, {1400, 1000}}, []int64{3, 4}},
		{"a long pause", [][2]int64{{1400, 0}, {1400, 200}, {1400, 400}, {1400, 9000}}, []int64{4}},
		{"a longer one", [][2]int64{{1400, 0}, {1400, 200}, {1400, 400}, {1416, 800}}, []int64{4}},
		{"a stream behind", [][2]int64{{1400, 0}, {1400, 200}, {1400, 400}, {1400, 1}, {1400, 1}}, []int64{5}},
	} {
		f, nanos := &Flow{}, int64(0)
		for i, p := range c.packets {
			nanos += p[1] * ms
			if octets := int(p[0]); octets >= f.Largest {
				f.bulky(octets, int64(i+1), nanos)
				f.Largest = octets
			}
		}
		if diff := cmp.Diff(c.want, f.Repeated()); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// A transfer costs no memory per packet.
func TestRepeatedAllocatesNothing(t *testing.T) {
	f, n := &Flow{}, int64(0)
	if got := testing.AllocsPerRun(1000, func() {
		n++
		f.bulky(1400, n, n*n*1e9)
		f.Largest = 1400
	}); got != 0 {
		t.Errorf("%g allocations a packet", got)
	}
}
