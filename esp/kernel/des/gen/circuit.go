package main

import "math/bits"

// inputs and outputs are the bits that go into an S-box and come out of it.
const (
	inputs  = 6
	outputs = 4
)

// maxSignals bounds the inputs and gates of a circuit.
const maxSignals = 128

// gate is a function of two or three signals. Bit 4a+2b+c (three inputs) or
// 2a+b (two) of its table is its output for inputs a, b and c, which is the
// order of VPTERNLOG's immediate.
type gate struct {
	in    [3]uint8
	table uint8
}

// circuit computes an S-box. Signals 0 to 5 are the inputs b1 to b6 of FIPS
// 46-3, signal 6+i is gate i, whose inputs are signals before it.
type circuit struct {
	arity int // inputs of each gate
	gates []gate
	out   [outputs]uint8 // signal of each output, most significant bit first
	not   [outputs]bool  // the output is the signal's complement
}

// variable is the truth table of an input: bit p is its value when the input
// bits are p, b1 being the most significant one.
var variable = [inputs]uint64{
	0xffffffff00000000, 0xffff0000ffff0000, 0xff00ff00ff00ff00,
	0xf0f0f0f0f0f0f0f0, 0xcccccccccccccccc, 0xaaaaaaaaaaaaaaaa,
}

// target returns the truth tables of the four outputs of an S-box. The row of
// its table is b1 b6, the column b2 b3 b4 b5.
func target(box int) (t [outputs]uint64) {
	for p := range 64 {
		row := p>>4&2 | p&1
		value := substitution[box][row<<4|p>>1&15]
		for o := range outputs {
			t[o] |= uint64(value>>(outputs-1-o)&1) << p
		}
	}
	return t
}

func lut2(table uint8, a, b uint64) (v uint64) {
	for t := table; t != 0; t &= t - 1 {
		i := bits.TrailingZeros8(t)
		v |= (a ^ flip[i>>1&1]) & (b ^ flip[i&1])
	}
	return v
}

func lut3(table uint8, a, b, c uint64) (v uint64) {
	for t := table; t != 0; t &= t - 1 {
		i := bits.TrailingZeros8(t)
		v |= (a ^ flip[i>>2&1]) & (b ^ flip[i>>1&1]) & (c ^ flip[i&1])
	}
	return v
}

var flip = [2]uint64{^uint64(0), 0}

// complementInput returns the table of a gate one of whose inputs is
// complemented: the one that is bit k of the table's index.
func complementInput(table uint8, k int) uint8 {
	mask := [3]uint8{0x55, 0x33, 0x0f}[k]
	return table&mask<<(1<<k) | table>>(1<<k)&mask
}

// swapInputs exchanges two inputs of a gate, which computes the same.
func (g *gate) swapInputs(j, k int) {
	g.in[j], g.in[k] = g.in[k], g.in[j]
	var t uint8
	for i := range uint8(8) {
		bits := [3]uint8{i >> 2 & 1, i >> 1 & 1, i & 1}
		bits[j], bits[k] = bits[k], bits[j]
		t |= g.table >> (bits[0]<<2 | bits[1]<<1 | bits[2]) & 1 << i
	}
	g.table = t
}

// value computes a gate from the values of the signals before it.
func (g gate) value(arity int, v *[maxSignals]uint64) uint64 {
	if arity == 2 {
		return lut2(g.table, v[g.in[0]], v[g.in[1]])
	}
	return lut3(g.table, v[g.in[0]], v[g.in[1]], v[g.in[2]])
}

// values computes the truth table of each signal.
func (c *circuit) values(v *[maxSignals]uint64) {
	copy(v[:], variable[:])
	for i, g := range c.gates {
		v[inputs+i] = g.value(c.arity, v)
	}
}

// computes reports whether the circuit is right for all 64 inputs.
func (c *circuit) computes(t [outputs]uint64) bool {
	var v [maxSignals]uint64
	c.values(&v)
	for o, s := range c.out {
		got := v[s]
		if c.not[o] {
			got = ^got
		}
		if got != t[o] {
			return false
		}
	}
	return true
}
