package isakmp

// IDType is the kind of an identity. IANA: "IPSEC Identification Type", registry
// isakmp-registry; RFC 2407 section 4.6.2.1.
type IDType uint8

// Identity types.
const (
	IDIPv4       IDType = 1
	IDFQDN       IDType = 2
	IDUserFQDN   IDType = 3
	IDIPv4Subnet IDType = 4
	IDIPv6       IDType = 5
	IDIPv6Subnet IDType = 6
	IDIPv4Range  IDType = 7
	IDIPv6Range  IDType = 8
	IDDERASN1DN  IDType = 9
	IDDERASN1GN  IDType = 10
	IDKeyID      IDType = 11
	IDList       IDType = 12 // RFC 3554
)

var idNames = names[IDType]{
	IDIPv4:       "ipv4",
	IDFQDN:       "fqdn",
	IDUserFQDN:   "user-fqdn",
	IDIPv4Subnet: "ipv4-subnet",
	IDIPv6:       "ipv6",
	IDIPv6Subnet: "ipv6-subnet",
	IDIPv4Range:  "ipv4-range",
	IDIPv6Range:  "ipv6-range",
	IDDERASN1DN:  "der-asn1-dn",
	IDDERASN1GN:  "der-asn1-gn",
	IDKeyID:      "key-id",
	IDList:       "list",
}

// String is the name of the type, or the number where there is none.
func (t IDType) String() string { return idNames.of(t) }

// addrs is the length of one address in octets and how many make up an identity of type
// t; zero for other types.
func (t IDType) addrs() (size, count int) {
	switch t {
	case IDIPv4:
		return 4, 1
	case IDIPv6:
		return 16, 1
	case IDIPv4Subnet, IDIPv4Range:
		return 4, 2
	case IDIPv6Subnet, IDIPv6Range:
		return 16, 2
	default:
		return 0, 0
	}
}
