package analysis

// MaxBuckets bounds how finely a [Series] tells the packets of one flow.
const MaxBuckets = 240

// Series is how the packets of a flow spread over time, in buckets of equal width.
// When they are full, their width doubles. A flow of few packets has few buckets,
// so that a million such flows stay small.
type Series struct {
	Start   int64 // nanoseconds since 1970: the time of the flow's first packet
	Buckets []Bucket

	shift uint8 // a bucket is 1<<shift nanoseconds wide
}

// Bucket counts the packets of one stretch of time.
type Bucket struct {
	Packets, Bytes int64
	Low, High      uint64 // lowest and highest sequence number, counted over wraps; of no packets 0
}

const (
	firstShift     = 20 // buckets begin about a millisecond wide
	bucketsAtLeast = 8
	bucketsEach    = 2 // for each packet so far
)

func newSeries(nanos, octets int64, seq uint64) *Series {
	s := &Series{Start: nanos, shift: firstShift}
	s.add(nanos, octets, seq, 1)
	return s
}

// plot begins the series of a flow that has one packet.
func (f *Flow) plot() { f.Series = newSeries(f.FirstNanos, f.Bytes, uint64(f.FirstSeq)) }

// Width is how much time a bucket covers, in nanoseconds.
func (s *Series) Width() int64 { return 1 << s.shift }

// add counts a packet, the nth of the flow. One from before the first, as when a
// clock was set back, counts as the first.
func (s *Series) add(nanos, octets int64, seq uint64, n int64) {
	s.put(nanos, Bucket{1, octets, seq, seq}, n)
}

// join adds what another series counted; n is the packets of both. Numbers of the
// other are shift too low.
func (s *Series) join(o *Series, shift uint64, n int64) {
	for i, b := range o.Buckets {
		b.Low, b.High = b.Low+shift, b.High+shift
		s.put(o.Start+int64(i)*o.Width(), b, n)
	}
}

func (s *Series) put(nanos int64, b Bucket, n int64) {
	since := max(nanos-s.Start, 0)
	room := min(max(bucketsEach*n, bucketsAtLeast), MaxBuckets)
	for since>>s.shift >= room {
		s.widen()
	}
	at := int(since >> s.shift)
	for len(s.Buckets) <= at {
		s.Buckets = append(s.Buckets, Bucket{})
	}
	s.Buckets[at].add(b)
}

// widen doubles the width of the buckets.
func (s *Series) widen() {
	for i, b := range s.Buckets {
		s.Buckets[i] = Bucket{}
		s.Buckets[i/2].add(b)
	}
	s.Buckets = s.Buckets[:(len(s.Buckets)+1)/2]
	s.shift++
}

func (b *Bucket) add(o Bucket) {
	switch {
	case o.Packets == 0:
		return
	case b.Packets == 0:
		b.Low, b.High = o.Low, o.High
	}
	b.Packets += o.Packets
	b.Bytes += o.Bytes
	b.Low, b.High = min(b.Low, o.Low), max(b.High, o.High)
}
