package decode

import "encoding/binary"

// Cisco's remote access puts each IPsec packet into a TCP segment of its own on port
// 10000. There is no document; the layout is the one that Wireshark's dissector
// "tcpencap" knows: an ESP packet, or a UDP header and an IKE message, and behind it
// a trailer of 16 octets:
//
//	zero (4) | sequence (2) | direction (2) | magic (5) | protocol (1) | magic (2)
//
// The lower 12 bits of direction are zero, protocol is 17 (UDP) or 50 (ESP).
const (
	ciscoTrailerLen = 16

	ciscoDirectionAt = 6
	ciscoProtocolAt  = 13
	ciscoDirection   = 0x0fff // bits that are zero
)

// ciscoTCP decodes a segment of port 10000, which other protocols use too: only one
// with the trailer, and after IKE with a fitting header in it, is taken.
func (d *Decoder) ciscoTCP(p *Packet, s span) {
	n := s.wire - ciscoTrailerLen
	if s.missing() > 0 || n < udpHeaderLen {
		return
	}
	trailer := s.b[n:]
	if binary.BigEndian.Uint32(trailer) != 0 || binary.BigEndian.Uint16(trailer[ciscoDirectionAt:])&ciscoDirection != 0 {
		return
	}
	body := s.trim(n)
	switch trailer[ciscoProtocolAt] {
	case protoUDP:
		if m := body.skip(udpHeaderLen); looksLikeIKE(m) {
			p.Encap = EncapTCP
			d.flows.add(portFlow(p))
			d.ike(p, m)
		}
	case protoESP:
		if d.flows.has(portFlow(p)) {
			p.Encap = EncapTCP
			d.esp(p, body)
		}
	}
}
