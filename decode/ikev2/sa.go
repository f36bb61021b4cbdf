package ikev2

import (
	"cmp"
	"slices"

	"golang.org/x/crypto/cryptobyte"

	"ikescope/decode/isakmp"
)

// TransformType is what a transform chooses. IANA: "Transform Type Values",
// registry ikev2-parameters; RFC 7296, section 3.3.2.
type TransformType uint8

// Transform types.
const (
	Encryption TransformType = 1
	PRF        TransformType = 2
	Integrity  TransformType = 3
	KeyMethod  TransformType = 4 // Diffie-Hellman group, or another key exchange method (RFC 9370)
	ESN        TransformType = 5

	// Additional key exchanges, one after the other (RFC 9370, section 2.2.1).
	FirstAdditionalKE TransformType = 6
	LastAdditionalKE  TransformType = 12
)

func (t TransformType) String() string {
	switch t {
	case Encryption:
		return "encryption"
	case PRF:
		return "prf"
	case Integrity:
		return "integrity"
	case KeyMethod:
		return "group"
	case ESN:
		return "esn"
	}
	if t.additional() {
		return "additional key exchange " + decimal(uint8(t-FirstAdditionalKE+1))
	}
	return "transform type " + decimal(uint8(t))
}

func (t TransformType) additional() bool { return t >= FirstAdditionalKE && t <= LastAdditionalKE }

// Proposal is one proposal of an SA payload (RFC 7296, section 3.3.1): a choice of
// one transform of each type.
type Proposal struct {
	Number     uint8
	Protocol   isakmp.Protocol
	SPI        []byte
	Transforms []Transform
}

// Transform is one algorithm that a proposal allows (RFC 7296, section 3.3.2).
type Transform struct {
	Type       TransformType
	ID         uint16
	KeyBits    int // Key Length attribute (section 3.3.5), 0 without one
	Attributes []byte
}

// AdditionalKE reports whether t asks for a key exchange after the first one; with
// the identifier 0 it allows that there is none (RFC 9370, section 2.2.1).
func (t Transform) AdditionalKE() bool { return t.Type.additional() && t.ID != 0 }

// keyLength is the only attribute that is defined, in the short form.
const keyLength = 14 | 1<<15

// First returns the first transform of a type.
func (p Proposal) First(t TransformType) (Transform, bool) {
	for _, x := range p.Transforms {
		if x.Type == t {
			return x, true
		}
	}
	return Transform{}, false
}

// AdditionalKEs returns the key exchanges after the first one, in the order in which
// they take place: that of their types (RFC 9370, section 2.2.1). Those of one type are
// alternatives.
func (p Proposal) AdditionalKEs() (ts []Transform) {
	for _, t := range p.Transforms {
		if t.AdditionalKE() {
			ts = append(ts, t)
		}
	}
	slices.SortStableFunc(ts, func(a, b Transform) int { return cmp.Compare(a.Type, b.Type) })
	return ts
}

// ChosenKEs is AdditionalKEs of an answer, which has one of each type: at most seven,
// whatever it says.
func (p Proposal) ChosenKEs() []Transform {
	return slices.CompactFunc(p.AdditionalKEs(), func(a, b Transform) bool { return a.Type == b.Type })
}

// ParseSA reads the body of an SA payload. What stands before damage is returned
// with the error, an *isakmp.Error.
func ParseSA(body []byte) (ps []Proposal, err error) {
	s, budget := cryptobyte.String(body), MaxTransforms
	var last uint8 // of a proposal: whether another follows
	for len(s) > 0 {
		start := at(body, s)
		if len(ps) == MaxProposals {
			return ps, damage("sa", "proposals", start, isakmp.ErrLimit)
		}
		var reserved uint8
		var n uint16
		if !s.ReadUint8(&last) || !s.ReadUint8(&reserved) || !s.ReadUint16(&n) || n < 8 || int(n)-4 > len(s) {
			return ps, damage("proposal", "length", start+2, isakmp.ErrLength)
		}
		var rest cryptobyte.String
		s.ReadBytes((*[]byte)(&rest), int(n)-4)
		p, ok := parseProposal(rest, &budget)
		ps = append(ps, p)
		if !ok {
			return ps, damage("proposal", "transforms", start+8, isakmp.ErrLength)
		}
		if last == 0 {
			break
		}
	}
	switch {
	case len(s) > 0:
		return ps, damage("sa", "end of proposals", at(body, s), isakmp.ErrTrailing)
	case last != 0:
		return ps, damage("sa", "next proposal", len(body), isakmp.ErrTruncated)
	}
	return ps, nil
}

func parseProposal(s cryptobyte.String, budget *int) (p Proposal, ok bool) {
	var protocol, spiLen, count uint8
	if !s.ReadUint8(&p.Number) || !s.ReadUint8(&protocol) || !s.ReadUint8(&spiLen) || !s.ReadUint8(&count) ||
		!s.ReadBytes(&p.SPI, int(spiLen)) {
		return p, false
	}
	p.Protocol = isakmp.Protocol(protocol)
	for len(s) > 0 {
		var last, reserved uint8
		var n uint16
		if *budget--; *budget < 0 || !s.ReadUint8(&last) || !s.ReadUint8(&reserved) || !s.ReadUint16(&n) || n < 8 || int(n)-4 > len(s) {
			return p, false
		}
		var rest cryptobyte.String
		s.ReadBytes((*[]byte)(&rest), int(n)-4)
		p.Transforms = append(p.Transforms, parseTransform(rest))
	}
	return p, int(count) == len(p.Transforms)
}

// parseTransform reads what follows the four octets of a transform's length; there
// are at least four more.
func parseTransform(s cryptobyte.String) (t Transform) {
	var kind, reserved uint8
	s.ReadUint8(&kind)
	s.ReadUint8(&reserved)
	s.ReadUint16(&t.ID)
	t.Type, t.Attributes = TransformType(kind), s
	for len(s) >= 4 {
		var attribute, value uint16
		s.ReadUint16(&attribute)
		s.ReadUint16(&value)
		switch {
		case attribute == keyLength:
			t.KeyBits = int(value)
		case attribute>>15 == 0 && !s.Skip(int(value)):
			return t
		}
	}
	return t
}
