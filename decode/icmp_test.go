package decode

import "testing"

func TestICMPErrors(t *testing.T) {
	v4 := func(icmpType, code byte, rest []byte, quoted []byte) []byte {
		return ipv4Datagram(protoICMP, []byte{icmpType, code, 0, 0}, rest, quoted)
	}
	v6 := func(icmpType, code byte, rest []byte, quoted []byte) []byte {
		return ipv6Datagram(protoICMPv6, []byte{icmpType, code, 0, 0}, rest, quoted)
	}
	zero := make([]byte, 4)
	ike := udpFrame(500, 500, ikeMessage(60))
	natt := udpFrame(4500, 4500, espPacket(60))
	esp := ipv4Datagram(protoESP, espPacket(60))
	ah := ipv4Datagram(protoAH, []byte{4, 4, 0, 0}, be32(0x1001), make([]byte, 16))
	esp6 := ipv6Datagram(protoDestination, []byte{protoESP, 0, 0, 0, 0, 0, 0, 0}, espPacket(60))
	for _, tt := range []struct {
		name  string
		frame []byte
		ok    bool
		icmp  ICMP
		spi   uint32
		quote Quote
	}{
		{"port unreachable, IKE", v4(3, 3, zero, ike), true, ICMP{3, 3, 0}, 0,
			Quote{Protocol: 17, SrcPort: 500, DstPort: 500}},
		{"port unreachable, eight octets of IKE's datagram", v4(3, 3, zero, ike[:28]), true, ICMP{3, 3, 0}, 0,
			Quote{Protocol: 17, SrcPort: 500, DstPort: 500}},
		{"the same with seven", v4(3, 3, zero, ike[:27]), false, ICMP{}, 0, Quote{}},
		{"fragmentation needed, ESP in UDP", v4(3, 4, []byte{0, 0, 5, 0xdc}, natt), true, ICMP{3, 4, 1500}, 0xc0ffee01,
			Quote{Protocol: 17, SrcPort: 4500, DstPort: 4500, SPI: 0xc0ffee01}},
		{"an MTU elsewhere is unused", v4(3, 13, []byte{0, 0, 5, 0xdc}, esp), true, ICMP{3, 13, 0}, 0xc0ffee01,
			Quote{Protocol: 50, SPI: 0xc0ffee01}},
		{"time exceeded, AH", v4(11, 0, zero, ah), true, ICMP{11, 0, 0}, 0x1001, Quote{Protocol: 51, SPI: 0x1001}},
		{"AH quoted short of its SPI", v4(11, 0, zero, ah[:27]), true, ICMP{11, 0, 0}, 0, Quote{Protocol: 51}},
		{"source quench", v4(4, 0, zero, esp), true, ICMP{4, 0, 0}, 0xc0ffee01, Quote{Protocol: 50, SPI: 0xc0ffee01}},
		{"parameter problem", v4(12, 0, zero, esp), true, ICMP{12, 0, 0}, 0xc0ffee01, Quote{Protocol: 50, SPI: 0xc0ffee01}},
		{"later fragment quoted", v4(3, 1, zero, ipv4Fragment(1, 1480, false, pattern(40))), false, ICMP{}, 0, Quote{}},
		{"DNS", v4(3, 3, zero, udpFrame(1029, 53, pattern(40))), false, ICMP{}, 0, Quote{}},
		{"TCP", v4(3, 3, zero, ipv4Datagram(protoTCP, make([]byte, 20))), false, ICMP{}, 0, Quote{}},
		{"quoted header cut", v4(3, 3, zero, esp[:19]), false, ICMP{}, 0, Quote{}},
		{"quoted header length lies", v4(3, 3, zero, set(esp, 0, 0x41)), false, ICMP{}, 0, Quote{}},
		{"nothing quoted", v4(3, 3, zero, nil), false, ICMP{}, 0, Quote{}},
		{"echo", v4(8, 0, zero, esp), false, ICMP{}, 0, Quote{}},

		{"packet too big, ESP", v6(2, 0, be32(1280), esp6), true, ICMP{2, 0, 1280}, 0xc0ffee01,
			Quote{Protocol: 50, SPI: 0xc0ffee01}},
		{"port unreachable over IPv6", v6(1, 4, zero, ipv6Datagram(protoUDP, udpDatagram(500, 500, ikeMessage(60)))), true,
			ICMP{1, 4, 0}, 0, Quote{Protocol: 17, SrcPort: 500, DstPort: 500}},
		{"hop limit exceeded, first fragment", v6(3, 0, zero, ipv6Fragment(1, 0, true, espPacket(64))), true,
			ICMP{3, 0, 0}, 0xc0ffee01, Quote{Protocol: 50, SPI: 0xc0ffee01}},
		{"hop limit exceeded, later fragment", v6(3, 0, zero, ipv6Fragment(1, 64, true, espPacket(64))), false,
			ICMP{}, 0, Quote{}},
		{"extension header quoted in part", v6(3, 0, zero, esp6[:47]), false, ICMP{}, 0, Quote{}},
		{"neighbour solicitation", v6(135, 0, zero, esp6), false, ICMP{}, 0, Quote{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := decodeFrame(linkRaw, tt.frame)
			q, ok := p.Quoted()
			if (p.Kind == KindICMPError) != tt.ok || ok != tt.ok || p.Problem != nil {
				t.Fatalf("%v, %v", p.Kind, p.Problem)
			}
			if p.ICMP != tt.icmp || p.SPI != tt.spi {
				t.Errorf("got %+v, SPI %#x", p.ICMP, p.SPI)
			}
			if q.Protocol != tt.quote.Protocol || q.SrcPort != tt.quote.SrcPort || q.DstPort != tt.quote.DstPort || q.SPI != tt.quote.SPI {
				t.Errorf("quoted %+v", q)
			}
			if ok && q.Dst != dstIPv4 && q.Dst != dstIPv6 {
				t.Errorf("quoted to %v", q.Dst)
			}
		})
	}
}
