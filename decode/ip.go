package decode

// IP protocol numbers,
// https://www.iana.org/assignments/protocol-numbers.
const (
	protoHopByHop    = 0
	protoICMP        = 1
	protoIPv4        = 4
	protoTCP         = 6
	protoUDP         = 17
	protoIPv6        = 41
	protoRouting     = 43
	protoFragment    = 44
	protoGRE         = 47
	protoESP         = 50
	protoAH          = 51
	protoICMPv6      = 58
	protoNone        = 59
	protoDestination = 60
	protoEtherIP     = 97
	protoIPComp      = 108
	protoMobility    = 135
	protoMPLS        = 137
	protoHIP         = 139
	protoShim6       = 140
)

// ip decodes a datagram of either version.
func (d *Decoder) ip(p *Packet, s span) {
	if len(s.b) == 0 {
		d.short(p, faultIPHeader, s)
		return
	}
	switch s.b[0] >> 4 {
	case 4:
		d.ipv4(p, s)
	case 6:
		d.ipv6(p, s)
	default:
		d.fail(p, faultIPVersion, s.off)
	}
}

// upper decodes what a datagram carries.
func (d *Decoder) upper(p *Packet, s span) {
	switch p.Protocol {
	case protoESP:
		d.esp(p, s)
	case protoUDP:
		d.udp(p, s)
	case protoAH:
		d.ah(p, s)
	case protoIPComp:
		d.ipcomp(p, s)
	case protoTCP:
		d.tcp(p, s)
	case protoICMP:
		d.icmp(p, s, icmpv4)
	case protoICMPv6:
		d.icmp(p, s, icmpv6)
	case protoIPv4:
		d.ipv4(p, s)
	case protoIPv6:
		d.ipv6(p, s)
	case protoGRE:
		d.inner(p, startGRE, s)
	case protoEtherIP:
		d.inner(p, startEtherIP, s)
	case protoMPLS:
		d.mpls(p, s)
	}
}

// carriesIPsec reports whether a datagram of this protocol can hold something
// this package looks for, so that its fragments are worth joining.
func carriesIPsec(protocol uint8) bool {
	switch protocol {
	case protoTCP, protoICMP, protoICMPv6, protoNone:
		return false
	}
	return true
}
