package decode

import "encoding/binary"

// ARPHRD_ values of <linux/if_arp.h> under which the protocol field of a
// cooked header is no ethertype.
const (
	arphrdNetlink  = 824
	arphrdRadiotap = 803
)

// sll decodes a Linux cooked header (LINKTYPE_LINUX_SLL): packet type,
// ARPHRD type, address length, eight octets of address, protocol.
func (d *Decoder) sll(p *Packet, s span) {
	const headerLen = 16
	if len(s.b) < headerLen {
		d.short(p, faultSLL, s)
		return
	}
	d.cooked(p, binary.BigEndian.Uint16(s.b[2:]), binary.BigEndian.Uint16(s.b[14:]), s.skip(headerLen))
}

// sll2 decodes a version 2 header (LINKTYPE_LINUX_SLL2): protocol, two
// reserved octets, interface index, ARPHRD type, packet type, address length,
// eight octets of address.
func (d *Decoder) sll2(p *Packet, s span) {
	const headerLen = 20
	if len(s.b) < headerLen {
		d.short(p, faultSLL, s)
		return
	}
	d.cooked(p, binary.BigEndian.Uint16(s.b[8:]), binary.BigEndian.Uint16(s.b[0:]), s.skip(headerLen))
}

func (d *Decoder) cooked(p *Packet, arphrd, protocol uint16, s span) {
	if arphrd == arphrdNetlink || arphrd == arphrdRadiotap || protocol < etherTypeMin {
		return
	}
	d.etherType(p, protocol, s)
}
