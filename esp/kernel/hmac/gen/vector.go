package main

import "fmt"

// simd is a set of vector instructions.
type simd struct {
	name     string // ends the names of its kernels
	register string // the letter of its registers
	octets   int    // the length of a register
	// evex says that there are 32 registers, boolean functions of three
	// operands and rotations.
	evex bool
}

var (
	avx512 = simd{"AVX512", "Z", 64, true}
	vl     = simd{"VL", "Y", 32, true}
	avx2   = simd{"AVX2", "Y", 32, false}
)

func (s simd) r(n int) string { return fmt.Sprint(s.register, n) }

// vector writes a kernel that hashes one message in each element of its
// registers.
//
// Registers: with evex 0 to 15 hold the message words, the next the state, and
// the rest temporaries; otherwise 0 to 7 hold the state, the message words
// stand on the stack.
type vector struct {
	asm
	simd
	word  int    // octets of a word: 4 or 8
	words int    // of the state
	size  string // suffix of instructions on words: D or Q
}

func newVector(s simd, word, words int) *vector {
	return &vector{simd: s, word: word, words: words, size: map[int]string{4: "D", 8: "Q"}[word]}
}

func (v *vector) lanes() int { return v.octets / v.word }

// state returns the register of word i.
func (v *vector) state(i int) string {
	if v.evex {
		return v.r(16 + i)
	}
	return v.r(i)
}

// message returns where word i modulo 16 of the message is.
func (v *vector) message(i int) string {
	if v.evex {
		return v.r(i % 16)
	}
	return at(i%16*v.octets, "SP")
}

// tmp returns temporary register i of 7.
func (v *vector) tmp(i int) string {
	if v.evex {
		return v.r(24 + i)
	}
	return v.r(8 + i)
}

// fixed returns the register of the constant that the hash needs: the mask that
// reverses the octets of words or, where nothing is reversed, all ones.
func (v *vector) fixed() string {
	if v.evex {
		return v.r(31)
	}
	return v.r(15)
}

// onWords writes an operation on words.
func (v *vector) onWords(name string, args ...any) { v.op(name+v.size, args...) }

func (v *vector) add(x, y, dst string) { v.onWords("VPADD", x, y, dst) }

// logic returns the name of a boolean operation.
func (v *vector) logic(name string) string {
	if v.evex {
		return name + "D"
	}
	return name
}

func (v *vector) xor(x, y, dst string) { v.op(v.logic("VPXOR"), x, y, dst) }
func (v *vector) and(x, y, dst string) { v.op(v.logic("VPAND"), x, y, dst) }
func (v *vector) or(x, y, dst string)  { v.op(v.logic("VPOR"), x, y, dst) }

func (v *vector) move(src, dst string) {
	if v.evex {
		v.op("VMOVDQU64", src, dst)
	} else {
		v.op("VMOVDQU", src, dst)
	}
}

// rotateLeft may have dst the same as src; t is destroyed without evex.
func (v *vector) rotateLeft(n int, src, dst, t string) {
	if v.evex {
		v.onWords("VPROL", n, src, dst)
		return
	}
	v.onWords("VPSLL", n, src, t)
	v.onWords("VPSRL", 8*v.word-n, src, dst)
	v.or(t, dst, dst)
}

// ternary sets dst to the function of dst, y and z whose truth table is f: bit
// 4a+2b+c is its value for a bit a of dst, b of y and c of z.
func (v *vector) ternary(f int, z, y, dst string) { v.op("VPTERNLOGD", f, z, y, dst) }

// Truth tables.
const (
	choose   = 0xca // a ? b : c
	parity   = 0x96 // a ^ b ^ c
	majority = 0xe8 // at least two of a, b, c
)

// chooseTo sets dst to (x & y) | (^x & z).
func (v *vector) chooseTo(dst, x, y, z string) {
	if v.evex {
		v.move(x, dst)
		v.ternary(choose, z, y, dst)
		return
	}
	v.xor(y, z, dst)
	v.and(x, dst, dst)
	v.xor(z, dst, dst)
}

// parityTo sets dst to x ^ y ^ z.
func (v *vector) parityTo(dst, x, y, z string) {
	if v.evex {
		v.move(x, dst)
		v.ternary(parity, z, y, dst)
		return
	}
	v.xor(y, z, dst)
	v.xor(x, dst, dst)
}

// majorityTo sets dst to (x & y) | (x & z) | (y & z); t is destroyed without
// evex.
func (v *vector) majorityTo(dst, x, y, z, t string) {
	if v.evex {
		v.move(x, dst)
		v.ternary(majority, z, y, dst)
		return
	}
	v.or(y, z, t)
	v.and(y, z, dst)
	v.and(x, t, t)
	v.or(t, dst, dst)
}

// addConstant adds the word at an offset of the table in R13 to each element
// of x. Temporary 6 is destroyed without evex.
func (v *vector) addConstant(offset int, x, dst string) {
	if v.evex {
		v.op("VPADD"+v.size+".BCST", at(offset, "R13"), x, dst)
		return
	}
	v.onWords("VPBROADCAST", at(offset, "R13"), v.tmp(6))
	v.add(v.tmp(6), x, dst)
}
