package decode

import (
	"bytes"
	"encoding/binary"
)

// Network layer protocol identifiers of RFC 2427, section 3.
const (
	nlpidSNAP = 0x80
	nlpidIPv6 = 0x8e
	nlpidIPv4 = 0xcc
)

// snapBridged opens the SNAP header of an Ethernet frame in another link layer;
// its last octet says whether the frame check sequence is there (RFC 2427, section
// 4.2).
var snapBridged = []byte{0x00, 0x80, 0xc2, 0x00}

const (
	bridgedWithFCS    = 0x01
	bridgedWithoutFCS = 0x07
)

// frameRelay decodes a Q.922 address of two to four octets, the last of which is
// odd, then what RFC 2427 puts behind it: a control octet, perhaps an octet to
// align, and the number of a protocol. Cisco's own encapsulation has an ethertype
// there.
func (d *Decoder) frameRelay(p *Packet, s span) {
	const maxAddress = 4
	n := 1
	for n < min(len(s.b), maxAddress) && s.b[n-1]&1 == 0 {
		n++
	}
	rest := s.skip(min(n, len(s.b)))
	switch {
	case len(rest.b) < 2:
		d.short(p, faultFrameRelay, s)
	case n < 2 || s.b[n-1]&1 == 0:
		// no address of Frame Relay
	case rest.b[0] == hdlcUnnumbered:
		rest = rest.skip(1)
		if rest.b[0] == 0 {
			rest = rest.skip(1)
		}
		d.nlpid(p, rest)
	default:
		d.etherType(p, binary.BigEndian.Uint16(rest.b), rest.skip(2))
	}
}

// nlpid decodes what follows the number of a network layer protocol.
func (d *Decoder) nlpid(p *Packet, s span) {
	const snapLen = 5 // organisation and protocol
	if len(s.b) == 0 {
		d.short(p, faultFrameRelay, s)
		return
	}
	protocol := s.b[0]
	s = s.skip(1)
	switch {
	case protocol == nlpidIPv4:
		d.ipv4(p, s)
	case protocol == nlpidIPv6:
		d.ipv6(p, s)
	case protocol != nlpidSNAP:
	case len(s.b) < snapLen:
		d.short(p, faultFrameRelay, s)
	case bytes.HasPrefix(s.b, []byte{0, 0, 0}):
		d.etherType(p, binary.BigEndian.Uint16(s.b[3:]), s.skip(snapLen))
	case bytes.HasPrefix(s.b, snapBridged) && (s.b[4] == bridgedWithFCS || s.b[4] == bridgedWithoutFCS):
		d.ethernet(p, s.skip(snapLen))
	}
}

// behind decodes what stands behind an octet that says who sent a frame.
func behind(next func(*Decoder, *Packet, span)) func(*Decoder, *Packet, span) {
	return func(d *Decoder, p *Packet, s span) {
		if len(s.b) < 1 {
			d.short(p, faultDirection, s)
			return
		}
		next(d, p, s.skip(1))
	}
}

// pppd decodes LINKTYPE_PPP_PPPD: PPP in HDLC-like framing with a direction in
// place of the address.
func (d *Decoder) pppd(p *Packet, s span) {
	if len(s.b) < 2 {
		d.short(p, faultPPP, s)
		return
	}
	if s.b[1] == hdlcUnnumbered {
		s = s.skip(1)
	}
	d.ppp(p, s.skip(1))
}

// firewire decodes LINKTYPE_APPLE_IP_OVER_IEEE1394: two identifiers of eight
// octets and an ethertype.
func (d *Decoder) firewire(p *Packet, s span) {
	const headerLen = 18
	if len(s.b) < headerLen {
		d.short(p, faultEthernet, s)
		return
	}
	d.etherType(p, binary.BigEndian.Uint16(s.b[headerLen-2:]), s.skip(headerLen))
}

// cell decodes LINKTYPE_ATM_RFC1483: an LLC header first.
func (d *Decoder) cell(p *Packet, s span) {
	if len(s.b) < snapHeaderLen {
		d.short(p, faultEthernet, s)
		return
	}
	d.llc(p, s.wire, s)
}

// ipnet decodes LINKTYPE_IPNET of Solaris: zones and interfaces, then the datagram.
func (d *Decoder) ipnet(p *Packet, s span) { d.ipBehind(p, s, 24) }

// slip decodes LINKTYPE_SLIP: direction and what became of the TCP header, then
// the datagram as it was.
func (d *Decoder) slip(p *Packet, s span) { d.ipBehind(p, s, 16) }

// ipBehind decodes a datagram behind a header of n octets that do not matter here.
func (d *Decoder) ipBehind(p *Packet, s span, n int) {
	if len(s.b) < n {
		d.short(p, faultNull, s)
		return
	}
	d.ip(p, s.skip(n))
}

// pktap decodes LINKTYPE_PKTAP of Darwin: the header's length and, eight octets on,
// the link type behind it, both in the byte order of the host, which is little-endian.
func (d *Decoder) pktap(p *Packet, s span) {
	const headerMin, linkAt = 12, 8
	if len(s.b) < headerMin {
		d.short(p, faultPPI, s)
		return
	}
	n, link := binary.LittleEndian.Uint32(s.b), binary.LittleEndian.Uint32(s.b[linkAt:])
	if n < headerMin || n > uint32(len(s.b)) {
		d.short(p, faultPPI, s)
		return
	}
	if d.enter(p, s) {
		d.link(p, uint16(min(link, 0xffff)), s.skip(int(n)))
	}
}
