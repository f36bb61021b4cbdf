package decode

import (
	"encoding/binary"
	"net/netip"
)

// RFC 791 section 3.1:
//
//	 0               1               2               3
//	+-------+-------+---------------+-------------------------------+
//	|Version|  IHL  |Type of Service|          Total Length         |
//	+-------+-------+---------------+-----+-------------------------+
//	|         Identification        |Flags|     Fragment Offset     |
//	+---------------+---------------+-----+-------------------------+
//	| Time to Live  |    Protocol   |        Header Checksum        |
//	+---------------+---------------+-------------------------------+
//	|                        Source Address                         |
//	|                     Destination Address                       |
//	|                       Options, Padding                        |
const (
	ipv4HeaderLen = 20

	ipv4TotalLengthAt    = 2
	ipv4IdentificationAt = 4
	ipv4FragmentAt       = 6
	ipv4TTLAt            = 8
	ipv4ProtocolAt       = 9
	ipv4ChecksumAt       = 10
	ipv4SourceAt         = 12
	ipv4DestinationAt    = 16

	ipv4MoreFragments  = 0x2000
	ipv4FragmentOffset = 0x1fff
)

func (d *Decoder) ipv4(p *Packet, s span) {
	if !d.enter(p, s) {
		return
	}
	if len(s.b) < ipv4HeaderLen {
		d.short(p, faultIPv4Header, s)
		return
	}
	headerLen := int(s.b[0]&0x0f) * 4
	switch {
	case s.b[0]>>4 != 4:
		d.fail(p, faultIPVersion, s.off)
		return
	case headerLen < ipv4HeaderLen:
		d.fail(p, faultIPv4HeaderLength, s.off)
		return
	}
	s, ok := d.trimIPv4(p, s, headerLen)
	if !ok {
		return
	}
	b := s.b
	p.IP, p.IPHeaderLen, p.NextHeaderOffset = b, headerLen, ipv4ProtocolAt
	p.Src = netip.AddrFrom4([4]byte(b[ipv4SourceAt:]))
	p.Dst = netip.AddrFrom4([4]byte(b[ipv4DestinationAt:]))
	p.TTL, p.DSCP, p.ECN = b[ipv4TTLAt], b[1]>>2, b[1]&3
	p.Protocol = b[ipv4ProtocolAt]
	p.Missing = s.missing()
	fragment := binary.BigEndian.Uint16(b[ipv4FragmentAt:])
	if fragment&(ipv4MoreFragments|ipv4FragmentOffset) != 0 {
		d.fragmentIPv4(p, s, fragment)
		return
	}
	d.upper(p, s.skip(headerLen))
}

// trimIPv4 cuts the span to the datagram's total length, which removes the
// padding of short Ethernet frames. A total length of 0 is what segmentation
// offload leaves in captures at the sender: the frame's end counts then. One
// past the end of the frame is damage, but what is there is looked at.
func (d *Decoder) trimIPv4(p *Packet, s span, headerLen int) (span, bool) {
	total := int(binary.BigEndian.Uint16(s.b[ipv4TotalLengthAt:]))
	switch {
	case total == 0:
		d.loose = true
		d.stats.LengthFromFrame++
	case total < headerLen:
		d.fail(p, faultIPv4TotalLength, s.off+ipv4TotalLengthAt)
		return s, false
	default:
		if total > s.wire {
			d.fail(p, faultIPv4TotalLength, s.off+ipv4TotalLengthAt)
		}
		s = s.trim(total)
	}
	if len(s.b) < headerLen {
		d.short(p, faultIPv4Header, s)
		return s, false
	}
	return s, true
}
