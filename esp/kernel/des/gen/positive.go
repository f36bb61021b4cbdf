package main

import "fmt"

// positive is a circuit of two-input gates in which every signal is 0 when all
// inputs are 0. Then no gate has a complement to make: it is one of AND, AND
// NOT, OR and XOR. What the outputs are complements of is said in not.
type positive struct {
	ops []operation
	out [outputs]uint8
	not [outputs]bool
}

// operation is a op b.
type operation struct {
	op   operator
	a, b uint8
}

// operator is a two-input gate; opAndNot is a and not b.
type operator uint8

const (
	opAnd operator = iota
	opAndNot
	opOr
	opXor
)

// makePositive complements the signals of c that are 1 when the inputs are 0.
func makePositive(c circuit) positive {
	var v [maxSignals]uint64
	c.values(&v)
	odd := func(s uint8) int { return int(v[s] & 1) }
	p := positive{out: c.out}
	for o, s := range c.out {
		p.not[o] = c.not[o] != (odd(s) == 1)
	}
	for i, g := range c.gates {
		t := g.table
		for k := range 2 {
			if odd(g.in[k]) == 1 {
				t = complementInput(t, 1-k)
			}
		}
		if odd(uint8(inputs+i)) == 1 {
			t = ^t & 15
		}
		p.ops = append(p.ops, operationOf(t, g.in[0], g.in[1]))
	}
	return p
}

func operationOf(table, a, b uint8) operation {
	switch table {
	case 0b1000:
		return operation{opAnd, a, b}
	case 0b0100:
		return operation{opAndNot, a, b}
	case 0b0010:
		return operation{opAndNot, b, a}
	case 0b1110:
		return operation{opOr, a, b}
	case 0b0110:
		return operation{opXor, a, b}
	}
	panic(fmt.Sprintf("des/gen: gate %04b needs no gate", table))
}

// complemented returns, as E of FIPS 46-3 orders them, the bits that a round
// leaves as complements of what they should be.
func complemented(boxes [8]positive) (k uint64) {
	var half [32]bool
	for box, p := range boxes {
		for o, not := range p.not {
			half[destination(box, o)] = not
		}
	}
	for box := range 8 {
		for in := range inputs {
			k <<= 1
			if half[expansion(box, in)] {
				k |= 1
			}
		}
	}
	return k
}
