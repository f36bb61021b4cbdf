package isakmp

// DOI is a domain of interpretation. IANA: "Domain of Interpretation (DOI) Values",
// registry isakmp-registry.
type DOI uint32

// Domains of interpretation.
const (
	DOIISAKMP DOI = 0 // RFC 2408
	DOIIPsec  DOI = 1 // RFC 2407
	DOIGDOI   DOI = 2 // RFC 6407
)

var doiNames = names[DOI]{DOIISAKMP: "isakmp", DOIIPsec: "ipsec", DOIGDOI: "gdoi"}

// String is the name of the domain, or the number where there is none.
func (d DOI) String() string { return doiNames.of(d) }

// Protocol is a security protocol. IANA: "IPSEC Security Protocol Identifiers", registry
// isakmp-registry; RFC 2407 section 4.4.1. IKEv2 uses the same numbers for 1 to 3.
type Protocol uint8

// Security protocols.
const (
	ProtocolISAKMP Protocol = 1
	ProtocolAH     Protocol = 2
	ProtocolESP    Protocol = 3
	ProtocolIPComp Protocol = 4
)

var protocolNames = names[Protocol]{
	ProtocolISAKMP: "isakmp",
	ProtocolAH:     "ah",
	ProtocolESP:    "esp",
	ProtocolIPComp: "ipcomp",
	5:              "gigabeam-radio", // RFC 4705
}

// String is the name of the protocol, or the number where there is none.
func (p Protocol) String() string { return protocolNames.of(p) }
