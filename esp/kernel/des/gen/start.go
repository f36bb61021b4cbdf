package main

// muxTree returns a large circuit to start from: each output is selected from
// its cofactors by one input after the other.
func muxTree(arity int, want [outputs]uint64) circuit {
	c := circuit{arity: arity}
	var v [maxSignals]uint64
	copy(v[:], variable[:])
	find := func(t uint64) (uint8, bool) {
		for s := range inputs + len(c.gates) {
			if v[s] == t {
				return uint8(s), true
			}
		}
		return 0, false
	}
	add := func(g gate) uint8 {
		s := inputs + len(c.gates)
		x := g.value(arity, &v)
		if f, ok := find(x); ok {
			return f
		}
		c.gates = append(c.gates, g)
		v[s] = x
		return uint8(s)
	}
	var build func(t uint64, k int) uint8
	build = func(t uint64, k int) uint8 {
		if f, ok := find(t); ok {
			return f
		}
		if k == inputs-arity {
			g := gate{}
			for i := range arity {
				g.in[i] = uint8(k + i)
			}
			g.table = uint8(t & (1<<(1<<arity) - 1))
			return add(g)
		}
		half := 32 >> k
		lowMask := ^variable[k]
		lo := t & lowMask
		lo |= lo << half
		hi := t &^ lowMask
		hi |= hi >> half
		a := build(hi, k+1)
		if arity == 3 {
			b := build(lo, k+1)
			return add(gate{in: [3]uint8{uint8(k), a, b}, table: 0xca})
		}
		b := build(hi^lo, k+1)
		x := add(gate{in: [3]uint8{uint8(k), b}, table: 0b0010}) // b and not x_k
		return add(gate{in: [3]uint8{a, x}, table: 0b0110})
	}
	for o, t := range want {
		c.out[o] = build(t, 0)
	}
	return c
}
