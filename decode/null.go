package decode

import "encoding/binary"

const familyLen = 4

// null decodes LINKTYPE_NULL: an address family as a 32-bit number in the byte
// order of the host that captured. Families are small, so the order shows.
func (d *Decoder) null(p *Packet, s span) {
	if len(s.b) < familyLen {
		d.short(p, faultNull, s)
		return
	}
	family := binary.LittleEndian.Uint32(s.b)
	if family > 0xffff {
		family = binary.BigEndian.Uint32(s.b)
	}
	d.family(p, family, s.skip(familyLen))
}

// loop decodes LINKTYPE_LOOP: the same in network byte order.
func (d *Decoder) loop(p *Packet, s span) {
	if len(s.b) < familyLen {
		d.short(p, faultNull, s)
		return
	}
	d.family(p, binary.BigEndian.Uint32(s.b), s.skip(familyLen))
}

// enc decodes LINKTYPE_ENC: family, SPI and flags, 32 bits each, then the
// datagram in the clear.
func (d *Decoder) enc(p *Packet, s span) {
	const headerLen = 12
	if len(s.b) < headerLen {
		d.short(p, faultNull, s)
		return
	}
	d.ip(p, s.skip(headerLen))
}

// family decodes by address family. AF_INET is 2 everywhere; AF_INET6 is 10 on
// Linux, 23 on Windows, 24 on NetBSD and OpenBSD, 28 on FreeBSD, 30 on Darwin.
func (d *Decoder) family(p *Packet, family uint32, s span) {
	switch family {
	case 2:
		d.ipv4(p, s)
	case 10, 23, 24, 28, 30:
		d.ipv6(p, s)
	}
}
