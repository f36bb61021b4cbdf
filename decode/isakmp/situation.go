package isakmp

import "strings"

// Situation is the bitmap at the start of the IPSEC DOI's situation. RFC 2407 section 4.2.
type Situation uint32

// Situations.
const (
	SituationIdentityOnly Situation = 1
	SituationSecrecy      Situation = 2
	SituationIntegrity    Situation = 4
)

// String lists the situations joined by "+"; bits without a name appear as one number.
func (s Situation) String() string {
	if s == 0 {
		return "0"
	}
	var set []string
	for i, name := range []string{"identity-only", "secrecy", "integrity"} {
		if bit := Situation(1) << i; s&bit != 0 {
			set, s = append(set, name), s&^bit
		}
	}
	if s != 0 {
		set = append(set, decimal(s))
	}
	return strings.Join(set, "+")
}

// situation reads the situation of an SA payload: the bitmap and, where secrecy or
// integrity labels are asked for, the labeled domain identifier and for each of the two a
// level (length in octets) and a category bitmap (length in bits), padded to 4 octets.
// RFC 2407 section 4.6.1.
func (r *reader) situation() []byte {
	start := *r
	s := Situation(r.u32("situation"))
	if s&(SituationSecrecy|SituationIntegrity) != 0 {
		r.u32("labeled domain identifier")
		for _, label := range []string{"secrecy", "integrity"} {
			r.label(label+" level", 8)
			r.label(label+" category", 1)
		}
	}
	return start.b[:r.off-start.off]
}

// label reads a length in units of so many bits, two reserved octets and the padded value.
func (r *reader) label(field string, bits int) {
	n := int(r.u16(field+" length")) * bits
	r.u16(field + " reserved")
	r.octets(field, (n+31)/32*4)
}
