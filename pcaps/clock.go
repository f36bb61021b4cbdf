package pcaps

import (
	"math"
	"math/bits"
	"strconv"
)

// Resolution is the pcapng option if_tsresol: the unit of time stamps is
// 10^-n seconds, or 2^-n when the highest bit is set and n the other bits.
type Resolution uint8

// Resolutions of classic pcap, and the default and usual ones of pcapng.
const (
	Microseconds Resolution = 6
	Nanoseconds  Resolution = 9
)

// String returns "10^-6 s" or "2^-20 s".
func (r Resolution) String() string {
	base := "10^-"
	if r&0x80 != 0 {
		base = "2^-"
	}
	return base + strconv.Itoa(int(r&0x7f)) + " s"
}

// clock turns time stamps of one interface into nanoseconds:
// stamp * mul / div >> shift, plus offset.
type clock struct {
	mul, div uint64
	shift    uint
	offset   int64
}

// newClock prepares for time stamps in units of r to which offset seconds are
// added. Every resolution has a clock: units below 2^-64 s give zero, and what
// does not fit is saturated.
func newClock(r Resolution, offset int64) clock {
	c := clock{mul: 1, div: 1, offset: mulSaturated(offset, 1e9)}
	n := uint(r & 0x7f)
	switch {
	case r&0x80 != 0:
		c.mul, c.shift = 1e9, n
	case n <= 9:
		c.mul = pow10(9 - n)
	case n-9 <= 19:
		c.div = pow10(n - 9)
	default:
		c.mul = 0
	}
	return c
}

// nanos returns the Unix time of a stamp, saturated.
func (c *clock) nanos(stamp uint64) int64 {
	hi, lo := bits.Mul64(stamp, c.mul)
	if c.shift > 0 {
		hi, lo = shiftRight(hi, lo, c.shift)
	}
	if c.div > 1 {
		lo /= c.div // mul is 1: hi is zero
	}
	if hi != 0 || lo > math.MaxInt64 {
		lo = math.MaxInt64
	}
	if c.offset == 0 {
		return int64(lo)
	}
	return addSaturated(int64(lo), c.offset)
}

func shiftRight(hi, lo uint64, n uint) (uint64, uint64) {
	if n >= 64 {
		return 0, hi >> (n - 64)
	}
	return hi >> n, lo>>n | hi<<(64-n)
}

func pow10(n uint) uint64 {
	p := uint64(1)
	for range n {
		p *= 10
	}
	return p
}

// addSaturated returns a+b for a not below zero.
func addSaturated(a, b int64) int64 {
	if b > 0 && a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// mulSaturated returns a*b for a positive b.
func mulSaturated(a, b int64) int64 {
	switch {
	case a > math.MaxInt64/b:
		return math.MaxInt64
	case a < math.MinInt64/b:
		return math.MinInt64
	}
	return a * b
}
