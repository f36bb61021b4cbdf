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
