package decode

import (
	"encoding/binary"
	"net/netip"
)

// Quote describes the datagram that an ICMP error quotes: one that the
// receiver of the error had sent. Often only its first octets are there.
type Quote struct {
	Src, Dst         netip.Addr
	SrcPort, DstPort uint16 // 0 without UDP
	Protocol         uint8  // IP protocol number: UDP, ESP or AH

	// SPI of ESP or AH, also of ESP in UDP; 0 when it is IKE or when the
	// quote ends before it.
	SPI uint32

	// Payload is what is quoted behind the IP header and, for UDP, the UDP
	// header.
	Payload []byte
}

// Quoted returns what the packet quotes; false unless Kind is KindICMPError.
func (p *Packet) Quoted() (Quote, bool) {
	if p.Kind != KindICMPError {
		return Quote{}, false
	}
	return parseQuote(p.Payload)
}

// parseQuote reads a quoted datagram as far as it goes; false if it is not of
// IPsec, is cut before that shows, or is a later fragment.
func parseQuote(b []byte) (q Quote, ok bool) {
	q, rest, ok := quotedHeader(b)
	if !ok {
		return q, false
	}
	q.Payload = rest
	switch q.Protocol {
	case protoESP:
		q.SPI = spiAt(rest, 0)
		return q, true
	case protoAH:
		q.SPI = spiAt(rest, ahSPIAt)
		return q, true
	case protoUDP:
		return quotedUDP(q, rest)
	}
	return q, false
}

func quotedUDP(q Quote, b []byte) (Quote, bool) {
	if len(b) < udpHeaderLen {
		return q, false
	}
	q.SrcPort = binary.BigEndian.Uint16(b[0:])
	q.DstPort = binary.BigEndian.Uint16(b[2:])
	q.Payload = b[udpHeaderLen:]
	if q.SrcPort == portNATT || q.DstPort == portNATT {
		q.SPI = spiAt(q.Payload, 0)
	}
	return q, ipsecPort(q.SrcPort) || ipsecPort(q.DstPort)
}

func spiAt(b []byte, at int) uint32 {
	if len(b) < at+4 {
		return 0
	}
	return binary.BigEndian.Uint32(b[at:])
}

// quotedHeader reads an IP header of either version and returns what follows.
func quotedHeader(b []byte) (q Quote, rest []byte, ok bool) {
	switch {
	case len(b) >= ipv4HeaderLen && b[0]>>4 == 4:
		n := int(b[0]&0x0f) * 4
		if n < ipv4HeaderLen || n > len(b) || binary.BigEndian.Uint16(b[ipv4FragmentAt:])&ipv4FragmentOffset != 0 {
			return q, nil, false
		}
		q.Src = netip.AddrFrom4([4]byte(b[ipv4SourceAt:]))
		q.Dst = netip.AddrFrom4([4]byte(b[ipv4DestinationAt:]))
		q.Protocol = b[ipv4ProtocolAt]
		return q, b[n:], true
	case len(b) >= ipv6HeaderLen && b[0]>>4 == 6:
		q.Src = netip.AddrFrom16([16]byte(b[ipv6SourceAt:]))
		q.Dst = netip.AddrFrom16([16]byte(b[ipv6DestinationAt:]))
		q.Protocol, rest, ok = quotedExtensions(b[ipv6NextHeaderAt], b[ipv6HeaderLen:])
		return q, rest, ok
	}
	return q, nil, false
}

// quotedExtensions skips extension headers; each takes at least 8 octets.
func quotedExtensions(protocol uint8, b []byte) (uint8, []byte, bool) {
	for {
		n := 0
		switch protocol {
		case protoHopByHop, protoRouting, protoDestination, protoMobility, protoHIP, protoShim6:
			n = extensionLen(b)
		case protoFragment:
			n = fragmentHeaderLen
		default:
			return protocol, b, true
		}
		if n == 0 || n > len(b) {
			return protocol, nil, false
		}
		if protocol == protoFragment && binary.BigEndian.Uint16(b[fragmentOffsetAt:])&fragmentOffset != 0 {
			return protocol, nil, false
		}
		protocol, b = b[0], b[n:]
	}
}
