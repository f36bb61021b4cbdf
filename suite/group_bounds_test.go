package suite

import (
	"bytes"
	"errors"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestBadPublicValues(t *testing.T) {
	for _, g := range Groups() {
		if !g.Computable() {
			var unsupported *UnsupportedError
			if err := g.CheckPublic(nil); !errors.As(err, &unsupported) {
				t.Errorf("%s: %v", g.Name, err)
			}
			continue
		}
		bad := map[string][]byte{"empty": nil, "7 octets": make([]byte, 7), "60,000 octets": make([]byte, 60000), "0": make([]byte, g.PublicLen)}
		ones := bytes.Repeat([]byte{0xff}, g.PublicLen)
		if m, ok := g.arith.(*modp); ok {
			bad["all ones"] = ones
			bad["1"] = leftPad([]byte{1}, g.PublicLen)
			bad["p-1"] = m.values().pMinus1.Bytes()
			bad["p"] = m.values().p.Bytes()
		} else if g.PublicLen != g.SharedLen {
			bad["all ones"] = ones
		}
		for what, public := range bad {
			var wrong *PublicError
			if err := g.CheckPublic(public); !errors.As(err, &wrong) || wrong.Group != g.Name {
				t.Errorf("%s: %s: %v", g.Name, what, err)
			}
			if z, err := g.Shared([]byte{5}, public); !errors.As(err, &wrong) || z != nil {
				t.Errorf("%s: %s: shared value %x, %v", g.Name, what, z, err)
			}
		}
	}
}

func TestBadPrivateValues(t *testing.T) {
	for id := range groupNames {
		g, _ := GroupByID(id)
		bad := map[string][]byte{"absent": nil, "0": make([]byte, g.SharedLen), "too long": bytes.Repeat([]byte{1}, g.arith.privateLen()+1)}
		if g.PublicLen != g.SharedLen {
			bad["all ones"] = bytes.Repeat([]byte{0xff}, g.SharedLen)
		}
		for what, private := range bad {
			var wrong *PrivateError
			if _, err := g.Public(private); !errors.As(err, &wrong) || wrong.Group != g.Name {
				t.Errorf("%s: %s: %v", g.Name, what, err)
			}
		}
	}
}

// One g^xy in 256 begins with a zero octet; it must be there.
func TestSharedKeepsLeadingZeros(t *testing.T) {
	for _, name := range []string{"modp768", "ecp256"} {
		g, _ := GroupByName(name)
		peer, err := g.Public([]byte{77})
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for i := 0; i < 3000 && !found; i++ {
			z, err := g.Shared([]byte{1, byte(i >> 8), byte(i)}, peer)
			if err != nil || len(z) != g.SharedLen {
				t.Fatalf("%s: %d octets, %v", name, len(z), err)
			}
			found = z[0] == 0
		}
		if !found {
			t.Errorf("%s: no value with a leading zero in 3000", name)
		}
	}
}

func TestCurveParameters(t *testing.T) {
	for _, g := range Groups() {
		c, ok := g.arith.(*weierstrass)
		if !ok {
			continue
		}
		if !c.p.ProbablyPrime(20) || !c.n.ProbablyPrime(20) || c.p.BitLen() != g.Bits || !c.contains(c.gx, c.gy) {
			t.Errorf("%s: parameters are wrong", g.Name)
		}
		// n-1 times the generator is its negative; one more is infinity.
		minusOne := new(big.Int).Sub(c.n, bigOne)
		q, err := c.multiple(minusOne.FillBytes(make([]byte, len(c.n.Bytes()))), point{c.gx, c.gy})
		if err != nil || q.x.Cmp(c.gx) != 0 || new(big.Int).Add(q.y, c.gy).Cmp(c.p) != 0 {
			t.Errorf("%s: (n-1)G = %v, %v", g.Name, q, err)
		}
		if sum := c.add(q, point{c.gx, c.gy}); sum.x != nil {
			t.Errorf("%s: nG = %v", g.Name, sum)
		}
		if _, err := g.Public(c.n.Bytes()); err == nil {
			t.Errorf("%s: private value n accepted", g.Name)
		}
	}
}

// The group law on a curve of our own arithmetic: (a+b)G = aG + bG.
func TestGroupLaw(t *testing.T) {
	c := brainpoolP224r1
	generator := point{c.gx, c.gy}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Uint32Range(1, 1<<31).Draw(t, "a"), rapid.Uint32Range(1, 1<<31).Draw(t, "b")
		times := func(n uint64) point {
			q, err := c.multiple(new(big.Int).SetUint64(n).Bytes(), generator)
			if err != nil {
				t.Fatal(err)
			}
			return q
		}
		sum, want := c.add(times(uint64(a)), times(uint64(b))), times(uint64(a)+uint64(b))
		if sum.x.Cmp(want.x) != 0 || sum.y.Cmp(want.y) != 0 || !c.contains(sum.x, sum.y) {
			t.Fatalf("%v, want %v", sum, want)
		}
	})
}

func FuzzShared(f *testing.F) {
	f.Add(uint16(1), []byte{1}, []byte{2})
	f.Add(uint16(19), make([]byte, 32), make([]byte, 64))
	f.Add(uint16(27), []byte{3}, append(brainpoolP224r1.gx.Bytes(), brainpoolP224r1.gy.Bytes()...))
	f.Add(uint16(31), []byte{9}, make([]byte, 32))
	f.Add(uint16(32), []byte{9}, bytes.Repeat([]byte{0xff}, 56))
	f.Fuzz(func(t *testing.T, id uint16, private, public []byte) {
		g, ok := GroupByID(id)
		if !ok {
			return
		}
		z, err := g.Shared(private, public)
		if err == nil && len(z) != g.SharedLen {
			t.Fatalf("%s: %d octets", g.Name, len(z))
		}
		if err == nil && g.CheckPublic(public) != nil {
			t.Fatalf("%s: used a public value that CheckPublic refuses", g.Name)
		}
	})
}
