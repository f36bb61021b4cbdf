package main

// find looks for a gate that is 1 on all of on and 0 on all of off, with
// other inputs than was.
func (w *walk) find(on, off uint64, free []uint8, was [3]uint8) (g gate, ok bool) {
	var in [3]uint8
	ok = w.choose([]cell{{on, off}}, free, 0, &in, func() bool {
		return !sameInputs(in, was, w.arity)
	})
	if !ok {
		return gate{}, false
	}
	return w.gateFor(on, off, in), true
}

// choose looks for signals that together tell on from off in every cell and
// please ok. It fills in from place k on.
func (w *walk) choose(cells []cell, free []uint8, k int, in *[3]uint8, ok func() bool) bool {
	if k == w.arity-1 {
		for _, s := range free {
			if separates(cells, w.v[s]) {
				if in[k] = s; ok() {
					return true
				}
			}
		}
		return false
	}
	var memory [16]cell
	for i, s := range free {
		in[k] = s
		if w.choose(refine(memory[:0], cells, w.v[s]), free[:i], k+1, in, ok) {
			return true
		}
	}
	return false
}

func sameInputs(a, b [3]uint8, arity int) bool {
	for _, x := range a[:arity] {
		found := false
		for _, y := range b[:arity] {
			found = found || x == y
		}
		if !found {
			return false
		}
	}
	return true
}

// cell is a set of inputs that some signals do not tell apart.
type cell struct{ on, off uint64 }

// refine appends the parts of cells that s does not settle to dst.
func refine(dst, cells []cell, s uint64) []cell {
	for _, c := range cells {
		if on, off := c.on&s, c.off&s; on != 0 && off != 0 {
			dst = append(dst, cell{on, off})
		}
		if on, off := c.on&^s, c.off&^s; on != 0 && off != 0 {
			dst = append(dst, cell{on, off})
		}
	}
	return dst
}

// separates reports whether c tells on from off in each cell.
func separates(cells []cell, c uint64) bool {
	for i := range cells {
		x := &cells[i]
		if on, off := c&x.on, c&x.off; on != 0 && on != x.on || off != 0 && off != x.off || (on == 0) == (off == 0) {
			return false
		}
	}
	return true
}

// minterms returns, for each index of the table of a gate with inputs in, the
// inputs of the S-box that lead there.
func (w *walk) minterms(in [3]uint8) (m [8]uint64) {
	for i := range 1 << w.arity {
		m[i] = ^uint64(0)
		for k := range w.arity {
			m[i] &= w.v[in[k]] ^ flip[i>>(w.arity-1-k)&1]
		}
	}
	return m
}

// gateFor returns the gate with those inputs that is 1 on on and 0 on off;
// what neither decides is random.
func (w *walk) gateFor(on, off uint64, in [3]uint8) gate {
	one, zero := w.entries(on, off, in)
	return w.anyGate(one, zero, in)
}

// entries returns the entries of a table that on and off need to be 1 and 0.
func (w *walk) entries(on, off uint64, in [3]uint8) (one, zero uint8) {
	m := w.minterms(in)
	for i := range 1 << w.arity {
		if on&m[i] != 0 {
			one |= 1 << i
		}
		if off&m[i] != 0 {
			zero |= 1 << i
		}
	}
	return one, zero
}

// anyGate returns a gate with the given entries in its table, and others at
// random.
func (w *walk) anyGate(one, zero uint8, in [3]uint8) gate {
	others := uint8(1<<(1<<w.arity)-1) &^ (one | zero)
	return gate{in: in, table: one | uint8(w.rng.Uint32())&others}
}
