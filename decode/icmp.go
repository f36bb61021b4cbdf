package decode

import "encoding/binary"

const icmpHeaderLen = 8

// icmpRow is an ICMP error message whose quoted datagram tells something about
// a tunnel.
type icmpRow struct {
	icmpType uint8
	mtuAt    int // offset of a field with the MTU, 0 without one
	mtuLen   int // its length in octets
}

// icmpv4 lists the error messages of RFC 792. The MTU stands in messages of
// type 3 and code 4 only, where it is unused else (RFC 1191 section 4).
var icmpv4 = []icmpRow{
	{icmpType: 3, mtuAt: 6, mtuLen: 2}, // destination unreachable
	{icmpType: 4},                      // source quench
	{icmpType: 11},                     // time exceeded
	{icmpType: 12},                     // parameter problem
}

const icmpFragmentationNeeded = 4

// icmpv6 lists the error messages of RFC 4443 section 3.
var icmpv6 = []icmpRow{
	{icmpType: 1},                      // destination unreachable
	{icmpType: 2, mtuAt: 4, mtuLen: 4}, // packet too big
	{icmpType: 3},                      // time exceeded
	{icmpType: 4},                      // parameter problem
}

// icmp decodes an error message of one of the rows, if what it quotes is IPsec
// traffic.
func (d *Decoder) icmp(p *Packet, s span, rows []icmpRow) {
	if len(s.b) < icmpHeaderLen {
		d.short(p, faultICMPHeader, s)
		return
	}
	for _, row := range rows {
		if row.icmpType != s.b[0] {
			continue
		}
		quoted := s.b[icmpHeaderLen:]
		q, ok := parseQuote(quoted)
		if !ok {
			return
		}
		p.Kind, p.Payload, p.SPI = KindICMPError, quoted, q.SPI
		p.ICMP = ICMP{Type: s.b[0], Code: s.b[1], MTU: row.mtu(s.b)}
		return
	}
}

func (r icmpRow) mtu(b []byte) uint32 {
	switch {
	case r.mtuLen == 4:
		return binary.BigEndian.Uint32(b[r.mtuAt:])
	case r.mtuLen == 2 && b[1] == icmpFragmentationNeeded:
		return uint32(binary.BigEndian.Uint16(b[r.mtuAt:]))
	}
	return 0
}
