package decode

import "encoding/binary"

// RFC 4302 section 2: next header, payload length (in units of four octets,
// less two), two reserved octets, SPI, sequence number, ICV.
const (
	ahHeaderLen = 12

	ahLengthAt = 1
	ahSPIAt    = 4
	ahSeqAt    = 8
)

// ah decodes an Authentication Header. The kind is set even when the length
// field is wrong, so Payload holds ahHeaderLen octets but perhaps no ICV.
func (d *Decoder) ah(p *Packet, s span) {
	if len(s.b) < ahHeaderLen {
		d.short(p, faultAHHeader, s)
		return
	}
	p.Kind, p.Payload = KindAH, s.b
	p.SPI = binary.BigEndian.Uint32(s.b[ahSPIAt:])
	p.Seq = binary.BigEndian.Uint32(s.b[ahSeqAt:])
	if n := 4 * (int(s.b[ahLengthAt]) + 2); n < ahHeaderLen || n > s.wire {
		d.fail(p, faultAHLength, s.off+ahLengthAt)
	}
}
