//go:build !purego

package des

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"ikescope/esp/kernel/cpu"
)

// Both kernels transpose columns of 64 bits side by side.
func TestTransposeInAssembly(t *testing.T) {
	for _, k := range []struct {
		name      string
		present   bool
		length    int // of a row in octets
		transpose func(dst, src *byte, exchange int)
	}{
		{"avx512", cpu.AVX512, 64, transpose512},
		{"avx2", cpu.AVX2, 32, transpose256},
	} {
		t.Run(k.name, func(t *testing.T) {
			if !k.present {
				t.Skip("not on this processor")
			}
			for _, offset := range []int{0, 1, 8, 63} {
				for _, exchange := range []int{0, 1} {
					testTranspose(t, k.length, offset, exchange, k.transpose)
				}
			}
		})
	}
}

func testTranspose(t *testing.T, length, offset, exchange int, f func(dst, src *byte, exchange int)) {
	t.Helper()
	rng := rand.New(rand.NewPCG(uint64(length), uint64(exchange)))
	src := random(rng, offset+64*length)[offset:]
	memory := random(rng, 2*guard+64*length)
	before := append([]byte(nil), memory...)
	dst := memory[guard : guard+64*length]
	f(&dst[0], &src[0], exchange*length)
	for column := 0; column < length; column += 8 {
		var p [64]uint64
		for i := range p {
			p[i] = binary.LittleEndian.Uint64(src[(i^exchange)*length+column:])
		}
		want := transposed(&p)
		for i := range want {
			if got := binary.LittleEndian.Uint64(dst[i*length+column:]); got != want[i] {
				t.Fatalf("offset %d, exchange %d, column %d, row %d: %x, want %x", offset, exchange, column, i, got, want[i])
			}
		}
	}
	end := guard + len(dst)
	if string(memory[:guard]) != string(before[:guard]) || string(memory[end:]) != string(before[end:]) {
		t.Fatal("octets around the result changed")
	}
}
