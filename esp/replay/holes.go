package replay

import "slices"

// maxHoles bounds the memory of one SA to 16 KiB. When there are more, the
// oldest are forgotten, some at a time: their numbers stay lost, and a packet
// that comes for them later is Stale.
const (
	maxHoles     = 1024
	forgetAtOnce = maxHoles / 8
)

// hole is a run of missing numbers, both ends included.
type hole struct{ low, high uint64 }

// holes are the runs of missing numbers between the first and the highest, in
// ascending order. Their number grows with disorder, not with packets.
type holes struct {
	runs      []hole
	forgotten uint64 // below this number nothing is known
}

// add appends a hole above all others.
func (h *holes) add(r hole) {
	if len(h.runs) >= maxHoles {
		h.forget(forgetAtOnce)
	}
	h.runs = append(h.runs, r)
}

// addFirst inserts a hole below all others.
func (h *holes) addFirst(r hole) {
	if len(h.runs) >= maxHoles {
		h.forgotten = max(h.forgotten, r.high+1)
		return
	}
	h.runs = slices.Insert(h.runs, 0, r)
}

// find returns the index of the hole in which seq is.
func (h *holes) find(seq uint64) (int, bool) { return slices.BinarySearchFunc(h.runs, seq, compare) }

// within counts the missing numbers from low to high.
func (h *holes) within(low, high uint64) (n uint64) {
	for _, r := range h.runs {
		if a, b := max(r.low, low), min(r.high, high); a <= b {
			n += b - a + 1
		}
	}
	return n
}

// fill removes seq from its hole and reports whether it was in one.
func (h *holes) fill(seq uint64) bool {
	i, found := h.find(seq)
	if !found {
		return false
	}
	r := h.runs[i]
	switch {
	case r.low == r.high:
		h.runs = slices.Delete(h.runs, i, i+1)
	case seq == r.low:
		h.runs[i].low++
	case seq == r.high:
		h.runs[i].high--
	default:
		h.split(i, seq)
	}
	return true
}

// split makes two holes of one around seq. A full list gives up its oldest
// part for it.
func (h *holes) split(i int, seq uint64) {
	low := h.runs[i].low
	h.runs[i].low = seq + 1
	if len(h.runs) < maxHoles {
		h.runs = slices.Insert(h.runs, i, hole{low, seq - 1})
		return
	}
	if i == 0 {
		h.forgotten = seq
		return
	}
	h.forget(1)
	h.runs = slices.Insert(h.runs, i-1, hole{low, seq - 1})
}

// forget drops the n oldest holes.
func (h *holes) forget(n int) {
	h.forgotten = h.runs[n-1].high + 1
	h.runs = slices.Delete(h.runs, 0, n)
}

func compare(r hole, seq uint64) int {
	switch {
	case r.high < seq:
		return -1
	case r.low > seq:
		return 1
	}
	return 0
}
