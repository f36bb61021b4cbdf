package decode

import (
	"errors"
	"testing"
)

func greHeader(flags, protocol int, optional ...[]byte) []byte {
	return join(be16(flags), be16(protocol), join(optional...))
}

// label is an MPLS label stack entry (RFC 3032 section 2.1).
func label(n int, bottom bool) []byte {
	e := n<<12 | 64
	if bottom {
		e |= 0x100
	}
	return be32(e)
}

// Tunnels that the layer library opens, around the same datagram.
func TestTunnels(t *testing.T) {
	v4, v6 := ipv4Datagram(protoESP, espPacket(40)), ipv6Datagram(protoESP, espPacket(40))
	snap := func(t int) []byte { return join([]byte{0xaa, 0xaa, 3, 0, 0, 0}, be16(t)) }
	vxlan := []byte{8, 0, 0, 0, 0, 0, 5, 0}
	wlan := func(qos bool) []byte {
		h := join([]byte{0x08, 0x01}, be16(0), make([]byte, 18), be16(0)) // data, to the access point
		if qos {
			h = join(set(h, 0, 0x88), be16(0))
		}
		return h
	}
	fcs := make([]byte, 4)
	for _, tt := range []struct {
		name  string
		link  uint16
		frame []byte
	}{
		{"GRE", 101, ipv4Datagram(protoGRE, greHeader(0, 0x0800), v4)},
		{"GRE over IPv6 with IPv6", 101, ipv6Datagram(protoGRE, greHeader(0, 0x86dd), v6)},
		{"GRE with checksum, key and sequence", 101, ipv4Datagram(protoGRE, greHeader(0xb000, 0x0800, be32(0), be32(7), be32(1)), v4)},
		{"GRE with Ethernet", 101, ipv4Datagram(protoGRE, greHeader(0, 0x6558), ethernetFrame(0x0800, v4))},
		{"GRE with Ethernet and a tag", 101, ipv4Datagram(protoGRE, greHeader(0, 0x6558), ethernetFrame(0x8100, vlanTag(3, 0x86dd), v6))},
		{"GRE with MPLS", 101, ipv4Datagram(protoGRE, greHeader(0, 0x8847), label(16, true), v4)},
		{"ERSPAN", 101, ipv4Datagram(protoGRE, greHeader(0x1000, 0x88be, be32(1)), []byte{0x10, 1, 0, 1, 0, 0, 0, 0}, ethernetFrame(0x0800, v4))},
		{"PPTP", 101, ipv4Datagram(protoGRE, greHeader(0x2001, 0x880b, be32(0)), []byte{0xff, 3, 0, 0x21}, v4)},
		{"MPLS", 1, ethernetFrame(0x8847, label(16, false), label(17, false), label(18, true), v4)},
		{"MPLS behind a tag", 1, ethernetFrame(0x8100, vlanTag(3, 0x8847), label(16, true), v6)},
		{"MPLS in PPP", 9, join([]byte{0x02, 0x81}, label(16, true), v4)},
		{"MPLS in IP", 101, ipv4Datagram(protoMPLS, label(16, true), v4)},
		{"MPLS pseudowire", 1, ethernetFrame(0x8847, label(16, true), be32(0), ethernetFrame(0x8100, vlanTag(3, 0x0800), v4))},
		{"GTP", 101, udpFrame(50000, 2152, []byte{0x30, 0xff}, be16(len(v4)), be32(7), v4)},
		{"GTP with sequence number", 101, udpFrame(50000, 2152, []byte{0x32, 0xff}, be16(len(v6)+4), be32(7), be32(0x00010000), v6)},
		{"EtherIP", 101, ipv4Datagram(protoEtherIP, []byte{0x30, 0}, ethernetFrame(0x0800, v4))},
		{"VXLAN", 101, udpFrame(50000, 4789, vxlan, ethernetFrame(0x0800, v4))},
		{"Geneve with an option", 101, udpFrame(50000, 6081, []byte{1, 0, 0x65, 0x58, 0, 0, 5, 0}, be32(0x01028000), ethernetFrame(0x0800, v4))},
		{"MPLS in UDP", 101, udpFrame(50000, 6635, label(16, true), v4)},
		{"802.11", 105, join(wlan(false), snap(0x0800), v4, fcs)},
		{"802.11 with QoS", 105, join(wlan(true), snap(0x86dd), v6, fcs)},
		{"radiotap", 127, join([]byte{0, 0, 8, 0, 0, 0, 0, 0}, wlan(false), snap(0x0800), v4, fcs)},
		{"FDDI", 10, join([]byte{0x50}, make([]byte, 12), snap(0x0800), v4)},
		{"pflog", 117, join([]byte{61, 2}, make([]byte, 62), v4)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := NewDecoder(Limits{})
			p := decodeWith(d, tt.link, tt.frame)
			if p.Kind != KindESP || p.SPI != 0xc0ffee01 || p.Problem != nil || len(p.Payload) != 40 {
				t.Errorf("%v of %d octets, %v", p.Kind, len(p.Payload), p.Problem)
			}
			if n := d.Stats().Tunnels; n != 1 {
				t.Errorf("Tunnels %d", n)
			}
			if tt.link == 101 && p.Dst != dstIPv4 && p.Dst != dstIPv6 {
				t.Errorf("to %v", p.Dst)
			}
		})
	}
}

