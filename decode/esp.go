package decode

import "encoding/binary"

const (
	espHeaderLen    = 8 // RFC 4303 section 2: SPI, sequence number
	ipcompHeaderLen = 4 // RFC 3173 section 3.3: next header, flags, CPI
)

func (d *Decoder) esp(p *Packet, s span) {
	if len(s.b) < espHeaderLen {
		d.short(p, faultESPHeader, s)
		return
	}
	p.Kind, p.Payload = KindESP, s.b
	p.SPI = binary.BigEndian.Uint32(s.b[0:])
	p.Seq = binary.BigEndian.Uint32(s.b[4:])
}

func (d *Decoder) ipcomp(p *Packet, s span) {
	if len(s.b) < ipcompHeaderLen {
		d.short(p, faultIPCompHeader, s)
		return
	}
	p.Kind, p.Payload = KindIPComp, s.b
	p.SPI = uint32(binary.BigEndian.Uint16(s.b[2:]))
}
