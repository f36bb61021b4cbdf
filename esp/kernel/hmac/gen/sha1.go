package main

// sha1Constants are K (FIPS 180-4, section 4.2.1).
var sha1Constants = []uint64{0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6}

func sha1(a *asm, s simd) {
	v := newVector(s, 4, 5)
	v.begin("sha1", "sha1K", true)
	for t := range 80 {
		if t >= 16 {
			v.sha1Schedule(t)
		}
		v.sha1Round(t)
	}
	v.end()
	a.Write(v.Bytes())
}

// sha1Schedule computes W[t] (FIPS 180-4, section 6.1.2) in place of W[t-16].
// Words are numbered modulo 16.
func (v *vector) sha1Schedule(t int) {
	w := v.message(t)
	if v.evex {
		v.ternary(parity, v.message(t+2), v.message(t+8), w)
		v.xor(v.message(t+13), w, w)
		v.rotateLeft(1, w, w, "")
		return
	}
	x := v.tmp(0)
	v.move(w, x)
	v.xor(v.message(t+2), x, x)
	v.xor(v.message(t+8), x, x)
	v.xor(v.message(t+13), x, x)
	v.rotateLeft(1, x, x, v.tmp(1))
	v.move(x, w)
}

// sha1Round computes e += (a <<< 5) + f(b, c, d) + K + W[t] and b <<<= 30.
func (v *vector) sha1Round(t int) {
	reg := func(k int) string { return v.state((k - t + 80) % 5) }
	a, b, c, d, e := reg(0), reg(1), reg(2), reg(3), reg(4)
	f, x, y := v.tmp(2), v.tmp(3), v.tmp(4)
	v.addConstant(4*(t/20), e, e)
	switch t / 20 {
	case 0:
		v.chooseTo(f, b, c, d)
	case 2:
		v.majorityTo(f, b, c, d, x)
	default:
		v.parityTo(f, b, c, d)
	}
	v.add(v.message(t), e, e)
	v.rotateLeft(5, a, x, y)
	v.rotateLeft(30, b, b, y)
	v.add(f, e, e)
	v.add(x, e, e)
}
