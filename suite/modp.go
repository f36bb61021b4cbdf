package suite

import (
	"bytes"
	"fmt"
	"math/big"
	"strconv"
	"sync"
)

// modpParams are the parameters of a group modulo a prime, made when first
// needed.
type modpParams struct {
	bits   int
	values func() (p, g *big.Int)
}

// modp is the group of integers modulo a prime. Big integers live only inside
// its methods; octet strings of the prime's length go in and out.
type modp struct {
	octets int
	values func() modpValues
}

type modpValues struct{ p, g, pMinus1 *big.Int }

func newMODP(m modpParams) *modp {
	return &modp{octets: m.bits / 8, values: sync.OnceValue(func() modpValues {
		p, g := m.values()
		return modpValues{p, g, new(big.Int).Sub(p, bigOne)}
	})}
}

var bigOne = big.NewInt(1)

func (m *modp) privateLen() int { return m.octets }

func (m *modp) checkPublic(public []byte) error {
	y, v := new(big.Int).SetBytes(public), m.values()
	switch {
	case y.Sign() == 0:
		return &PublicError{Reason: "is 0"}
	case y.Cmp(bigOne) == 0:
		return &PublicError{Reason: "is 1"}
	case y.Cmp(v.pMinus1) == 0:
		return &PublicError{Reason: "is p-1"}
	case y.Cmp(v.p) >= 0:
		return &PublicError{Reason: "is not below p"}
	}
	return nil
}

// public is g^x mod p.
func (m *modp) public(private []byte) ([]byte, error) {
	return m.exp(m.values().g, private), nil
}

// shared is y^x mod p.
func (m *modp) shared(private, public []byte) ([]byte, error) {
	return m.exp(new(big.Int).SetBytes(public), private), nil
}

func (m *modp) exp(base *big.Int, exponent []byte) []byte {
	z := new(big.Int).SetBytes(exponent)
	z.Exp(base, z, m.values().p)
	return z.FillBytes(make([]byte, m.octets))
}

// Bounds on the prime of a group that a peer describes itself, in bits. Below
// the lower one such a group protects nothing, above the upper one the
// arithmetic would let one message cost seconds.
const (
	minPeerPrimeBits = 512
	maxPeerPrimeBits = 8192
)

// MODPGroup returns the group whose prime and generator travelled as
// attributes (classes 6 and 7, Group Prime and Group Generator One, RFC 2409
// appendix A) of an SA payload, octet strings in big-endian order. Parameters
// of a registered group give that group. The prime's length must be whole
// octets between 512 and 8192 bits, it must be odd, and the generator between
// 2 and p-2; that p is prime is not checked.
func MODPGroup(prime, generator []byte) (Group, error) {
	prime = bytes.TrimLeft(prime, "\x00")
	generator = bytes.TrimLeft(generator, "\x00")
	bits := 8 * len(prime)
	if bits < minPeerPrimeBits || bits > maxPeerPrimeBits || prime[0] < 0x80 {
		return Group{}, fmt.Errorf("suite: group prime of %d octets is not supported", len(prime))
	}
	if len(generator) > len(prime) {
		return Group{}, fmt.Errorf("suite: group generator of %d octets is longer than the prime", len(generator))
	}
	p, g := new(big.Int).SetBytes(prime), new(big.Int).SetBytes(generator)
	pMinus1 := new(big.Int).Sub(p, bigOne)
	if p.Bit(0) == 0 || g.Cmp(bigOne) <= 0 || g.Cmp(pMinus1) >= 0 {
		return Group{}, fmt.Errorf("suite: group parameters are degenerate")
	}
	if known, ok := registeredMODP(p, g); ok {
		return known, nil
	}
	return modpRow("modp"+strconv.Itoa(bits)+"-peer", 0, modpParams{bits, func() (*big.Int, *big.Int) { return p, g }}), nil
}

func registeredMODP(p, g *big.Int) (Group, bool) {
	for _, row := range groups {
		if m, ok := row.arith.(*modp); ok && row.Bits == p.BitLen() {
			if v := m.values(); v.p.Cmp(p) == 0 && v.g.Cmp(g) == 0 {
				return row, true
			}
		}
	}
	return Group{}, false
}
