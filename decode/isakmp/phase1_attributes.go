package isakmp

// Phase1Attribute is the type of an attribute of an ISAKMP transform. IANA: "IKE
// Attributes", registry ipsec-registry; RFC 2409 appendix A.
type Phase1Attribute uint16

// Attributes of an ISAKMP transform.
const (
	Phase1Encryption   Phase1Attribute = 1
	Phase1Hash         Phase1Attribute = 2
	Phase1AuthMethod   Phase1Attribute = 3
	Phase1Group        Phase1Attribute = 4
	Phase1GroupType    Phase1Attribute = 5
	Phase1Prime        Phase1Attribute = 6
	Phase1GeneratorOne Phase1Attribute = 7
	Phase1GeneratorTwo Phase1Attribute = 8
	Phase1CurveA       Phase1Attribute = 9
	Phase1CurveB       Phase1Attribute = 10
	Phase1LifeType     Phase1Attribute = 11
	Phase1LifeDuration Phase1Attribute = 12
	Phase1PRF          Phase1Attribute = 13
	Phase1KeyLength    Phase1Attribute = 14
	Phase1FieldSize    Phase1Attribute = 15
	Phase1Order        Phase1Attribute = 16
)

var phase1AttributeNames = names[Phase1Attribute]{
	Phase1Encryption:   "encryption",
	Phase1Hash:         "hash",
	Phase1AuthMethod:   "authentication method",
	Phase1Group:        "group",
	Phase1GroupType:    "group type",
	Phase1Prime:        "group prime",
	Phase1GeneratorOne: "group generator one",
	Phase1GeneratorTwo: "group generator two",
	Phase1CurveA:       "group curve a",
	Phase1CurveB:       "group curve b",
	Phase1LifeType:     "life type",
	Phase1LifeDuration: "life duration",
	Phase1PRF:          "prf",
	Phase1KeyLength:    "key length",
	Phase1FieldSize:    "field size",
	Phase1Order:        "group order",
}

// String is the name of the attribute, or the number where there is none.
func (t Phase1Attribute) String() string { return phase1AttributeNames.of(t) }

// Phase1Attributes is what an ISAKMP transform offers. A number that is zero and octets
// that are nil were not given.
type Phase1Attributes struct {
	Encryption uint16 // IANA "Encryption Algorithm"
	Hash       uint16 // IANA "Hash Algorithm"
	Auth       AuthMethod
	Group      uint16 // IANA "Group Description"
	PRF        uint16 // none is registered: 0, the HMAC of the hash
	KeyLength  uint16 // of the cipher, in bits

	// Parameters of a group that travels in the payload, RFC 2409 appendix A.
	GroupType                  GroupType
	Prime                      []byte // or irreducible polynomial; big-endian
	GeneratorOne, GeneratorTwo []byte
	CurveA, CurveB             []byte
	Order                      []byte
	FieldSize                  uint16 // in bits

	Lifetimes []Lifetime  // in the order given, one of each type
	Unknown   []Attribute // of types not listed above
	Problems  []*Error    // impossible, contradictory or incomplete attributes; offsets count from the payload's body
}

// Phase1 reads the attributes of an ISAKMP transform.
func (t Transform) Phase1() Phase1Attributes {
	var p Phase1Attributes
	s := attributeSet{
		name:         func(t uint16) string { return Phase1Attribute(t).String() },
		number:       p.number,
		octets:       p.octets,
		lifeType:     uint16(Phase1LifeType),
		lifeDuration: uint16(Phase1LifeDuration),
		keyWidth:     uint16(Phase1KeyLength),
	}
	s.read(t.Attributes)
	p.Lifetimes, p.Unknown, p.Problems = s.lifetimes, s.unknown, s.problems
	return p
}

// Lifetime is the limit in the given unit; ok is false where there is none.
func (p Phase1Attributes) Lifetime(t LifeType) (v uint64, ok bool) { return lifetime(p.Lifetimes, t) }

func (p *Phase1Attributes) number(t uint16) *uint16 {
	switch Phase1Attribute(t) {
	case Phase1Encryption:
		return &p.Encryption
	case Phase1Hash:
		return &p.Hash
	case Phase1AuthMethod:
		return (*uint16)(&p.Auth)
	case Phase1Group:
		return &p.Group
	case Phase1GroupType:
		return (*uint16)(&p.GroupType)
	case Phase1PRF:
		return &p.PRF
	case Phase1KeyLength:
		return &p.KeyLength
	case Phase1FieldSize:
		return &p.FieldSize
	default:
		return nil
	}
}

func (p *Phase1Attributes) octets(t uint16) *[]byte {
	switch Phase1Attribute(t) {
	case Phase1Prime:
		return &p.Prime
	case Phase1GeneratorOne:
		return &p.GeneratorOne
	case Phase1GeneratorTwo:
		return &p.GeneratorTwo
	case Phase1CurveA:
		return &p.CurveA
	case Phase1CurveB:
		return &p.CurveB
	case Phase1Order:
		return &p.Order
	default:
		return nil
	}
}
