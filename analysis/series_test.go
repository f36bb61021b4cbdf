package analysis

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ikescope/decode"
)

const ms = 1e6

func sum(s *Series) (n Bucket) {
	for _, b := range s.Buckets {
		n.add(b)
	}
	return n
}

// put adds a packet as the table of flows does.
func put(f *Flow, seq uint32, octets int, nanos int64) {
	if f.Packets == 1 {
		f.plot()
	}
	f.add(seq, octets, f.Packets+1, nanos)
}

func TestSeriesKeepsWhatItCounts(t *testing.T) {
	f := &Flow{FirstSeq: 1, FirstNanos: 1000}
	for i := range int64(100_000) {
		put(f, uint32(i+1), 100, 1000+i*ms)
	}
	s := f.Series
	if d := cmp.Diff(Bucket{100_000, 10_000_000, 1, 100_000}, sum(s)); d != "" {
		t.Error(d)
	}
	if n := len(s.Buckets); n > MaxBuckets || n <= MaxBuckets/2 {
		t.Errorf("%d buckets", n)
	}
	for i, b := range s.Buckets[:len(s.Buckets)-1] {
		if d := b.Packets - s.Width()/ms; d < 0 || d > 1 {
			t.Errorf("bucket %d of %d ns holds %d packets, one each millisecond", i, s.Width(), b.Packets)
		}
		if next := s.Buckets[i+1]; next.Low != b.High+1 || b.High-b.Low+1 != uint64(b.Packets) {
			t.Errorf("buckets %d: %v %v", i, b, next)
		}
	}
}

func TestSeriesOfFewPacketsIsSmall(t *testing.T) {
	f := &Flow{FirstSeq: 7}
	put(f, 7, 60, 0)
	if f.Series != nil {
		t.Error("a series of one packet")
	}
	put(f, 9, 80, 3600e9)
	if n := len(f.Series.Buckets); n > bucketsAtLeast {
		t.Errorf("%d buckets for two packets", n)
	}
	if d := cmp.Diff(Bucket{2, 140, 7, 9}, sum(f.Series)); d != "" {
		t.Error(d)
	}
}

// Times are whatever a file says.
func TestSeriesOfHostileTimes(t *testing.T) {
	f := &Flow{FirstNanos: 5e9}
	for i, at := range []int64{5e9, math.MaxInt64, 0, math.MinInt64, -1, math.MaxInt64 - 1, 5e9} {
		put(f, uint32(i), 1, at)
	}
	if got := sum(f.Series).Packets; got != 7 || len(f.Series.Buckets) > MaxBuckets {
		t.Errorf("%d packets in %d buckets", got, len(f.Series.Buckets))
	}
}

func TestSeriesAllocatesNothingPerPacket(t *testing.T) {
	f := &Flow{}
	n := int64(0)
	next := func() { n++; put(f, uint32(n), 100, n*ms) }
	for range 10_000 {
		next()
	}
	if a := testing.AllocsPerRun(10_000, next); a > 0 {
		t.Errorf("%v allocations a packet", a)
	}
}

func BenchmarkFlowAdd(b *testing.B) {
	f := &Flow{}
	for i := range int64(b.N) {
		put(f, uint32(i), 100, i*1000)
	}
}

func TestFlowsWithASeriesAreBounded(t *testing.T) {
	table := newFlows()
	table.plotted = maxPlotted
	p := decode.Packet{Kind: decode.KindESP, SPI: 1, IP: make([]byte, 100)}
	for i := range int64(3) {
		table.note(&p, i, i*ms)
	}
	if f := table.order[0]; f.Series != nil || f.Packets != 3 {
		t.Errorf("%d packets, a series: %v", f.Packets, f.Series != nil)
	}
}

// Numbers go on where the 32 bits on the wire begin anew, in the series and in the
// counters, also for what comes late from before the wrap.
func TestSeriesOverAWrap(t *testing.T) {
	const before, n = 1000, 3000
	first := uint64(1<<32 - before)
	f := &Flow{FirstSeq: uint32(first)}
	for i := range int64(n) {
		seq := first + uint64(i)
		switch i {
		case before - 1: // the last before the wrap comes behind the first after it
			seq++
		case before:
			seq--
		}
		put(f, uint32(seq), 100, i*ms)
	}
	got := f.Numbers()
	if got.First != first || got.Last != first+n-1 || got.Lost != 0 || got.Stale != 0 || got.OutOfOrder != 1 || got.Duplicates != 0 {
		t.Errorf("%+v", got)
	}
	if d := cmp.Diff(Bucket{n, n * 100, first, first + n - 1}, sum(f.Series)); d != "" {
		t.Error(d)
	}
	f.startHigh = 2
	if got := f.Numbers(); got.First != 3<<32-before || got.Last != 3<<32+n-before-1 {
		t.Errorf("after two wraps: %+v", got)
	}
}

// A number far from the wrap does not make one.
func TestNoWrapWithoutReason(t *testing.T) {
	for name, c := range map[string]struct {
		seqs       []uint32
		last, lost uint64
	}{
		"a forged high number":      {[]uint32{1, 2, 0xffffffff, 3, 4}, 4, 0},
		"several":                   {[]uint32{1, 2, 0xffffffff, 0x90000000, 3, 0x70000000, 4}, 4, 0},
		"a high number at the end":  {[]uint32{1, 2, 0xa0000000}, 0xa0000000, 0xa0000000 - 3},
		"a gap in the capture":      {[]uint32{1, 2, 0xa0000002, 0xa0000001, 0xa0000003}, 0xa0000003, 0xa0000000 - 2},
		"a forged low number":       {[]uint32{0x80000000, 5, 0x80000001}, 0x80000001, 0},
		"a sender that began again": {[]uint32{1 << 30, 1<<30 + 1, 1, 2, 3}, 1<<30 + 1, 0},
	} {
		f := &Flow{FirstSeq: c.seqs[0]}
		for i, s := range c.seqs {
			put(f, s, 100, int64(i)*ms)
		}
		if got := f.Numbers(); got.Last != c.last || got.Lost != c.lost || got.Packets != uint64(len(c.seqs)) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
