package main

import "fmt"

// The lanes' states stand in memory one behind the other, 8 words each, and in
// registers word by word. They are transposed like messages.

// stateRow returns where the parts of row r of position q are.
func (v *vector) stateRow(q, r, n int) []string {
	var parts []string
	for lane := r; lane < v.lanes(); lane += n {
		parts = append(parts, field("state", lane*8*v.word+16*q))
	}
	return parts
}

// stateRegisters returns the numbers of the registers of position q.
func (v *vector) stateRegisters(q, n int) (numbers []int, names []string) {
	for r := range n {
		i := n*q + r
		if v.evex {
			i += 16
		}
		numbers, names = append(numbers, i), append(names, v.r(i))
	}
	return numbers, names
}

func (v *vector) loadState() {
	n := 16 / v.word
	for q := range (v.words + n - 1) / n {
		numbers, names := v.stateRegisters(q, n)
		for r, to := range numbers {
			v.row(to, v.stateRow(q, r, n))
		}
		v.transpose(names)
	}
}

func (v *vector) storeState() {
	n := 16 / v.word
	for q := range (v.words + n - 1) / n {
		numbers, names := v.stateRegisters(q, n)
		v.transpose(names)
		for r, from := range numbers {
			v.storeRow(from, v.stateRow(q, r, n))
		}
	}
}

func (v *vector) storeRow(from int, to []string) {
	for i, part := range to {
		switch {
		case i == 0:
			v.move(fmt.Sprint("X", from), part)
		case v.evex:
			v.op("VEXTRACTI32X4", i, v.r(from), part)
		default:
			v.op("VEXTRACTI128", i, v.r(from), part)
		}
	}
}
