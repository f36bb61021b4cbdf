//go:build !purego

package des

import "ikescope/esp/kernel/cpu"

// assembly has the kernels in assembly, fastest first.
var assembly = []kernel{
	{"avx512", cpu.AVX512, 512, 16, (*Cipher).folded, decrypt512},
	{"avx2", cpu.AVX2, 256, 16, (*Cipher).plain, decrypt256},
}

func decrypt512(b *Batch, stages int) {
	transpose512(&b.planes[0], &b.in[0], 0)
	rounds512(&b.planes[0], &b.masks, stages)
	transpose512(&b.out[0], &b.planes[0], exchanged(stages)*512/8)
}

func decrypt256(b *Batch, stages int) {
	transpose256(&b.planes[0], &b.in[0], 0)
	rounds256(&b.planes[0], &b.masks, stages)
	transpose256(&b.out[0], &b.planes[0], exchanged(stages)*256/8)
}

//go:noescape
func transpose512(dst, src *byte, exchange int)

//go:noescape
func transpose256(dst, src *byte, exchange int)

//go:noescape
func rounds512(planes *byte, m *masks, stages int)

//go:noescape
func rounds256(planes *byte, m *masks, stages int)
