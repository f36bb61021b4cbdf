package suite

import "math/big"

// weierstrass is a curve y^2 = x^3 + ax + b over a prime field, of prime
// order, for the groups that the standard library does not offer. It computes
// with affine points and big integers: a multiplication takes milliseconds
// and its time depends on the secret. That is acceptable for replaying a
// recorded exchange and for nothing else.
type weierstrass struct {
	octets     int // of a coordinate and of a private value
	p, a, b, n *big.Int
	gx, gy     *big.Int // the generator
}

// point is an affine point; x nil is the point at infinity.
type point struct{ x, y *big.Int }

func (c *weierstrass) privateLen() int { return c.octets }

func (c *weierstrass) checkPublic(public []byte) error {
	_, err := c.parse(public)
	return err
}

func (c *weierstrass) public(private []byte) ([]byte, error) {
	q, err := c.multiple(private, point{c.gx, c.gy})
	if err != nil {
		return nil, err
	}
	out := make([]byte, 2*c.octets)
	q.x.FillBytes(out[:c.octets])
	q.y.FillBytes(out[c.octets:])
	return out, nil
}

func (c *weierstrass) shared(private, public []byte) ([]byte, error) {
	peer, err := c.parse(public)
	if err != nil {
		return nil, err
	}
	q, err := c.multiple(private, peer)
	if err != nil {
		return nil, err
	}
	return q.x.FillBytes(make([]byte, c.octets)), nil
}

// parse reads x | y and checks that both are below p and on the curve. The
// order is prime, so every such point generates the whole group.
func (c *weierstrass) parse(public []byte) (point, error) {
	x := new(big.Int).SetBytes(public[:c.octets])
	y := new(big.Int).SetBytes(public[c.octets:])
	if x.Cmp(c.p) >= 0 || y.Cmp(c.p) >= 0 || !c.contains(x, y) {
		return point{}, &PublicError{Reason: notOnCurve}
	}
	return point{x, y}, nil
}

func (c *weierstrass) contains(x, y *big.Int) bool {
	left := new(big.Int).Mul(y, y)
	right := new(big.Int).Mul(x, x)
	right.Add(right, c.a).Mul(right, x).Add(right, c.b)
	return left.Sub(left, right).Mod(left, c.p).Sign() == 0
}

// multiple computes d*q, 0 < d < n, by doubling and adding.
func (c *weierstrass) multiple(private []byte, q point) (point, error) {
	d := new(big.Int).SetBytes(private)
	if d.Cmp(c.n) >= 0 {
		return point{}, &PrivateError{Reason: notBelowOrder}
	}
	var sum point
	for i := d.BitLen() - 1; i >= 0; i-- {
		sum = c.double(sum)
		if d.Bit(i) == 1 {
			sum = c.add(sum, q)
		}
	}
	return sum, nil
}

func (c *weierstrass) add(p, q point) point {
	switch {
	case p.x == nil:
		return q
	case q.x == nil:
		return p
	case p.x.Cmp(q.x) == 0:
		if p.y.Cmp(q.y) == 0 {
			return c.double(p)
		}
		return point{}
	}
	dy := new(big.Int).Sub(q.y, p.y)
	dx := new(big.Int).Sub(q.x, p.x)
	return c.chord(c.quotient(dy, dx), p, q.x)
}

func (c *weierstrass) double(p point) point {
	if p.x == nil || p.y.Sign() == 0 {
		return point{}
	}
	dy := new(big.Int).Mul(p.x, p.x)
	dy.Mul(dy, big.NewInt(3)).Add(dy, c.a)
	dx := new(big.Int).Lsh(p.y, 1)
	return c.chord(c.quotient(dy, dx), p, p.x)
}

// quotient is dy/dx mod p.
func (c *weierstrass) quotient(dy, dx *big.Int) *big.Int {
	dx.Mod(dx, c.p).ModInverse(dx, c.p)
	return dy.Mul(dy, dx).Mod(dy, c.p)
}

// chord returns the sum of p and a point with abscissa qx, given the slope of
// the line through both:
//
//	x = slope^2 - px - qx, y = slope (px - x) - py
func (c *weierstrass) chord(slope *big.Int, p point, qx *big.Int) point {
	x := new(big.Int).Mul(slope, slope)
	x.Sub(x, p.x).Sub(x, qx).Mod(x, c.p)
	y := new(big.Int).Sub(p.x, x)
	y.Mul(y, slope).Sub(y, p.y).Mod(y, c.p)
	return point{x, y}
}
