package isakmp

// LifeType is the unit of an SA lifetime. IANA: "Life Type", registry ipsec-registry
// (RFC 2409 appendix A), and "SA Life Type", registry isakmp-registry (RFC 2407 section 4.5).
type LifeType uint16

// Units of a lifetime.
const (
	LifeSeconds   LifeType = 1
	LifeKilobytes LifeType = 2
)

var lifeNames = names[LifeType]{LifeSeconds: "seconds", LifeKilobytes: "kilobytes"}

// String is the name of the unit, or the number where there is none.
func (t LifeType) String() string { return lifeNames.of(t) }

// GroupType is the kind of a Diffie-Hellman group whose parameters travel in an SA
// payload. IANA: "Group Type", registry ipsec-registry; RFC 2409 appendix A.
type GroupType uint16

// Kinds of groups.
const (
	GroupMODP GroupType = 1
	GroupECP  GroupType = 2
	GroupEC2N GroupType = 3
)

var groupTypeNames = names[GroupType]{GroupMODP: "modp", GroupECP: "ecp", GroupEC2N: "ec2n"}

// String is the name of the kind, or the number where there is none.
func (t GroupType) String() string { return groupTypeNames.of(t) }

// EncapsulationMode is how an IPsec SA carries packets. IANA: "Encapsulation Mode",
// registry isakmp-registry; RFC 2407 section 4.5, RFC 3947 section 5.1.
type EncapsulationMode uint16

// Encapsulation modes.
const (
	EncapTunnel            EncapsulationMode = 1
	EncapTransport         EncapsulationMode = 2
	EncapUDPTunnel         EncapsulationMode = 3     // RFC 3947
	EncapUDPTransport      EncapsulationMode = 4     // RFC 3947
	EncapUDPCheckPoint     EncapsulationMode = 61440 // Check Point
	EncapUDPTunnelDraft    EncapsulationMode = 61443 // draft-ietf-ipsec-nat-t-ike-00 to -03
	EncapUDPTransportDraft EncapsulationMode = 61444 // the same drafts
)

var encapsulationNames = names[EncapsulationMode]{
	EncapTunnel:            "tunnel",
	EncapTransport:         "transport",
	EncapUDPTunnel:         "udp-tunnel",
	EncapUDPTransport:      "udp-transport",
	EncapUDPCheckPoint:     "udp-check-point",
	EncapUDPTunnelDraft:    "udp-tunnel-draft",
	EncapUDPTransportDraft: "udp-transport-draft",
}

// String is the name of the mode, or the number where there is none.
func (m EncapsulationMode) String() string { return encapsulationNames.of(m) }

// IsTunnel reports whether whole IP packets are carried.
func (m EncapsulationMode) IsTunnel() bool {
	return m == EncapTunnel || m == EncapUDPTunnel || m == EncapUDPTunnelDraft || m == EncapUDPCheckPoint
}

// IsTransport reports whether the payloads of IP packets are carried.
func (m EncapsulationMode) IsTransport() bool {
	return m == EncapTransport || m == EncapUDPTransport || m == EncapUDPTransportDraft
}

// IsUDP reports whether ESP packets travel in UDP.
func (m EncapsulationMode) IsUDP() bool {
	return m != EncapTunnel && m != EncapTransport && (m.IsTunnel() || m.IsTransport())
}
