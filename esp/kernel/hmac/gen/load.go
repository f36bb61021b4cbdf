package main

import "fmt"

// pointers are the registers that hold the lanes' addresses. Kernels of more
// lanes keep the addresses on the stack and use the first four.
var pointers = []string{"AX", "BX", "CX", "DX", "SI", "R10", "R11", "R12"}

// The stack holds, from its lowest address: without evex the message words;
// the state in front of the block; the lanes' addresses where there are more
// than pointers.

func (v *vector) savedAt(i int) string {
	if v.evex {
		return at(i*v.octets, "SP")
	}
	return at((16+i)*v.octets, "SP")
}

func (v *vector) addressAt(lane int) string { return at(v.words*v.octets+8*lane, "SP") }

// frame returns how many octets of stack the kernel needs.
func (v *vector) frame() int {
	n := v.words * v.octets
	if !v.evex {
		n += 16 * v.octets
	}
	if v.lanes() > len(pointers) {
		n += 8 * v.lanes()
	}
	return n
}

// begin writes everything in front of a block's rounds: it loads the states
// and the message words of each lane. Constants of the hash are in the named
// table, whose address is left in R13.
func (v *vector) begin(hash, table string, reverse bool) {
	v.function(hash+v.name, v.frame())
	v.op("XORQ", "R9", "R9")
	v.constant(reverse)
	v.addresses()
	v.loadState()
	v.label("block")
	v.op("LEAQ", table+"<>(SB)", "R13")
	for i := range v.words {
		v.move(v.state(i), v.savedAt(i))
	}
	v.load(reverse)
}

// end adds the state before the block, goes on with the next block and, at
// last, stores the states.
func (v *vector) end() {
	for i := range v.words {
		v.add(v.savedAt(i), v.state(i), v.state(i))
	}
	v.op("ADDQ", 16*v.word, "R9")
	v.op("DECQ", "R8")
	v.op("JNZ", "block")
	v.storeState()
	v.op("VZEROUPPER")
	v.op("RET")
}

// constant sets the constant's register.
func (v *vector) constant(reverse bool) {
	switch {
	case !reverse && !v.evex:
		v.op("VPCMPEQD", v.fixed(), v.fixed(), v.fixed())
	case !v.evex:
		v.op("VBROADCASTI128", "reverse<>(SB)", v.fixed())
	case reverse:
		v.op("VBROADCASTI32X4", "reverse<>(SB)", v.fixed())
	}
}

// addresses computes the address of each lane's first block.
func (v *vector) addresses() {
	if v.lanes() > len(pointers) {
		for i := 0; i < 8*v.lanes(); i += v.octets {
			v.move(field("text", i), v.tmp(0))
			v.op("VPADDQ", field("at", i), v.tmp(0), v.tmp(0))
			v.move(v.tmp(0), v.addressAt(i/8))
		}
		return
	}
	for i := range v.lanes() {
		v.op("MOVQ", field("text", 8*i), pointers[i])
		v.op("ADDQ", field("at", 8*i), pointers[i])
	}
}

// load brings the next block of each lane into the message words, transposed:
// word i of all lanes in one register.
//
// A part of 16 octets holds some words of one lane. Row r of position q
// collects the parts at 16q of the lanes r, r+n, r+2n, ..., where n is the
// number of words in a part; that costs loads that insert, which do not use
// the shuffle unit. Transposing the n rows of a position part by part gives
// the words nq to nq+n-1 of all lanes in order.
func (v *vector) load(reverse bool) {
	n := 16 / v.word
	if v.evex {
		v.loadRows(n)
	}
	for q := range 16 / n {
		rows := v.rows(q, n)
		v.transpose(rows)
		for r, row := range rows {
			if reverse {
				v.op("VPSHUFB", v.fixed(), row, row)
			}
			if !v.evex {
				v.move(row, v.message(n*q+r))
			}
		}
	}
}

// loadRows loads all rows into the message words' registers.
func (v *vector) loadRows(n int) {
	for r := range n {
		v.rowAddresses(r, n)
		for q := range 16 / n {
			v.row(n*q+r, v.blockAt(r, n, 16*q))
		}
	}
}

// rows returns the registers of the rows of position q; without evex it loads
// them, into temporaries.
func (v *vector) rows(q, n int) []string {
	rows := make([]string, n)
	for r := range rows {
		if v.evex {
			rows[r] = v.message(n*q + r)
			continue
		}
		rows[r] = v.tmp(r)
		v.row(8+r, v.blockAt(r, n, 16*q))
	}
	return rows
}

// blockAt returns where 16 octets at an offset of the blocks of the lanes r,
// r+n, r+2n, ... are.
func (v *vector) blockAt(r, n, offset int) []string {
	var from []string
	for i := 0; r+i*n < v.lanes(); i++ {
		register := pointers[i]
		if v.lanes() <= len(pointers) {
			register = pointers[r+i*n]
		}
		from = append(from, at(offset, register)+"(R9*1)")
	}
	return from
}

// rowAddresses loads the addresses of the lanes r, r+n, r+2n, ... where they
// are not in registers.
func (v *vector) rowAddresses(r, n int) {
	if v.lanes() <= len(pointers) {
		return
	}
	for i := 0; r+i*n < v.lanes(); i++ {
		v.op("MOVQ", v.addressAt(r+i*n), pointers[i])
	}
}

// row collects 16 octets from each of several places in register number to.
func (v *vector) row(to int, from []string) {
	for i, part := range from {
		switch {
		case i == 0:
			v.move(part, fmt.Sprint("X", to))
		case v.evex:
			v.op("VINSERTI32X4", i, part, v.r(to), v.r(to))
		default:
			v.op("VINSERTI128", i, part, v.r(to), v.r(to))
		}
	}
}

// transpose transposes the words of the rows' parts in place.
func (v *vector) transpose(rows []string) {
	lo, hi := "VPUNPCKLQDQ", "VPUNPCKHQDQ"
	if len(rows) == 2 {
		a, b, t := rows[0], rows[1], v.tmp(4)
		v.op(lo, b, a, t)
		v.op(hi, b, a, b)
		v.move(t, a)
		return
	}
	a, b, c, d := rows[0], rows[1], rows[2], rows[3]
	t, u, w := v.tmp(4), v.tmp(5), v.tmp(6)
	v.op("VPUNPCKLDQ", b, a, t)
	v.op("VPUNPCKHDQ", b, a, u)
	v.op("VPUNPCKLDQ", d, c, w)
	v.op("VPUNPCKHDQ", d, c, d)
	v.op(lo, w, t, a)
	v.op(hi, w, t, b)
	v.op(lo, d, u, c)
	v.op(hi, d, u, d)
}
