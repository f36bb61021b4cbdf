package isakmp

// Attribute is a data attribute: a type and either a value of two octets (basic, format
// bit 1) or a length and a value of that many octets.
//
//	+-+-------------------------------+-------------------------------+
//	|1|       Attribute Type          |        Attribute Value        |
//	+-+-------------------------------+-------------------------------+
//	|0|       Attribute Type          |        Attribute Length       |
//	+-+-------------------------------+-------------------------------+
//	|                   Attribute Value (variable)                    |
//
// RFC 2408 section 3.3.
type Attribute struct {
	Type   uint16 // without the format bit; its meaning depends on where it stands
	Basic  bool   // format bit: the value is two octets
	Value  []byte // as received
	Offset int    // of the attribute in the payload's body
}

const (
	attributeHeaderLen = 4      // octets of type and value or length
	formatBit          = 0x8000 // marks a basic attribute
	usualAttributes    = 8      // most transforms have no more
)

// Uint is the value as a number, most significant octet first. ok is false for an empty
// value and for one of more than 8 octets.
func (a Attribute) Uint() (v uint64, ok bool) {
	if len(a.Value) == 0 || len(a.Value) > 8 {
		return 0, false
	}
	for _, b := range a.Value {
		v = v<<8 | uint64(b)
	}
	return v, true
}

// ParseAttributeList reads data attributes up to the end of b. It stops at damage and at
// [MaxAttributes].
func ParseAttributeList(b []byte) ([]Attribute, error) {
	r := reader{layer: "attribute", b: b}
	as := r.attributes()
	return as, r.failure()
}

// attributes reads data attributes up to the end.
func (r *reader) attributes() (as []Attribute) {
	layer := r.layer
	r.layer = "attribute"
	defer func() { r.layer = layer }()
	as = make([]Attribute, 0, min(len(r.b)/attributeHeaderLen, usualAttributes))
	for len(r.b) > 0 {
		if len(as) == MaxAttributes {
			r.note("count", r.off, detail(ErrLimit, "more than %d attributes", MaxAttributes))
			return as
		}
		if len(r.b) < attributeHeaderLen {
			r.octets("header", attributeHeaderLen)
			return as
		}
		a := Attribute{Offset: r.off}
		kind := r.u16("type")
		a.Type, a.Basic = kind&^formatBit, kind&formatBit != 0
		n := 2
		if !a.Basic {
			n = int(r.u16("length"))
		}
		if a.Value = r.octets("value", n); a.Value == nil {
			return as
		}
		as = append(as, a)
	}
	return as
}
