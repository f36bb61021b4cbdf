//go:build !purego

package aesgcm

import (
	"crypto/aes"
	"math/rand/v2"
	"slices"
	"testing"
)

// times is the multiplication of NIST SP 800-38D, section 6.3, algorithm 1.
func times(x, y [16]byte) (z [16]byte) {
	for i := range 128 {
		if x[i/8]>>(7-i%8)&1 == 1 {
			for j := range z {
				z[j] ^= y[j]
			}
		}
		y = shift(y)
	}
	return z
}

// shift is a multiplication by the polynomial x: one bit to the right.
func shift(y [16]byte) (z [16]byte) {
	for j := range z {
		z[j] = y[j] >> 1
		if j > 0 {
			z[j] |= y[j-1] << 7
		}
	}
	if y[15]&1 == 1 {
		z[0] ^= 0xe1
	}
	return z
}

// A power is kept octet by octet in opposite order, one bit further up: a
// shift to the right gives it back.
func TestPowers(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 8))
	for range 50 {
		key := randomOctets(rng, 16)
		k := newKey(t, key)
		block, err := aes.NewCipher(key)
		if err != nil {
			t.Fatal(err)
		}
		var h [16]byte
		block.Encrypt(h[:], h[:])
		want := h
		for n := 1; n <= highest; n++ {
			got := k.powers[highest-n]
			slices.Reverse(got[:])
			if shift(got) != want {
				t.Fatalf("power %d is %x, want %x", n, shift(got), want)
			}
			want = times(want, h)
		}
		for _, rest := range k.powers[highest:] {
			if rest != [16]byte{} {
				t.Fatalf("behind the first power: %x", rest)
			}
		}
	}
}

// The offsets that the kernel uses are of the powers that their names say.
func TestOffsets(t *testing.T) {
	for n, offset := range map[int]int{16: power16, 12: power12, 8: power8, 4: power4, 5: sumPowers} {
		if got := highest - offset/16; got != n {
			t.Errorf("offset %d is of power %d, want %d", offset, got, n)
		}
	}
}
