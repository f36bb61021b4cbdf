package decode

import (
	"encoding/binary"
	"net/netip"
)

// RFC 8200 section 3: version, traffic class and flow label in four octets,
// payload length, next header, hop limit, source, destination.
const (
	ipv6HeaderLen = 40

	ipv6PayloadLengthAt = 4
	ipv6NextHeaderAt    = 6
	ipv6HopLimitAt      = 7
	ipv6SourceAt        = 8
	ipv6DestinationAt   = 24
)

func (d *Decoder) ipv6(p *Packet, s span) {
	if !d.enter(p, s) {
		return
	}
	if len(s.b) < ipv6HeaderLen {
		d.short(p, faultIPv6Header, s)
		return
	}
	if s.b[0]>>4 != 6 {
		d.fail(p, faultIPVersion, s.off)
		return
	}
	s = d.trimIPv6(p, s)
	p.ipv6(s)
	if d.extensions(p, s) {
		d.upper(p, s.skip(p.IPHeaderLen))
	}
}

// ipv6 takes the fields of a datagram's header.
func (p *Packet) ipv6(s span) {
	b := s.b
	p.IP, p.IPHeaderLen, p.NextHeaderOffset = b, ipv6HeaderLen, ipv6NextHeaderAt
	p.Src = netip.AddrFrom16([16]byte(b[ipv6SourceAt:]))
	p.Dst = netip.AddrFrom16([16]byte(b[ipv6DestinationAt:]))
	class := uint8(binary.BigEndian.Uint16(b) >> 4)
	p.TTL, p.DSCP, p.ECN = b[ipv6HopLimitAt], class>>2, class&3
	p.Protocol = b[ipv6NextHeaderAt]
	p.Missing = s.missing()
}

// trimIPv6 cuts the span to the datagram's length. A payload length of 0 is a
// jumbogram (RFC 2675) or a datagram beyond 65,535 octets that the sender's
// hardware was to divide: the frame's end counts then.
func (d *Decoder) trimIPv6(p *Packet, s span) span {
	n := int(binary.BigEndian.Uint16(s.b[ipv6PayloadLengthAt:]))
	if n == 0 {
		d.loose = true
		d.stats.LengthFromFrame++
		return s
	}
	if ipv6HeaderLen+n > s.wire {
		d.fail(p, faultIPv6PayloadLength, s.off+ipv6PayloadLengthAt)
	}
	return s.trim(ipv6HeaderLen + n)
}

// extensions walks the extension headers (RFC 8200 section 4) and reports
// whether an upper-layer header follows. s is the whole datagram.
func (d *Decoder) extensions(p *Packet, s span) bool {
	for n := 0; ; n++ {
		size := 0
		switch p.Protocol {
		case protoHopByHop, protoRouting, protoDestination, protoMobility, protoHIP, protoShim6:
			size = extensionLen(s.b[p.IPHeaderLen:])
		case protoFragment:
			size = fragmentHeaderLen
		default:
			return true
		}
		rest := s.skip(p.IPHeaderLen)
		if n == d.limits.Extensions {
			d.fail(p, faultIPv6ExtensionCount, rest.off)
			return false
		}
		if size == 0 || len(rest.b) < size {
			d.short(p, faultIPv6Extension, rest)
			return false
		}
		if p.Protocol == protoFragment && !atomicFragment(rest.b) {
			d.fragmentIPv6(p, s, rest)
			return false
		}
		p.Protocol, p.NextHeaderOffset = rest.b[0], p.IPHeaderLen
		p.IPHeaderLen += size
	}
}

// extensionLen reads the Hdr Ext Len field: units of 8 octets, the first not
// counted. It returns 0 when the field itself is not there.
func extensionLen(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	return 8 * (int(b[1]) + 1)
}
