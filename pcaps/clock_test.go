package pcaps

import (
	"math"
	mathbig "math/big"
	"math/rand/v2"
	"testing"
)

// exactNanos computes what clock does with numbers of any size.
func exactNanos(stamp uint64, r Resolution, offset int64) int64 {
	v := new(mathbig.Int).SetUint64(stamp)
	v.Mul(v, mathbig.NewInt(1e9))
	base := int64(10)
	if r&0x80 != 0 {
		base = 2
	}
	v.Quo(v, new(mathbig.Int).Exp(mathbig.NewInt(base), mathbig.NewInt(int64(r&0x7f)), nil))
	v = saturated(v)
	off := saturated(new(mathbig.Int).Mul(mathbig.NewInt(offset), mathbig.NewInt(1e9)))
	return saturated(v.Add(v, off)).Int64()
}

func saturated(v *mathbig.Int) *mathbig.Int {
	for _, limit := range []int64{math.MaxInt64, math.MinInt64} {
		if l := mathbig.NewInt(limit); v.Cmp(l)*int(limit>>63|1) > 0 {
			return l
		}
	}
	return v
}

func TestClockExact(t *testing.T) {
	stamps := []uint64{0, 1, 999, 1700000000123456, 1<<32 - 1, 1 << 62, 1<<64 - 1}
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		stamps = append(stamps, rnd.Uint64()>>rnd.IntN(64))
	}
	offsets := []int64{0, 1, -1, 3600, 1 << 40, math.MaxInt64, math.MinInt64}
	for r := range 256 {
		for _, offset := range offsets {
			c := newClock(Resolution(r), offset)
			for _, stamp := range stamps {
				if got, want := c.nanos(stamp), exactNanos(stamp, Resolution(r), offset); got != want {
					t.Fatalf("%d in %v, offset %d: %d, want %d", stamp, Resolution(r), offset, got, want)
				}
			}
		}
	}
}

func TestResolutionNames(t *testing.T) {
	for r, want := range map[Resolution]string{6: "10^-6 s", 0: "10^-0 s", 0x80 | 20: "2^-20 s", 0xff: "2^-127 s"} {
		if r.String() != want {
			t.Errorf("%#x: %s", uint8(r), r)
		}
	}
}
