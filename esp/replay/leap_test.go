package replay

import "testing"

func TestLeap(t *testing.T) {
	for _, c := range []struct {
		name          string
		highest, n    uint64
		before, after Leap
		want          bool
	}{
		{"the next", 5, 6, Leap{}, Leap{}, true},
		{"a late one", 5, 1, Leap{}, Leap{}, true},
		{"as far as may be", 5, 105, Leap{}, Leap{}, true},
		{"further", 5, 106, Leap{}, Leap{106, true}, false},
		{"further, then in line", 5, 6, Leap{106, true}, Leap{106, false}, true},
		{"further, then late", 5, 4, Leap{106, true}, Leap{106, false}, true},
		{"twice", 5, 107, Leap{106, true}, Leap{106, false}, true},
		{"twice the same", 5, 106, Leap{106, true}, Leap{106, false}, true},
		{"twice, the lower one last", 5, 200, Leap{300, true}, Leap{300, false}, true},
		{"twice, far from each other", 5, 1000, Leap{106, true}, Leap{1000, true}, false},
		{"to the end of all numbers", 5, 1<<64 - 1, Leap{}, Leap{1<<64 - 1, true}, false},
	} {
		l := c.before
		if got := l.Believes(c.highest, c.n, 100); got != c.want || l != c.after {
			t.Errorf("%s: %v, %+v", c.name, got, l)
		}
	}
}

// One packet with a made-up number costs itself; two that agree are a sender that
// went on.
func TestExtenderAfterForgedNumbers(t *testing.T) {
	for _, forged := range []uint32{1<<32 - 16, 1 << 31, 3 << 30, 1<<31 + 5000} {
		var e Extender
		for low := uint32(1000); low < 1100; low++ {
			if got := e.Next(low); got != uint64(low) {
				t.Fatalf("after %#x: %d is %#x", forged, low, got)
			}
			if low%10 == 0 {
				e.Next(forged)
			}
		}
	}
	e := StartNear(7<<32 + 50)
	for i, want := range []uint64{6<<32 + 1<<32 - 16, 7<<32 + 1, 7<<32 + 2, 7<<32 + 1<<30, 7<<32 + 1<<30 + 1, 7<<32 + 2<<30, 7<<32 + 2<<30 + 1, 7<<32 + 3<<30, 7<<32 + 3<<30 + 1, 8 << 32, 8<<32 + 1} {
		if got := e.Next(uint32(want)); got != want {
			t.Errorf("step %d: %#x, want %#x", i+1, got, want)
		}
	}
}
