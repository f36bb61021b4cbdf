package decode

import (
	"bytes"
	"encoding/binary"
)

// Ethertypes, https://www.iana.org/assignments/ieee-802-numbers.
const (
	etherIPv4          = 0x0800
	etherIPv6          = 0x86dd
	etherVLAN          = 0x8100 // IEEE 802.1Q
	etherQinQ          = 0x88a8 // IEEE 802.1ad
	etherQinQOld       = 0x9100 // used before 802.1ad
	etherPPPoESession  = 0x8864 // RFC 2516
	etherMPLS          = 0x8847 // RFC 5332
	etherMPLSMulticast = 0x8848

	// Smaller values are the length field of an IEEE 802.3 frame.
	etherTypeMin = 0x0600
)

const (
	ethernetHeaderLen = 14
	vlanTagLen        = 4
)

// snapEthernet opens the LLC header of a frame whose last two SNAP octets are
// an ethertype (RFC 1042).
var snapEthernet = []byte{0xaa, 0xaa, 0x03, 0, 0, 0}

const snapHeaderLen = 8

func (d *Decoder) ethernet(p *Packet, s span) {
	if len(s.b) < ethernetHeaderLen {
		d.short(p, faultEthernet, s)
		return
	}
	d.etherType(p, binary.BigEndian.Uint16(s.b[12:]), s.skip(ethernetHeaderLen))
}

// etherType decodes what follows an ethertype or 802.3 length field.
func (d *Decoder) etherType(p *Packet, t uint16, s span) {
	switch t {
	case etherIPv4:
		d.ipv4(p, s)
	case etherIPv6:
		d.ipv6(p, s)
	case etherVLAN, etherQinQ, etherQinQOld:
		d.vlan(p, s)
	case etherPPPoESession:
		d.pppoe(p, s)
	case etherMPLS, etherMPLSMulticast:
		d.mpls(p, s)
	default:
		if t < etherTypeMin {
			d.llc(p, int(t), s)
		}
	}
}

// vlan decodes what follows the ethertype of a tag: two octets of priority and
// VLAN identifier, then the next ethertype (IEEE 802.1Q section 9).
func (d *Decoder) vlan(p *Packet, s span) {
	if !d.enter(p, s) {
		return
	}
	if len(s.b) < vlanTagLen {
		d.short(p, faultVLAN, s)
		return
	}
	p.VLAN = binary.BigEndian.Uint16(s.b) & 0x0fff
	d.etherType(p, binary.BigEndian.Uint16(s.b[2:]), s.skip(vlanTagLen))
}

// llc decodes an IEEE 802.3 frame of n octets: only IP behind a SNAP header is
// followed, all else (spanning tree and the like) is other traffic.
func (d *Decoder) llc(p *Packet, n int, s span) {
	if n < s.wire {
		s = s.trim(n)
	}
	if len(s.b) < snapHeaderLen || !bytes.HasPrefix(s.b, snapEthernet) {
		return
	}
	t := binary.BigEndian.Uint16(s.b[6:])
	if t == etherIPv4 || t == etherIPv6 {
		d.etherType(p, t, s.skip(snapHeaderLen))
	}
}
