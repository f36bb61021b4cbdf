package main

import (
	"math/rand/v2"
)

// walk is a random walk over circuits that all compute the same S-box. Each
// step gives a gate other inputs: any function of two or three signals may
// stand in for it that agrees with it where the outputs depend on it. Most
// steps leave the number of gates as it is and lead to another circuit of the
// same size; where a gate equals another signal, or loses its last reader,
// the circuit shrinks.
// twoGateOdds is how many steps there are to one that puts two gates in the
// place of one, by the inputs of a gate.
var twoGateOdds = [4]int{2: 2, 3: 6}

type walk struct {
	circuit
	rng  *rand.Rand
	want [outputs]uint64
	v    [maxSignals]uint64
	free []uint8 // scratch: signals that do not depend on the gate in question
}

func newWalk(c circuit, want [outputs]uint64, rng *rand.Rand) *walk {
	w := &walk{circuit: c.clone(), rng: rng, want: want}
	w.tidy()
	return w
}

func (c *circuit) clone() circuit {
	d := *c
	d.gates = append(make([]gate, 0, maxSignals), c.gates...)
	return d
}

// set is a set of signals.
type set [maxSignals / 64]uint64

func (s *set) add(i uint8)      { s[i/64] |= 1 << (i % 64) }
func (s *set) has(i uint8) bool { return s[i/64]>>(i%64)&1 != 0 }

// tidy drops the gates that no output depends on, orders the rest so that
// inputs come first, and computes the values.
func (w *walk) tidy() {
	var number [maxSignals]uint8
	for i := range inputs {
		number[i] = uint8(i)
	}
	old := append([]gate(nil), w.gates...)
	w.gates = w.gates[:0]
	var visit func(s uint8) uint8
	visit = func(s uint8) uint8 {
		if s < inputs || number[s] != 0 {
			return number[s]
		}
		g := old[s-inputs]
		for i := range w.arity {
			g.in[i] = visit(g.in[i])
		}
		w.gates = append(w.gates, g)
		number[s] = uint8(inputs + len(w.gates) - 1)
		return number[s]
	}
	for _, o := range w.rng.Perm(outputs) {
		w.out[o] = visit(w.out[o])
	}
	w.values(&w.v)
}

// dependants returns gate s and all that depend on it.
func (w *walk) dependants(s uint8) (d set) {
	d.add(s)
	for i := int(s) + 1 - inputs; i < len(w.gates); i++ {
		g := &w.gates[i]
		for _, in := range g.in[:w.arity] {
			if d.has(in) {
				d.add(uint8(i + inputs))
			}
		}
	}
	return d
}

// care returns the inputs of the S-box for which an output depends on s.
func (w *walk) care(s uint8, d *set) (care uint64) {
	u := w.v
	u[s] = ^u[s]
	for i := int(s) + 1 - inputs; i < len(w.gates); i++ {
		if d.has(uint8(i + inputs)) {
			u[i+inputs] = w.gates[i].value(w.arity, &u)
		}
	}
	for _, o := range w.out {
		care |= u[o] ^ w.v[o]
	}
	return care
}

// others lists, in random order, the signals outside d.
func (w *walk) others(d *set) []uint8 {
	w.free = w.free[:0]
	for s := range uint8(inputs + len(w.gates)) {
		if !d.has(s) {
			w.free = append(w.free, s)
		}
	}
	w.rng.Shuffle(len(w.free), func(i, j int) { w.free[i], w.free[j] = w.free[j], w.free[i] })
	return w.free
}

// step changes one gate and reports whether it could.
func (w *walk) step() bool {
	s := uint8(inputs + w.rng.IntN(len(w.gates)))
	d := w.dependants(s)
	care := w.care(s, &d)
	free := w.others(&d)
	if w.merge(s, care, free) {
		return true
	}
	on, off := w.v[s]&care, ^w.v[s]&care
	if w.rng.IntN(twoGateOdds[w.arity]) == 0 {
		return w.replaceByTwo(s, on, off, free)
	}
	g, ok := w.find(on, off, free, w.gates[s-inputs].in)
	if !ok {
		return false
	}
	w.gates[s-inputs] = g
	w.reorder(s)
	return true
}

