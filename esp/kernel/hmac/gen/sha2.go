package main

import (
	"fmt"
	"math/big"
)

// sha2 is what SHA-256 and SHA-512 differ in (FIPS 180-4, sections 4.1.2 and
// 4.1.3).
type sha2 struct {
	name            string
	word            int // octets
	rounds          int
	bigA, bigE      [3]int // rotations of the functions Sigma 0 and 1
	small15, small2 [3]int // rotations and shift of sigma 0 and 1, which are applied to W[t-15] and W[t-2]
}

var (
	sha256 = sha2{"sha256", 4, 64, [3]int{2, 13, 22}, [3]int{6, 11, 25}, [3]int{7, 18, 3}, [3]int{17, 19, 10}}
	sha512 = sha2{"sha512", 8, 80, [3]int{28, 34, 39}, [3]int{14, 18, 41}, [3]int{1, 8, 7}, [3]int{19, 61, 6}}
)

func (h sha2) table() string { return h.name + "K" }

// constants returns K: the first bits of the fractional parts of the cube
// roots of the first primes (FIPS 180-4, sections 4.2.2 and 4.2.3).
func (h sha2) constants() []uint64 {
	var k []uint64
	for p := int64(2); len(k) < h.rounds; p++ {
		if big.NewInt(p).ProbablyPrime(0) {
			root := cubeRoot(new(big.Int).Lsh(big.NewInt(p), uint(3*8*h.word)))
			mask := new(big.Int).Lsh(big.NewInt(1), uint(8*h.word))
			k = append(k, root.Mod(root, mask).Uint64())
		}
	}
	return k
}

// cubeRoot returns the integer part of the cube root of n.
func cubeRoot(n *big.Int) *big.Int {
	root := new(big.Int)
	for bit := n.BitLen()/3 + 1; bit >= 0; bit-- {
		next := new(big.Int).SetBit(root, bit, 1)
		if new(big.Int).Exp(next, big.NewInt(3), nil).Cmp(n) <= 0 {
			root = next
		}
	}
	return root
}

func (h sha2) vector(a *asm, s simd) {
	v := newVector(s, h.word, 8)
	v.begin(h.name, h.table(), true)
	for t := range 16 {
		v.sha2Round(h, t)
	}
	v.op("LEAQ", fmt.Sprintf("%s<>+%d(SB)", h.table(), h.word*(h.rounds-16)), "R14")
	v.label("rounds")
	v.op("ADDQ", 16*h.word, "R13")
	for t := range 16 {
		v.sha2Schedule(h, t)
		v.sha2Round(h, t)
	}
	v.op("CMPQ", "R13", "R14")
	v.op("JNE", "rounds")
	v.end()
	a.Write(v.Bytes())
}

// sha2Schedule computes W[t] = sigma1(W[t-2]) + W[t-7] + sigma0(W[t-15]) +
// W[t-16] in place of W[t-16]. Words are numbered modulo 16.
func (v *vector) sha2Schedule(h sha2, t int) {
	w := v.message(t)
	x, y := v.tmp(4), v.tmp(5)
	if v.evex {
		x = w
	} else {
		v.move(w, x)
	}
	v.add(v.message(t+9), x, x)
	v.sigma(h.small15, v.message(t+1), y)
	v.add(y, x, x)
	v.sigma(h.small2, v.message(t+14), y)
	v.add(y, x, x)
	if !v.evex {
		v.move(x, w)
	}
}

// sha2Round computes
//
//	T1 = h + Sigma1(e) + Ch(e, f, g) + K[t] + W[t]
//	d += T1
//	h = T1 + Sigma0(a) + Maj(a, b, c)
func (v *vector) sha2Round(k sha2, t int) {
	reg := func(i int) string { return v.state((i - t + 80) % 8) }
	a, b, c, d, e, f, g, h := reg(0), reg(1), reg(2), reg(3), reg(4), reg(5), reg(6), reg(7)
	x, y := v.tmp(4), v.tmp(5)
	v.addConstant(k.word*t, h, h)
	v.add(v.message(t), h, h)
	v.chooseTo(x, e, f, g)
	v.add(x, h, h)
	v.bigSigma(k.bigE, e, y)
	v.add(y, h, h)
	v.add(h, d, d)
	v.bigSigma(k.bigA, a, y)
	v.majorityTo(x, a, b, c, v.tmp(0))
	v.add(y, h, h)
	v.add(x, h, h)
}

// bigSigma sets dst to the exclusive or of three rotations to the right.
func (v *vector) bigSigma(n [3]int, src, dst string) {
	v.rotate3(n, src, dst, func(n int, src, dst, t string) { v.rotateLeft(8*v.word-n, src, dst, t) })
}

// sigma sets dst to the exclusive or of two rotations and a shift to the right.
func (v *vector) sigma(n [3]int, src, dst string) {
	v.rotate3(n, src, dst, func(n int, src, dst, t string) { v.onWords("VPSRL", n, src, dst) })
}

func (v *vector) rotate3(n [3]int, src, dst string, third func(n int, src, dst, t string)) {
	x, y, t := v.tmp(0), v.tmp(1), v.tmp(2)
	if !v.evex && src[0] != v.register[0] { // in memory
		v.move(src, v.tmp(3))
		src = v.tmp(3)
	}
	v.rotateLeft(8*v.word-n[0], src, x, t)
	v.rotateLeft(8*v.word-n[1], src, y, t)
	third(n[2], src, dst, t)
	if v.evex {
		v.ternary(parity, x, y, dst)
		return
	}
	v.xor(x, y, x)
	v.xor(x, dst, dst)
}
