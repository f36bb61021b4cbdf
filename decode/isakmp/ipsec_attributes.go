package isakmp

// IPsecAttribute is the type of an attribute of an AH, ESP or IPComp transform. IANA:
// "IPSEC Security Association Attributes", registry isakmp-registry; RFC 2407 section 4.5.
type IPsecAttribute uint16

// Attributes of an AH, ESP or IPComp transform.
const (
	IPsecLifeType            IPsecAttribute = 1
	IPsecLifeDuration        IPsecAttribute = 2
	IPsecGroup               IPsecAttribute = 3
	IPsecEncapsulation       IPsecAttribute = 4
	IPsecAuth                IPsecAttribute = 5
	IPsecKeyLength           IPsecAttribute = 6
	IPsecKeyRounds           IPsecAttribute = 7
	IPsecCompressDictionary  IPsecAttribute = 8
	IPsecCompressAlgorithm   IPsecAttribute = 9
	IPsecECNTunnel           IPsecAttribute = 10 // RFC 3168 section 9.2.1.2
	IPsecESN                 IPsecAttribute = 11 // RFC 4304
	IPsecAuthKeyLength       IPsecAttribute = 12 // RFC 4359
	IPsecSignatureEncoding   IPsecAttribute = 13 // RFC 4359
	IPsecAddressPreservation IPsecAttribute = 14 // RFC 6407
	IPsecDirection           IPsecAttribute = 15 // RFC 6407
)

var ipsecAttributeNames = names[IPsecAttribute]{
	IPsecLifeType:            "life type",
	IPsecLifeDuration:        "life duration",
	IPsecGroup:               "group",
	IPsecEncapsulation:       "encapsulation mode",
	IPsecAuth:                "authentication algorithm",
	IPsecKeyLength:           "key length",
	IPsecKeyRounds:           "key rounds",
	IPsecCompressDictionary:  "compress dictionary size",
	IPsecCompressAlgorithm:   "compress private algorithm",
	IPsecECNTunnel:           "ecn tunnel",
	IPsecESN:                 "extended sequence numbers",
	IPsecAuthKeyLength:       "authentication key length",
	IPsecSignatureEncoding:   "signature encoding",
	IPsecAddressPreservation: "address preservation",
	IPsecDirection:           "direction",
}

// String is the name of the attribute, or the number where there is none.
func (t IPsecAttribute) String() string { return ipsecAttributeNames.of(t) }

// IPsecAttributes is what an AH, ESP or IPComp transform offers. A number that is zero and
// octets that are nil were not given.
type IPsecAttributes struct {
	Encapsulation EncapsulationMode
	Auth          uint16 // IANA "Authentication Algorithm"
	KeyLength     uint16 // of the cipher, in bits
	KeyRounds     uint16
	Group         uint16 // of the Diffie-Hellman exchange of this Quick Mode (PFS)
	ESN           uint16 // 1: 64-bit sequence numbers

	CompressDictionary uint16
	CompressAlgorithm  []byte

	ECNTunnel           uint16 // 1: allowed, 2: forbidden
	AuthKeyLength       uint16
	SignatureEncoding   uint16
	AddressPreservation uint16
	Direction           uint16

	Lifetimes []Lifetime  // in the order given, one of each type
	Unknown   []Attribute // of types not listed above
	Problems  []*Error    // impossible, contradictory or incomplete attributes; offsets count from the payload's body
}

// IPsec reads the attributes of an AH, ESP or IPComp transform.
func (t Transform) IPsec() IPsecAttributes {
	var p IPsecAttributes
	s := attributeSet{
		name:         func(t uint16) string { return IPsecAttribute(t).String() },
		number:       p.number,
		octets:       p.octets,
		lifeType:     uint16(IPsecLifeType),
		lifeDuration: uint16(IPsecLifeDuration),
		keyWidth:     uint16(IPsecKeyLength),
	}
	s.read(t.Attributes)
	p.Lifetimes, p.Unknown, p.Problems = s.lifetimes, s.unknown, s.problems
	return p
}

// Lifetime is the limit in the given unit; ok is false where there is none.
func (p IPsecAttributes) Lifetime(t LifeType) (v uint64, ok bool) { return lifetime(p.Lifetimes, t) }

func (p *IPsecAttributes) number(t uint16) *uint16 {
	switch IPsecAttribute(t) {
	case IPsecGroup:
		return &p.Group
	case IPsecEncapsulation:
		return (*uint16)(&p.Encapsulation)
	case IPsecAuth:
		return &p.Auth
	case IPsecKeyLength:
		return &p.KeyLength
	case IPsecKeyRounds:
		return &p.KeyRounds
	case IPsecCompressDictionary:
		return &p.CompressDictionary
	case IPsecECNTunnel:
		return &p.ECNTunnel
	case IPsecESN:
		return &p.ESN
	case IPsecAuthKeyLength:
		return &p.AuthKeyLength
	case IPsecSignatureEncoding:
		return &p.SignatureEncoding
	case IPsecAddressPreservation:
		return &p.AddressPreservation
	case IPsecDirection:
		return &p.Direction
	default:
		return nil
	}
}

func (p *IPsecAttributes) octets(t uint16) *[]byte {
	if IPsecAttribute(t) == IPsecCompressAlgorithm {
		return &p.CompressAlgorithm
	}
	return nil
}