// reorder restores the order after gate s got inputs from behind it.
func (w *walk) reorder(uint8) { w.tidy() }

// merge removes gate s if another signal can take its place.
func (w *walk) merge(s uint8, care uint64, free []uint8) bool {
	for _, f := range free {
		switch (w.v[f] ^ w.v[s]) & care {
		case 0:
			w.rewire(s, f, false)
			return true
		case care:
			w.rewire(s, f, true)
			return true
		}
	}
	return false
}

// rewire lets the readers of signal s read f, or its complement.
func (w *walk) rewire(s, f uint8, not bool) {
	for i := range w.gates {
		g := &w.gates[i]
		for k := range w.arity {
			if g.in[k] == s {
				g.in[k] = f
				if not {
					g.table = complementInput(g.table, w.arity-1-k)
				}
			}
		}
	}
	for o := range w.out {
		if w.out[o] == s {
			w.out[o] = f
			w.not[o] = w.not[o] != not
		}
	}
	w.tidy()
}

// complementInput returns the table of a gate one of whose inputs is
// complemented: the one that is bit k of the table's index.
func complementInput(table uint8, k int) uint8 {
	mask := [3]uint8{0x55, 0x33, 0x0f}[k]
	return table&mask<<(1<<k) | table>>(1<<k)&mask
}

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

// gateFor returns the gate with those inputs that is 1 on on and 0 on off;
// what neither decides is random.
func (w *walk) gateFor(on, off uint64, in [3]uint8) gate {
	g := gate{in: in}
	for i := range 1 << w.arity {
		m := ^uint64(0)
		for k := range w.arity {
			m &= w.v[in[k]] ^ flip[i>>(w.arity-1-k)&1]
		}
		if on&m != 0 || off&m == 0 && w.rng.IntN(2) == 0 {
			g.table |= 1 << i
		}
	}
	return g
}

// replaceByTwo puts two new gates in place of s: one of arity free signals,
// and one that reads it and signals of a random choice.
func (w *walk) replaceByTwo(s uint8, on, off uint64, free []uint8) bool {
	if len(free) < w.arity+2 {
		return false
	}
	outer := append([]uint8(nil), free[:w.arity-1]...)
	inner, ok := w.findInner(on, off, outer, free[w.arity-1:])
	if !ok {
		return false
	}
	h := uint8(inputs + len(w.gates))
	if h >= maxSignals-1 {
		return false
	}
	w.gates = append(w.gates, inner)
	w.v[h] = inner.value(w.arity, &w.v)
	in := [3]uint8{h, outer[0]}
	if w.arity == 3 {
		in[2] = outer[1]
	}
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

func (w *walk) inner(cells []cell, in [3]uint8) (gate, bool) {
	var minterm [8]uint64
	n := 1 << w.arity
	for i := range n {
		m := ^uint64(0)
		for k := range w.arity {
			m &= w.v[in[k]] ^ flip[i>>(w.arity-1-k)&1]
		}
		minterm[i] = m
	}
	var on, off uint8 // decided entries of the table
	for _, c := range cells {
		var con, coff uint8
		for i, m := range minterm[:n] {
			one, zero := c.on&m != 0, c.off&m != 0
			if one && zero {
				return gate{}, false
			}
			if one {
				con |= 1 << i
			}
			if zero {
				coff |= 1 << i
			}
		}
		switch {
		case con&off == 0 && coff&on == 0:
			on, off = on|con, off|coff
		case con&on == 0 && coff&off == 0:
			on, off = on|coff, off|con
		default:
			return gate{}, false
		}
	}
	random := uint8(w.rng.Uint32()) & ^(on | off) & uint8(1<<n-1)
	return gate{in: in, table: on | random}, true
}
