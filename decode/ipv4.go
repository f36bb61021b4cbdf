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
	total := int(binary.BigEndian.Uint16(s.b[ipv4TotalLengthAt:]))
	if total < headerLen || total > s.wire || len(s.b) < headerLen {
		var ok bool
		if total, ok = d.oddTotalLength(p, s, headerLen, total); !ok {
			return
		}
	}
	s = s.trim(total) // takes the padding of short Ethernet frames away
	p.ipv4(s, headerLen)
	fragment := binary.BigEndian.Uint16(s.b[ipv4FragmentAt:])
	if fragment&(ipv4MoreFragments|ipv4FragmentOffset) != 0 {
		d.fragmentIPv4(p, s, fragment)
		return
	}
	d.upper(p, s.skip(headerLen))
}

// ipv4 takes the fields of a datagram's header.
func (p *Packet) ipv4(s span, headerLen int) {
	b := s.b
	p.IP, p.IPHeaderLen, p.NextHeaderOffset = b, headerLen, ipv4ProtocolAt
	p.Src = netip.AddrFrom4([4]byte(b[ipv4SourceAt:]))
	p.Dst = netip.AddrFrom4([4]byte(b[ipv4DestinationAt:]))
	p.TTL, p.DSCP, p.ECN = b[ipv4TTLAt], b[1]>>2, b[1]&3
	p.Protocol = b[ipv4ProtocolAt]
	p.Missing = s.missing()
}

// oddTotalLength judges a total length that does not fit its surroundings, and
// returns the one to use. 0 is what segmentation offload leaves in captures at
// the sender: the frame's end counts then. One past the end of the frame is
// damage, but what is there is looked at.
func (d *Decoder) oddTotalLength(p *Packet, s span, headerLen, total int) (int, bool) {
	switch {
	case total == 0:
		d.loose = true
		d.stats.LengthFromFrame++
		total = s.wire
	case total < headerLen:
		d.fail(p, faultIPv4TotalLength, s.off+ipv4TotalLengthAt)
		return 0, false
	case total > s.wire:
		d.fail(p, faultIPv4TotalLength, s.off+ipv4TotalLengthAt)
	}
	if len(s.b) < headerLen {
		d.short(p, faultIPv4Header, s)
		return 0, false
	}
	return total, true
}
