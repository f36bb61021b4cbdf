package decode

import "encoding/binary"

// tcp notes the ports. Segments on the ports of IPsec in TCP (RFC 9329, and
// Cisco's port 10000) are marked and counted; the stream is not followed.
func (d *Decoder) tcp(p *Packet, s span) {
	const headerLen = 20
	if len(s.b) < headerLen {
		d.short(p, faultTCPHeader, s)
		return
	}
	p.SrcPort = binary.BigEndian.Uint16(s.b[0:])
	p.DstPort = binary.BigEndian.Uint16(s.b[2:])
	dataAt := int(s.b[12]>>4) * 4
	if !tcpEncapPort(p.SrcPort) && !tcpEncapPort(p.DstPort) || dataAt < headerLen || dataAt >= s.wire {
		return
	}
	p.Encap = EncapTCP
	d.stats.TCPEncap++
}

func tcpEncapPort(port uint16) bool { return port == portNATT || port == portCisco }
