package suite

import (
	"bytes"
	"slices"
	"strconv"
)

// Group is a Diffie-Hellman group. Its values are octet strings, big-endian
// (little-endian for curve25519 and curve448, RFC 7748), padded with leading
// zeros to the lengths given here. The zero value is no group.
//
// The arithmetic is not constant time: it repeats exchanges that somebody
// else made, with secrets that the user of this program was given.
type Group struct {
	Name      string // "modp2048", "ecp256", "curve25519"
	ID        uint16 // number in the IKE registries; 0 for parameters of a peer's own
	Bits      int    // length of the field's prime
	PublicLen int    // octets of a KE payload's value; elliptic curves: x, then y
	SharedLen int    // octets of g^xy; elliptic curves: x, RFC 5903 section 7
	arith     arithmetic
}

// arithmetic is a group's computation. Public values reach it with
// PublicLen octets, private ones with privateLen octets and not zero. Errors
// are *PublicError and *PrivateError without a group's name.
type arithmetic interface {
	privateLen() int
	checkPublic(public []byte) error
	public(private []byte) ([]byte, error)
	shared(private, public []byte) ([]byte, error)
}

// IsZero reports whether g is no group.
func (g Group) IsZero() bool { return g.Name == "" }

// Computable reports whether the group's arithmetic is known here.
func (g Group) Computable() bool { return g.arith != nil }

// Public computes the KE payload's value, PublicLen octets, of a private
// value. Leading zero octets of private may be missing. A private value that
// is zero or too large is a *PrivateError, a group known by name only an
// *UnsupportedError.
func (g Group) Public(private []byte) ([]byte, error) {
	d, err := g.private(private)
	if err != nil {
		return nil, err
	}
	public, err := g.arith.public(d)
	return public, g.named(err)
}

// Shared computes g^xy, SharedLen octets with leading zeros kept, from one
// side's private value and the other side's KE payload. Errors are those of
// Public and CheckPublic.
func (g Group) Shared(private, peerPublic []byte) ([]byte, error) {
	if err := g.CheckPublic(peerPublic); err != nil {
		return nil, err
	}
	d, err := g.private(private)
	if err != nil {
		return nil, err
	}
	z, err := g.arith.shared(d, peerPublic)
	return z, g.named(err)
}

// CheckPublic reports as *PublicError what is wrong with a public value: its
// length; the values 0, 1, p-1 and those not below p, RFC 2412 and RFC 6989;
// a point that is not on the curve or of low order. The length is looked at
// before any arithmetic.
func (g Group) CheckPublic(public []byte) error {
	if !g.Computable() {
		return &UnsupportedError{Algorithm: g.Name}
	}
	if len(public) != g.PublicLen {
		return &PublicError{Group: g.Name, Reason: "has " + strconv.Itoa(len(public)) +
			" octets, " + strconv.Itoa(g.PublicLen) + " needed"}
	}
	return g.named(g.arith.checkPublic(public))
}

// private pads a private value to the group's length.
func (g Group) private(private []byte) ([]byte, error) {
	if !g.Computable() {
		return nil, &UnsupportedError{Algorithm: g.Name}
	}
	significant := bytes.TrimLeft(private, "\x00")
	n := g.arith.privateLen()
	switch {
	case len(significant) == 0:
		return nil, &PrivateError{Group: g.Name, Reason: "is zero"}
	case len(significant) > n:
		return nil, &PrivateError{Group: g.Name, Reason: "has " + strconv.Itoa(len(significant)) +
			" octets, at most " + strconv.Itoa(n) + " possible"}
	}
	return leftPad(significant, n), nil
}

func leftPad(b []byte, n int) []byte {
	padded := make([]byte, n)
	copy(padded[n-len(b):], b)
	return padded
}

// named puts the group's name into an error of its arithmetic.
func (g Group) named(err error) error {
	switch e := err.(type) {
	case *PublicError:
		e.Group = g.Name
	case *PrivateError:
		e.Group = g.Name
	}
	return err
}

// Groups returns all rows, those known by name only included.
func Groups() []Group { return slices.Clone(groups) }

// GroupByID returns the group of a number in the IKEv1 attribute class 4,
// Group Description, or of an IKEv2 transform of type 4; the two agree.
func GroupByID(id uint16) (Group, bool) {
	for _, g := range groups {
		if g.ID == id {
			return g, true
		}
	}
	return Group{}, false
}

// GroupByName returns the group of a name such as "modp1024".
func GroupByName(name string) (Group, bool) {
	for _, g := range groups {
		if g.Name == name {
			return g, true
		}
	}
	return Group{}, false
}

// GroupName returns the name of a group number: "modp1024", "group 99"; "none"
// for 0, which stands for no exchange at all.
func GroupName(id uint16) string {
	if id == 0 {
		return "none"
	}
	if g, ok := GroupByID(id); ok {
		return g.Name
	}
	return "group " + strconv.Itoa(int(id))
}
