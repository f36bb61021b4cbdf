package des

import "encoding/binary"

// goBlocks is the number of blocks of the kernel in Go.
const goBlocks = 64

// decryptGo decrypts a slice of 64 blocks. Plane 8a+b has bit b, counted from
// the least significant one, of octet a of the blocks. So IP has nothing to do
// but to name them: it makes the left half of the even planes, and the right
// half of the odd ones in the same order.
func decryptGo(b *Batch, stages int) {
	var p [64]uint64
	for i := range p {
		p[i] = binary.LittleEndian.Uint64(b.in[8*i:])
	}
	transpose(&p)
	rounds64(&p, b.masks[:], stages)
	flip := exchanged(stages)
	var q [64]uint64
	for i := range q {
		q[i] = p[i^flip]
	}
	transpose(&q)
	for i := range q {
		binary.LittleEndian.PutUint64(b.out[8*i:], q[i])
	}
}

// rounds64 is one DES after the other. IP undoes the IP^-1 before it, but the
// last round of each does not exchange the halves: for the next one they are
// in each other's place.
func rounds64(p *[64]uint64, k []int32, stages int) {
	left, right := (*[63]uint64)(p[:]), (*[63]uint64)(p[1:])
	for range stages {
		for range rounds / 2 {
			round(left, right, k)
			round(right, left, k[roundMasks:])
			k = k[2*roundMasks:]
		}
		left, right = right, left
	}
}

// exchanged is 1 if the rounds leave the halves in each other's place.
func exchanged(stages int) int { return stages % 2 }

// transpose makes bit j of word i bit i of word j: it exchanges the quarters
// of the matrix off the diagonal, then those of each quarter, and so on.
func transpose(p *[64]uint64) {
	mask := uint64(1)<<32 - 1
	for s := 32; s > 0; s >>= 1 {
		for i := 0; i < len(p); i = (i + s + 1) &^ s {
			t := (p[i]>>s ^ p[i+s]) & mask
			p[i] ^= t << s
			p[i+s] ^= t
		}
		mask ^= mask << (s >> 1)
	}
}
