package main

import "slices"

// replaceByTwo puts two new gates in the place of s: an inner one, and an
// outer one that reads it and signals of a random choice. That is no more
// gates than before if the step makes another one superfluous.
func (w *walk) replaceByTwo(s uint8, on, off uint64, free []uint8) bool {
	h := inputs + len(w.gates)
	if h == maxSignals || len(free) < 2*w.arity-1 {
		return false
	}
	outer := slices.Clone(free[:w.arity-1])
	inner, ok := w.findInner(on, off, outer, free[w.arity-1:])
	if !ok {
		return false
	}
	w.gates = append(w.gates, inner)
	w.v[h] = inner.value(w.arity, &w.v)
	in := [3]uint8{uint8(h)}
	copy(in[1:], outer)
	w.gates[s-inputs] = w.gateFor(on, off, in)
	w.tidy()
	return true
}

// findInner looks for an inner gate h so that in each cell of the outer
// signals the function is constant, h, or not h.
func (w *walk) findInner(on, off uint64, outer, free []uint8) (g gate, ok bool) {
	cells := []cell{{on, off}}
	for _, s := range outer {
		cells = refine(nil, cells, w.v[s])
	}
	var in [3]uint8
	ok = w.choose(cells, free, 0, &in, func() (found bool) {
		g, found = w.inner(cells, in)
		return found
	})
	return g, ok
}

// inner returns the gate with those inputs that findInner looks for. Each cell
// needs it to be its function, or the complement, and they must not contradict
// each other.
func (w *walk) inner(cells []cell, in [3]uint8) (gate, bool) {
	var one, zero uint8
	for _, c := range cells {
		o, z := w.entries(c.on, c.off, in)
		if o&zero != 0 || z&one != 0 {
			o, z = z, o
		}
		if o&zero != 0 || z&one != 0 {
			return gate{}, false
		}
		one, zero = one|o, zero|z
	}
	return w.anyGate(one, zero, in), true
}
