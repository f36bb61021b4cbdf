package des

import (
	"math/rand/v2"
	"testing"
)

// expansionTable is E of FIPS 46-3.
var expansionTable = [48]int{
	32, 1, 2, 3, 4, 5, 4, 5, 6, 7, 8, 9,
	8, 9, 10, 11, 12, 13, 12, 13, 14, 15, 16, 17,
	16, 17, 18, 19, 20, 21, 20, 21, 22, 23, 24, 25,
	24, 25, 26, 27, 28, 29, 28, 29, 30, 31, 32, 1,
}

// What a round's input is XORed with, by own and edges together, is its key.
func TestFoldedMasksAreTheKey(t *testing.T) {
	rng := rand.New(rand.NewPCG(46, 3))
	for range 1000 {
		k := rng.Uint64() & (1<<48 - 1)
		half, extra := own(k), edges(k)
		for i, bit := range expansionTable {
			got := half >> (32 - bit) & 1
			if i%6 == 0 || i%6 == 5 {
				got ^= extra >> (15 - i/6*2 - i%6/5) & 1
			}
			if want := k >> (47 - i) & 1; got != want {
				t.Fatalf("key %048b, bit %d: %d", k, i, got)
			}
		}
	}
}

// A half is XORed with nothing at the start, with the key of each round when
// it goes through it, and with nothing at the end.
func TestFoldedMasksCancel(t *testing.T) {
	rng := rand.New(rand.NewPCG(46, 4))
	for _, keyLen := range []int{8, 24} {
		c := mustNew(t, random(rng, keyLen))
		var m masks
		c.folded(&m)
		at := m[:]
		take := func(n int) (w uint64) {
			for _, v := range at[:n] {
				w = w<<1 | uint64(-v)
			}
			at = at[n:]
			return w
		}
		var left, right uint64
		for _, keys := range c.keys[:c.stages] {
			right ^= take(halfMasks)
			for r, k := range keys {
				if right != own(k) {
					t.Fatalf("round %d: the half is XORed with %x, want %x", r+1, right, own(k))
				}
				left ^= take(halfMasks)
				if got := take(edgeMasks); got != edges(k) {
					t.Fatalf("round %d: edges %x, want %x", r+1, got, edges(k))
				}
				left, right = right, left
			}
			left, right = right, left
		}
		right ^= take(halfMasks)
		if left != 0 || right != 0 {
			t.Errorf("the halves end XORed with %x and %x", left, right)
		}
	}
}

func TestMasksAreAllOnesOrZeros(t *testing.T) {
	rng := rand.New(rand.NewPCG(46, 5))
	for _, expand := range []func(*Cipher, *masks){(*Cipher).plain, (*Cipher).folded} {
		var m masks
		expand(mustNew(t, random(rng, 24)), &m)
		for i, v := range m {
			if v != 0 && v != -1 {
				t.Fatalf("mask %d is %d", i, v)
			}
		}
	}
}
