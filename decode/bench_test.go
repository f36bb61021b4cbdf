package decode

import "testing"

func BenchmarkDecode(b *testing.B) {
	for _, tt := range []struct {
		name  string
		link  uint16
		frame []byte
	}{
		{"ethernet-ipv4-esp", linkEthernet, ethernetFrame(etherIPv4, ipv4Datagram(protoESP, espPacket(1400)))},
		{"ethernet-ipv6-esp", linkEthernet, ethernetFrame(etherIPv6, ipv6Datagram(protoESP, espPacket(1400)))},
		{"vlan-ipv4-esp", linkEthernet, ethernetFrame(etherVLAN, vlanTag(7, etherIPv4), ipv4Datagram(protoESP, espPacket(1400)))},
		{"ethernet-ipv4-udp-esp", linkEthernet, ethernetFrame(etherIPv4, ipv4Datagram(protoUDP, udpDatagram(4500, 4500, espPacket(1400))))},
		{"sll2-ipv4-esp", linkSLL2, join(sll2Header(etherIPv4), ipv4Datagram(protoESP, espPacket(1400)))},
		{"ethernet-ipv4-ike", linkEthernet, ethernetFrame(etherIPv4, ipv4Datagram(protoUDP, udpDatagram(500, 500, ikeMessage(300))))},
		{"ethernet-ipv4-udp-other", linkEthernet, ethernetFrame(etherIPv4, ipv4Datagram(protoUDP, udpDatagram(53, 5353, make([]byte, 100))))},
		{"ethernet-ipv4-tcp", linkEthernet, ethernetFrame(etherIPv4, ipv4Datagram(protoTCP, make([]byte, 100)))},
	} {
		b.Run(tt.name, func(b *testing.B) {
			d := NewDecoder(Limits{})
			var p Packet
			b.SetBytes(int64(len(tt.frame)))
			b.ReportAllocs()
			for b.Loop() {
				d.Decode(&p, tt.link, tt.frame, len(tt.frame), 0)
			}
		})
	}
}

func BenchmarkFragments(b *testing.B) {
	const size = 2800
	d := NewDecoder(Limits{})
	var p Packet
	frames := [][]byte{
		ethernetFrame(etherIPv4, ipv4Fragment(1, 0, true, espPacket(1400))),
		ethernetFrame(etherIPv4, ipv4Fragment(1, 1400, false, espPacket(1400))),
	}
	b.SetBytes(size)
	b.ReportAllocs()
	for i := uint16(0); b.Loop(); i++ {
		for _, f := range frames {
			f[ethernetHeaderLen+ipv4IdentificationAt], f[ethernetHeaderLen+ipv4IdentificationAt+1] = byte(i>>8), byte(i)
			d.Decode(&p, linkEthernet, f, len(f), 0)
		}
		if p.Fragments != 2 {
			b.Fatal("not joined")
		}
	}
}