// What tunnels hold besides IP is other traffic.
func TestTunnelsWithoutIP(t *testing.T) {
	for _, tt := range []struct {
		name  string
		link  uint16
		frame []byte
	}{
		{"GRE keepalive", 101, ipv4Datagram(protoGRE, greHeader(0, 0), make([]byte, 20))},
		{"GRE with ARP", 101, ipv4Datagram(protoGRE, greHeader(0, 0x0806), make([]byte, 28))},
		{"GRE with nothing", 101, ipv4Datagram(protoGRE, greHeader(0, 0x0800))},
		{"MPLS pseudowire", 1, ethernetFrame(0x8847, label(16, true), be32(0), ethernetFrame(0x0806, make([]byte, 46)))},
		{"VXLAN with ARP", 101, udpFrame(50000, 4789, []byte{8, 0, 0, 0, 0, 0, 5, 0}, ethernetFrame(0x0806, make([]byte, 28)))},
		{"802.11 beacon", 105, join([]byte{0x80, 0}, make([]byte, 60))},
	} {
		if p := decodeFrame(tt.link, tt.frame); p.Kind != KindOther || p.Problem != nil {
			t.Errorf("%s: %v, %v", tt.name, p.Kind, p.Problem)
		}
	}
}

// Damage in what the layer library decodes is contained and counted.
func TestTunnelsHostile(t *testing.T) {
	for _, tt := range []struct {
		name  string
		link  uint16
		frame []byte
		err   error
	}{
		{"GRE cut", 101, ipv4Datagram(protoGRE, []byte{0, 0, 8}), ErrMalformed},
		{"GRE, routing without end", 101, ipv4Datagram(protoGRE, greHeader(0x4000, 0x0800), make([]byte, 4), []byte{0, 1, 0, 0, 0, 1}), ErrMalformed},
		{"MPLS cut", 1, ethernetFrame(0x8847, []byte{0, 1}), ErrMalformed},
		{"Geneve options past the end", 101, udpFrame(50000, 6081, []byte{63, 0, 0x65, 0x58, 0, 0, 5, 0}), ErrMalformed},
		{"16 labels", 1, ethernetFrame(0x8847, labels(16)), ErrLimit},
		{"10,000 labels", 1, ethernetFrame(0x8847, labels(10000)), ErrLimit},
		{"GRE in GRE in GRE", 101, greNested(3), nil},
		{"GRE 100 deep", 101, greNested(100), ErrLimit},
		{"radiotap of 70,000 octets set", 127, allSet(70000), nil},
		{"radiotap, length 0", 127, make([]byte, 60), ErrShort},
		{"radiotap, length past the frame", 127, set(make([]byte, 60), 2, 61), ErrShort},
		{"radiotap cut", 127, make([]byte, 7), ErrShort},
		{"USB", 220, make([]byte, 64), ErrUnsupported},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := decodeFrame(tt.link, tt.frame)
			switch {
			case tt.err == nil && p.Problem != nil:
				t.Errorf("%v", p.Problem)
			case tt.err != nil && (p.Problem == nil || !errors.Is(p.Problem, tt.err)):
				t.Errorf("problem %v, want %v", p.Problem, tt.err)
			}
		})
	}
}

func labels(n int) []byte {
	b := []byte(nil)
	for range n {
		b = append(b, label(16, false)...)
	}
	return join(b, label(16, true), ipv4Datagram(protoESP, espPacket(40)))
}

func greNested(n int) []byte {
	b := ipv4Datagram(protoESP, espPacket(40))
	for range n {
		b = ipv4Datagram(protoGRE, greHeader(0, 0x0800), b)
	}
	return b
}

func allSet(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = 0xff
	}
	return set(b, 0, 0, 0, 8, 0)
}

// Tunnels cut at any octet: never a panic that gets out, never octets that
// were not there.
func TestTunnelsCut(t *testing.T) {
	frame := ipv4Datagram(protoGRE, greHeader(0xb000, 0x6558, be32(0), be32(7), be32(1)),
		ethernetFrame(0x8847, label(16, false), label(17, true), ipv4Datagram(protoESP, espPacket(40))))
	for n := range frame {
		d := NewDecoder(Limits{})
		var p Packet
		d.Decode(&p, linkRaw, frame[:n], len(frame), 0)
		if len(p.IP) > n || p.Missing == 0 {
			t.Errorf("%d octets: %d of IP, %d missing", n, len(p.IP), p.Missing)
		}
	}
}
