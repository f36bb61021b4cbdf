package isakmp

import "bytes"

// Lifetime is one limit of an SA's life: a life type attribute and the duration behind it.
type Lifetime struct {
	Type     LifeType
	Duration uint64
}

// lifetime finds the limit in the given unit.
func lifetime(ls []Lifetime, t LifeType) (uint64, bool) {
	for _, l := range ls {
		if l.Type == t {
			return l.Duration, true
		}
	}
	return 0, false
}

// attributeSet is one kind of attribute list: what its attributes are called and where the
// value of each type goes. A type has a place as a number, as octets, or none.
type attributeSet struct {
	name                   func(t uint16) string
	number                 func(t uint16) *uint16
	octets                 func(t uint16) *[]byte
	lifeType, lifeDuration uint16

	lifetimes []Lifetime
	unknown   []Attribute
	problems  []*Error

	unit     Attribute // life type attribute that waits for its duration
	waiting  bool
	seen     []Attribute
	keyWidth uint16 // attribute type whose value is a key length in bits
}

// problem keeps damage of one attribute.
func (s *attributeSet) problem(a Attribute, kind error, format string, args ...any) {
	s.problems = append(s.problems, &Error{
		Layer: "attribute", Field: s.name(a.Type), Offset: a.Offset, Err: detail(kind, format, args...),
	})
}

// read puts every attribute into its place.
func (s *attributeSet) read(as []Attribute) {
	for _, a := range as {
		switch a.Type {
		case s.lifeType:
			s.readUnit(a)
		case s.lifeDuration:
			s.readDuration(a)
		default:
			s.readValue(a)
		}
	}
	if s.waiting {
		s.problem(s.unit, ErrValue, "no duration behind it")
	}
}

// readUnit takes a life type, which belongs to the next duration.
func (s *attributeSet) readUnit(a Attribute) {
	if s.waiting {
		s.problem(s.unit, ErrValue, "no duration behind it")
	}
	s.unit, s.waiting = a, true
}

// readDuration takes a life duration: 1 to 8 octets, in the unit given just before.
// RFC 2407 section 4.5, RFC 2409 appendix A.
func (s *attributeSet) readDuration(a Attribute) {
	if !s.waiting {
		s.problem(a, ErrValue, "no life type before it")
		return
	}
	s.waiting = false
	unit, ok := s.unit.Uint()
	if !ok || unit == 0 || unit > 0xffff {
		s.problem(s.unit, ErrValue, "%d octets", len(s.unit.Value))
		return
	}
	v, ok := a.Uint()
	if !ok {
		s.problem(a, ErrLength, "%d octets, allowed are 1 to 8", len(a.Value))
		return
	}
	if v == 0 {
		s.problem(a, ErrValue, "0")
	}
	if old, again := lifetime(s.lifetimes, LifeType(unit)); again {
		if old != v {
			s.problem(a, ErrConflict, "%d and %d", old, v)
		}
		return
	}
	s.lifetimes = append(s.lifetimes, Lifetime{LifeType(unit), v})
}

// readValue takes an attribute that stands for itself. The first of a type counts.
func (s *attributeSet) readValue(a Attribute) {
	for _, old := range s.seen {
		if old.Type == a.Type {
			if !bytes.Equal(old.Value, a.Value) {
				s.problem(a, ErrConflict, "also at octet %d", old.Offset)
			}
			return
		}
	}
	s.seen = append(s.seen, a)
	if place := s.number(a.Type); place != nil {
		s.readNumber(a, place)
	} else if place := s.octets(a.Type); place != nil {
		*place = a.Value
	} else {
		s.unknown = append(s.unknown, a)
	}
}

// readNumber takes a number of 16 bits. Zero is reserved in every registry.
func (s *attributeSet) readNumber(a Attribute, place *uint16) {
	v, ok := a.Uint()
	switch {
	case !ok:
		s.problem(a, ErrLength, "%d octets for a number", len(a.Value))
		return
	case v > 0xffff:
		s.problem(a, ErrValue, "%d is above 65535", v)
		return
	case v == 0:
		s.problem(a, ErrValue, "0")
	case a.Type == s.keyWidth && v%8 != 0:
		s.problem(a, ErrValue, "%d bits are no whole octets", v)
	}
	*place = uint16(v)
}
