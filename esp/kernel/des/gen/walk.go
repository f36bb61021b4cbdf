package main

import "math/rand/v2"

// twoGateOdds is how many steps there are to one that puts two gates in the
// place of one, by the inputs of a gate.
var twoGateOdds = [4]int{2: 2, 3: 6}

// walk is a random walk over circuits that all compute the same S-box. Each
// step gives a gate other inputs: any function of two or three signals may
// stand in for it that agrees with it where the outputs depend on it. Most
// steps leave the number of gates as it is and lead to another circuit of the
// same size; where a gate equals another signal, or loses its last reader,
// the circuit shrinks.
type walk struct {
	circuit
	rng  *rand.Rand
	v    [maxSignals]uint64
	free []uint8 // scratch: signals that do not depend on the gate in question
}

func newWalk(c circuit, rng *rand.Rand) *walk {
	w := &walk{circuit: c.clone(), rng: rng}
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
	w.tidy()
	return true
}

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
