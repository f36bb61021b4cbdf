package analysis

import "slices"

// Limits on what counts as a packet that is sent again and again.
const (
	leastBulky  = 1000  // octets: smaller packets pass any path
	leastWait   = 150e6 // nanoseconds: shorter gaps are those of a stream
	maxRepeated = 8     // frames that are kept
)

// backoff watches the packets of a flow that are as long as its longest: whether they
// come at intervals that double, as TCP sends again what nobody acknowledges (RFC
// 6298, section 5.5). What is inside need not be known for that.
type backoff struct {
	last   int64 // time of the latest one, in nanoseconds
	gap    int64 // between the latest two
	frames []int64
}

// bulky notes a packet that is not shorter than any before.
func (f *Flow) bulky(octets int, frame, nanos int64) {
	if octets < leastBulky {
		return
	}
	b := f.large
	if b == nil {
		b = &backoff{frames: make([]int64, 0, maxRepeated)}
		f.large = b
	}
	gap := nanos - b.last
	switch {
	case octets > f.Largest || gap < leastWait: // another segment, not the same again
		b.frames, gap = b.frames[:0], 0
	case len(b.frames) > 1 && (gap < b.gap*3/2 || gap > b.gap*3): // not doubled
		b.frames, gap = b.frames[:0], 0
	}
	b.last, b.gap = nanos, gap
	if len(b.frames) < maxRepeated {
		b.frames = append(b.frames, frame)
	}
}

// Repeated lists the last packets of a flow if they are as long as its longest, and
// each came after about twice the wait of the one before; at most the first eight.
func (f *Flow) Repeated() []int64 {
	if f.large == nil {
		return nil
	}
	return slices.Clone(f.large.frames)
}
