package main

import "math"

// md5Shifts are the rotations of each round's four steps (RFC 1321, section 3.4).
var md5Shifts = [4][4]int{{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}}

// md5Constants returns T: element i is the integer part of 2^32 * |sin(i)|.
func md5Constants() []uint64 {
	var t []uint64
	for i := range 64 {
		t = append(t, uint64(math.Abs(math.Sin(float64(i+1)))*(1<<32)))
	}
	return t
}

func md5(a *asm, s simd) {
	v := newVector(s, 4, 4)
	v.begin("md5", "md5T", false)
	for i := range 64 {
		round := i / 16
		word := [4]int{i, 5*i + 1, 3*i + 5, 7 * i}[round] % 16
		v.md5Step(i, word, md5Shifts[round][i%4])
	}
	v.end()
	a.Write(v.Bytes())
}

// md5Step computes a = b + ((a + F(b, c, d) + X[word] + T[i]) <<< shift).
func (v *vector) md5Step(i, word, shift int) {
	reg := func(k int) string { return v.state((k - i + 64) % 4) }
	a, b, c, d := reg(0), reg(1), reg(2), reg(3)
	v.addConstant(4*i, a, a)
	v.add(v.message(word), a, a)
	v.md5Function(i/16, v.tmp(0), b, c, d)
	v.add(v.tmp(0), a, a)
	v.rotateLeft(shift, a, a, v.tmp(1))
	v.add(b, a, a)
}

// md5Function sets dst to F, G, H or I of RFC 1321, section 3.4.
func (v *vector) md5Function(round int, dst, x, y, z string) {
	switch round {
	case 0:
		v.chooseTo(dst, x, y, z)
	case 1:
		v.chooseTo(dst, z, x, y)
	case 2:
		v.parityTo(dst, x, y, z)
	case 3:
		v.md5I(dst, x, y, z)
	}
}

// md5I sets dst to y ^ (x | ^z).
func (v *vector) md5I(dst, x, y, z string) {
	if v.evex {
		v.move(x, dst)
		v.ternary(0x39, z, y, dst)
		return
	}
	v.xor(v.fixed(), z, dst)
	v.or(x, dst, dst)
	v.xor(y, dst, dst)
}
