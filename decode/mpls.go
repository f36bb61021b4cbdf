package decode

import "encoding/binary"

const (
	labelLen       = 4
	maxLabels      = 16
	controlWordLen = 4
)

// mpls decodes a label stack (RFC 3032, section 2.1) and what is under it. Nothing
// names that; its first four bits do (RFC 4928, section 3): a version of IP, or 0 for
// the control word of a pseudowire, here of Ethernet (RFC 4448, section 4.6).
func (d *Decoder) mpls(p *Packet, s span) {
	if !d.enter(p, s) {
		return
	}
	for range maxLabels {
		if len(s.b) < labelLen {
			d.short(p, faultInner, s)
			return
		}
		bottom := s.b[2]&1 != 0
		if s = s.skip(labelLen); bottom {
			d.underLabels(p, s)
			return
		}
	}
	d.fail(p, faultNesting, s.off)
}

func (d *Decoder) underLabels(p *Packet, s span) {
	if len(s.b) == 0 {
		return
	}
	switch s.b[0] >> 4 {
	case 4, 6:
		d.stats.Tunnels++
		d.ip(p, s)
	case 0:
		if len(s.b) >= controlWordLen+ethernetHeaderLen {
			d.stats.Tunnels++
			d.ethernet(p, s.skip(controlWordLen))
		}
	}
}

// nflog decodes LINKTYPE_NFLOG: family, version and resource, then fields of a
// length, a type and a value, in the byte order of the host that captured and each
// filled up to four octets. One of them is the datagram.
func (d *Decoder) nflog(p *Packet, s span) {
	const fieldLen, payload = 4, 9
	order := binary.ByteOrder(binary.LittleEndian)
	if len(s.b) >= 2*fieldLen && s.b[fieldLen] == 0 { // no field is that long in this order
		order = binary.BigEndian
	}
	if len(s.b) < fieldLen {
		d.short(p, faultNFLOG, s)
		return
	}
	for s = s.skip(fieldLen); len(s.b) >= fieldLen; {
		n, kind := int(order.Uint16(s.b)), order.Uint16(s.b[2:])&0x7fff
		if n < fieldLen || n > s.wire {
			d.fail(p, faultNFLOG, s.off)
			return
		}
		if kind == payload {
			d.ip(p, s.trim(n).skip(fieldLen))
			return
		}
		s = s.skip(min((n+3)&^3, len(s.b)))
	}
	d.short(p, faultNFLOG, s)
}
