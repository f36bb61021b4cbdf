package decode

import "encoding/binary"

// PPP protocol numbers, https://www.iana.org/assignments/ppp-numbers.
const (
	pppIPv4          = 0x0021
	pppIPv6          = 0x0057
	pppMPLS          = 0x0281
	pppMPLSMulticast = 0x0283
)

// Address and control octets of HDLC-like framing (RFC 1662 section 3.1) and
// of Cisco HDLC.
const (
	hdlcAllStations    = 0xff
	hdlcUnnumbered     = 0x03
	ciscoHDLCUnicast   = 0x0f
	ciscoHDLCMulticast = 0x8f
)

// ppp decodes a PPP frame. The address and control octets and the first octet
// of the protocol number may be left out (RFC 1661 section 6.5 and 6.6); a
// protocol number ends with the first odd octet.
func (d *Decoder) ppp(p *Packet, s span) {
	if len(s.b) >= 2 && s.b[0] == hdlcAllStations && s.b[1] == hdlcUnnumbered {
		s = s.skip(2)
	}
	n := 2
	if len(s.b) > 0 && s.b[0]&1 == 1 && s.b[0] != hdlcAllStations {
		n = 1
	}
	if len(s.b) < n {
		d.short(p, faultPPP, s)
		return
	}
	protocol := uint16(s.b[0])
	if n == 2 {
		protocol = binary.BigEndian.Uint16(s.b)
	}
	d.pppProtocol(p, protocol, s.skip(n))
}

func (d *Decoder) pppProtocol(p *Packet, protocol uint16, s span) {
	switch protocol {
	case pppIPv4:
		d.ipv4(p, s)
	case pppIPv6:
		d.ipv6(p, s)
	case pppMPLS, pppMPLSMulticast:
		d.mpls(p, s)
	}
}

// pppSerial decodes LINKTYPE_PPP_HDLC, which also holds Cisco HDLC.
func (d *Decoder) pppSerial(p *Packet, s span) {
	if len(s.b) > 0 && (s.b[0] == ciscoHDLCUnicast || s.b[0] == ciscoHDLCMulticast) {
		d.ciscoHDLC(p, s)
		return
	}
	d.ppp(p, s)
}

// ciscoHDLC decodes address, control and an ethertype.
func (d *Decoder) ciscoHDLC(p *Packet, s span) {
	const headerLen = 4
	if len(s.b) < headerLen {
		d.short(p, faultPPP, s)
		return
	}
	d.etherType(p, binary.BigEndian.Uint16(s.b[2:]), s.skip(headerLen))
}

// pppoe decodes a PPPoE session packet (RFC 2516 section 4): version and type,
// code 0, session, length, then a PPP frame without HDLC framing.
func (d *Decoder) pppoe(p *Packet, s span) {
	const headerLen = 6
	if !d.enter(p, s) {
		return
	}
	if len(s.b) < headerLen {
		d.short(p, faultPPPoE, s)
		return
	}
	if s.b[0] != 0x11 || s.b[1] != 0 {
		return
	}
	n, lengthAt := int(binary.BigEndian.Uint16(s.b[4:])), s.off+4
	s = s.skip(headerLen)
	if n > s.wire {
		d.fail(p, faultPPPoELength, lengthAt)
	} else {
		s = s.trim(n)
	}
	d.ppp(p, s)
}
