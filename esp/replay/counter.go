package replay

import "math/bits"

// Windows are the sizes, in packets, of the anti-replay windows that a Counter
// looks at.
var Windows = [...]uint64{32, 64, 128, 256, 512, 1024, 2048, 4096, 8192}

// maxWindow is the largest of Windows. A first packet is only known to be late
// when another one follows it within this distance.
const maxWindow = 8192

// Arrival is how a packet came in relation to those before it.
type Arrival uint8

// Arrivals.
const (
	Newest    Arrival = iota // the highest number so far
	Late                     // below the highest, for the first time
	Duplicate                // seen before
	Stale                    // so old that it is not known whether it was seen before
)

// Stats is what a Counter knows. Numbers are extended ones.
type Stats struct {
	First, Last uint64 // lowest and highest number that was received
	Packets     uint64 // all, duplicates and stale ones included
	Lost        uint64 // numbers between First and Last that did not arrive
	Duplicates  uint64
	OutOfOrder  uint64 // late packets
	MaxDepth    uint64 // how far a late packet was behind the highest number, at most
	Stale       uint64
	// Dropped counts, for each of Windows, the late and stale packets that a
	// window of that size would have dropped. Duplicates come on top: every
	// window drops them.
	Dropped [len(Windows)]uint64
}

// Counter counts the packets of one SA. Where it is known what verified, only
// that should be added: a forged number makes everything below it look lost.
type Counter struct {
	stats Stats
	holes holes
}

// Add counts a packet by its extended sequence number.
func (c *Counter) Add(seq uint64) Arrival {
	c.stats.Packets++
	if c.stats.Packets == 1 {
		c.stats.First, c.stats.Last = seq, seq
		return Newest
	}
	if seq > c.stats.Last {
		c.advance(seq)
		return Newest
	}
	switch a := c.place(seq); a {
	case Duplicate:
		c.stats.Duplicates++
		return a
	default:
		c.late(seq, a)
		return a
	}
}

// Last returns the highest number so far, 0 where there was none.
func (c *Counter) Last() uint64 { return c.stats.Last }

// Stats returns what was counted so far.
func (c *Counter) Stats() Stats { return c.stats }

// advance moves the highest number to seq; what lies between is missing until
// it comes late.
func (c *Counter) advance(seq uint64) {
	if gap := seq - c.stats.Last - 1; gap > 0 {
		c.stats.Lost += gap
		c.holes.add(hole{c.stats.Last + 1, seq - 1})
	}
	c.stats.Last = seq
}

// place finds out what a packet is that is not above the highest number, and
// fills the hole that it closes.
func (c *Counter) place(seq uint64) Arrival {
	switch {
	case seq < c.stats.First:
		return c.extendDown(seq)
	case c.holes.fill(seq):
		c.stats.Lost--
		return Late
	case seq < c.holes.forgotten:
		return Stale
	}
	return Duplicate
}

// extendDown takes a packet from before the first one. If it is near, the
// first was early; if not, it is a replay of something before the capture.
func (c *Counter) extendDown(seq uint64) Arrival {
	gap := c.stats.First - seq - 1
	if gap >= maxWindow {
		return Stale
	}
	if gap > 0 {
		c.stats.Lost += gap
		c.holes.addFirst(hole{seq + 1, c.stats.First - 1})
	}
	c.stats.First = seq
	return Late
}

// late counts a packet behind the highest number. A window of w packets ends
// with the highest number, so it drops what is w or more behind.
func (c *Counter) late(seq uint64, a Arrival) {
	depth := c.stats.Last - seq
	if a == Stale {
		c.stats.Stale++
	} else {
		c.stats.OutOfOrder++
		c.stats.MaxDepth = max(c.stats.MaxDepth, depth)
	}
	for i := range min(len(Windows), bits.Len64(depth/Windows[0])) {
		c.stats.Dropped[i]++
	}
}
