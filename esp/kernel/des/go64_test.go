package des

import (
	"math/rand/v2"
	"testing"
)

// transposed is transpose, bit by bit.
func transposed(p *[64]uint64) (q [64]uint64) {
	for i := range p {
		for j := range q {
			q[j] |= p[i] >> j & 1 << i
		}
	}
	return q
}

func randomMatrix(rng *rand.Rand) (p [64]uint64) {
	for i := range p {
		p[i] = rng.Uint64()
	}
	return p
}

func TestTranspose(t *testing.T) {
	rng := rand.New(rand.NewPCG(64, 64))
	for range 100 {
		p := randomMatrix(rng)
		want := transposed(&p)
		q := p
		if transpose(&q); q != want {
			t.Fatal("transpose is wrong")
		}
		if transpose(&q); q != p {
			t.Fatal("twice is not once")
		}
	}
}
