package pcaps

// mergeHeap orders captures by the time of their next frame; the first is at 0.
type mergeHeap []*capture

// before reports whether a frame of capture a at that time goes before the next one
// of b. At equal times that capture comes first which began first, as the older
// piece of a ring buffer does, then the order on the command line decides.
func before(nanos int64, a, b *capture) bool {
	switch {
	case nanos != b.key:
		return nanos < b.key
	case a.began != b.began:
		return a.began < b.began
	}
	return a.index < b.index
}

func (h *mergeHeap) init(captures []*capture) {
	*h = append((*h)[:0], captures...)
	for i := len(*h)/2 - 1; i >= 0; i-- {
		h.down(i)
	}
}

// fix puts the first capture in its place after its key grew.
func (h *mergeHeap) fix() { h.down(0) }

// drop removes the first capture.
func (h *mergeHeap) drop() {
	last := len(*h) - 1
	(*h)[0] = (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	h.down(0)
}

// second returns the capture that follows the first, or nil.
func (h mergeHeap) second() *capture {
	switch {
	case len(h) < 2:
		return nil
	case len(h) > 2 && before(h[2].key, h[2], h[1]):
		return h[2]
	}
	return h[1]
}

func (h mergeHeap) down(i int) {
	for {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(h); child++ {
			if before(h[child].key, h[child], h[least]) {
				least = child
			}
		}
		if least == i {
			return
		}
		h[i], h[least] = h[least], h[i]
		i = least
	}
}
