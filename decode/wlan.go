package decode

import "encoding/binary"

// radiotap decodes LINKTYPE_IEEE802_11_RADIOTAP: version, pad, the header's
// length in little-endian order, then fields that do not matter here.
func (d *Decoder) radiotap(p *Packet, s span) {
	const headerMin = 8
	if len(s.b) < headerMin {
		d.short(p, faultRadiotap, s)
		return
	}
	n := int(binary.LittleEndian.Uint16(s.b[2:]))
	if n < headerMin || n > len(s.b) {
		d.short(p, faultRadiotap, s)
		return
	}
	d.inner(p, startWLAN, s.skip(n))
}

// ppi decodes LINKTYPE_PPI: version, flags, the header's length and the number of
// the link type behind it, in little-endian order; between them fields that do not
// matter here.
func (d *Decoder) ppi(p *Packet, s span) {
	const headerMin = 8
	if len(s.b) < headerMin {
		d.short(p, faultPPI, s)
		return
	}
	n, link := int(binary.LittleEndian.Uint16(s.b[2:])), binary.LittleEndian.Uint32(s.b[4:])
	if n < headerMin || n > len(s.b) {
		d.short(p, faultPPI, s)
		return
	}
	if d.enter(p, s) {
		d.link(p, uint16(min(link, 0xffff)), s.skip(n))
	}
}
