package ikestate

import (
	"bytes"
	"cmp"
	"slices"

	"ikescope/keymat"
	"ikescope/secrets"
	"ikescope/suite"
)

// ring is the user's secrets with what was computed from them.
type ring struct {
	*secrets.Ring
	publics map[publicKey][]byte // KE values of the private values, by group
	shared  map[sharedKey][]byte
	rekeyed map[pair]rekeyedSA // IKE SAs that others of version 2 made

	natBudget int   // see maxNATHashes
	own       int   // effort spent in groups without a number
	agreeing  int   // effort spent on shared secrets
	refused   int64 // computations that would have cost too much
	untried   int64 // secrets, or combinations of them, that were left out where there are too many
	rsa       []*secrets.RSAPrivate
	decrypted map[string]decryption // by ciphertext
	used      Uses
}

type publicKey struct {
	dh    int // index in Ring.DHs
	group uint16
}

type sharedKey struct {
	publicKey
	peer string // the other side's KE value
}

func newRing(r *secrets.Ring) *ring {
	return &ring{Ring: r, natBudget: maxNATHashes, publics: map[publicKey][]byte{}, shared: map[sharedKey][]byte{}, used: Uses{}, rekeyed: map[pair]rekeyedSA{}, decrypted: map[string]decryption{}}
}

// Bounds on what exponentiations may cost, in units of one modulo 1,024 bits with
// an exponent as long, half a millisecond. Without them a stranger who repeats the
// public value of a known private one, or makes up groups, costs minutes.
const (
	maxOwnEffort   = 4096 // in groups that peers made up; nothing of them can be kept under a number
	maxAgreeing    = 4096 // on shared secrets, and
	effortPerValue = 512  // that much more for each private value: modulo 8,192 bits, once
	curveEffort    = 8
)

// effort estimates an exponentiation with a private value of n octets.
func effort(g suite.Group, n int) int {
	if g.PublicLen != g.SharedLen || g.Bits < 768 { // a curve
		return curveEffort
	}
	return g.Bits*g.Bits/1024*min(8*n, g.Bits)/1024/1024 + 1
}

// public returns the KE value that belongs to a private value, nil where the
// value is impossible in the group.
func (r *ring) public(dh int, g suite.Group) []byte {
	private := r.DHs[dh].Private.Bytes()
	if g.ID == 0 {
		cost := effort(g, len(private))
		if r.own+cost > maxOwnEffort {
			r.refused++
			return nil
		}
		r.own += cost
		v, _ := g.Public(private)
		return v
	}
	k := publicKey{dh, g.ID}
	v, ok := r.publics[k]
	if !ok {
		v, _ = g.Public(private)
		r.publics[k] = v
	}
	return v
}

// agreed is a shared secret g^xy that may belong to an exchange.
type agreed struct {
	secret keymat.Secret
	rung   Rung
	source secrets.Source
	proved bool // a private value whose public value is one of the exchange's
	side   Speaker
	beside keymat.Secret // secrets of the key exchanges behind it, where a log has them together
}

// agreements returns the shared secrets that could be those of an exchange with
// the public values gxi and gxr: first what private values prove, then every
// given g^xy as long as the group's (RFC 2409, section 5: leading zeros count), or
// as the public values of a group that is known by its number only.
func (r *ring) agreements(g suite.Group, gxi, gxr []byte) (found []agreed) {
	for i, dh := range r.DHs {
		if a, ok := r.proved(i, g, gxi, gxr); ok {
			a.source = dh.Source
			return []agreed{a}
		}
	}
	if n := cmp.Or(g.SharedLen, len(gxi)); n > 0 {
		return r.sharedOf(n)
	}
	return nil
}

// laterAgreements is agreements of an exchange under the conversation's SA. The
// secret of phase 1 is not that of an exchange with other public values.
func (c *Conversation) laterAgreements(r *ring, g suite.Group, gxi, gxr []byte) []agreed {
	p := c.Phase1
	found := r.agreements(g, gxi, gxr)
	if p.Ladder.GXY.IsZero() || bytes.Equal(gxi, p.GXI) && bytes.Equal(gxr, p.GXR) {
		return found
	}
	return slices.DeleteFunc(found, func(a agreed) bool { return a.tentative() && a.secret.Equal(p.Ladder.GXY) })
}

// sharedOf returns every given g^xy of n octets, of any length where n is 0 as the
// group is not known.
func (r *ring) sharedOf(n int) (found []agreed) {
	for _, dh := range r.DHs {
		if have := dh.Shared.Len(); have > 0 && (have == n || n == 0) {
			found = append(found, agreed{secret: dh.Shared, rung: RungDHShared, source: dh.Source, beside: dh.Further})
		}
	}
	return found
}

func (r *ring) proved(i int, g suite.Group, gxi, gxr []byte) (agreed, bool) {
	private := r.DHs[i].Private
	if private.IsZero() || !g.Computable() || len(gxi) != g.PublicLen || len(gxr) != g.PublicLen {
		return agreed{}, false
	}
	peer, side := gxr, Initiator
	switch own := r.public(i, g); {
	case own == nil:
		return agreed{}, false
	case bytes.Equal(own, gxi):
	case bytes.Equal(own, gxr):
		peer, side = gxi, Responder
	default:
		return agreed{}, false
	}
	shared := r.agree(i, g, peer)
	return agreed{secret: keymat.NewSecret(shared), rung: RungDHPrivate, proved: true, side: side}, shared != nil
}

// agree computes g^xy once for each pair of values, nil where the peer's value is
// degenerate.
func (r *ring) agree(i int, g suite.Group, peer []byte) []byte {
	k := sharedKey{publicKey{i, g.ID}, string(peer)}
	if v, ok := r.shared[k]; ok {
		return v
	}
	private := r.DHs[i].Private.Bytes()
	cost := effort(g, len(private))
	if r.agreeing+cost > maxAgreeing+effortPerValue*len(r.DHs) {
		r.refused++
		return nil
	}
	r.agreeing += cost
	v, _ := g.Shared(private, peer)
	if g.ID != 0 {
		r.shared[k] = v
	}
	return v
}

// further returns the shared secrets that may be those of a key exchange after the
// first one (RFC 9370); of a method that is not known here, all there are.
func (r *ring) further(g suite.Group, gxi, gxr []byte) []agreed {
	if g.IsZero() {
		return r.sharedOf(0)
	}
	return r.agreements(g, gxi, gxr)
}
