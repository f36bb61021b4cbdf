package decode

import (
	"errors"
	"testing"
)

// What stands before an IP datagram on each link type. The datagram itself is
// checked in TestDecodeAnnotated.
var linkHeaders = []struct {
	name string
	link uint16
	head []byte
	v6   bool // an IPv6 datagram follows
	vlan uint16
}{
	{"null, little-endian", 0, []byte{2, 0, 0, 0}, false, 0},
	{"null, big-endian", 0, []byte{0, 0, 0, 2}, false, 0},
	{"null, IPv6 of Linux", 0, []byte{10, 0, 0, 0}, true, 0},
	{"null, IPv6 of Windows", 0, []byte{23, 0, 0, 0}, true, 0},
	{"null, IPv6 of OpenBSD", 0, []byte{0, 0, 0, 24}, true, 0},
	{"null, IPv6 of FreeBSD", 0, []byte{28, 0, 0, 0}, true, 0},
	{"null, IPv6 of Darwin", 0, []byte{30, 0, 0, 0}, true, 0},
	{"loop", 108, []byte{0, 0, 0, 2}, false, 0},
	{"loop, IPv6", 108, []byte{0, 0, 0, 24}, true, 0},
	{"enc", 109, []byte{0, 0, 0, 2, 0, 0, 0x10, 1, 0, 0, 0, 6}, false, 0},

	{"Ethernet", 1, ethernetFrame(0x0800), false, 0},
	{"Ethernet, IPv6", 1, ethernetFrame(0x86dd), true, 0},
	{"802.1Q", 1, ethernetFrame(0x8100, vlanTag(0x2064, 0x0800)), false, 100},
	{"802.1ad", 1, ethernetFrame(0x88a8, vlanTag(100, 0x8100), vlanTag(200, 0x86dd)), true, 200},
	{"0x9100", 1, ethernetFrame(0x9100, vlanTag(100, 0x8100), vlanTag(200, 0x0800)), false, 200},
	{"seven tags", 1, ethernetFrame(0x8100, vlanTag(1, 0x8100), vlanTag(2, 0x8100), vlanTag(3, 0x8100),
		vlanTag(4, 0x8100), vlanTag(5, 0x8100), vlanTag(6, 0x8100), vlanTag(7, 0x0800)), false, 7},
	{"802.3 with SNAP", 1, ethernetFrame(0x0400, []byte{0xaa, 0xaa, 3, 0, 0, 0, 8, 0}), false, 0},

	{"raw", 101, nil, false, 0},
	{"raw, IPv6", 101, nil, true, 0},
	{"raw, 12", 12, nil, false, 0},
	{"raw, 14", 14, nil, true, 0},
	{"IPv4", 228, nil, false, 0},
	{"IPv6", 229, nil, true, 0},

	{"cooked", 113, sllHeader(0x0800), false, 0},
	{"cooked, IPv6", 113, sllHeader(0x86dd), true, 0},
	{"cooked, tag", 113, join(sllHeader(0x8100), vlanTag(5, 0x0800)), false, 5},
	{"cooked 2", 276, sll2Header(0x0800), false, 0},
	{"cooked 2, IPv6", 276, sll2Header(0x86dd), true, 0},

	{"PPP", 9, []byte{0x00, 0x21}, false, 0},
	{"PPP, IPv6", 9, []byte{0x00, 0x57}, true, 0},
	{"PPP, short protocol", 9, []byte{0x21}, false, 0},
	{"PPP, HDLC framing", 9, []byte{0xff, 0x03, 0x00, 0x21}, false, 0},
	{"PPP, HDLC framing, short protocol", 9, []byte{0xff, 0x03, 0x57}, true, 0},
	{"PPP serial", 50, []byte{0xff, 0x03, 0x00, 0x21}, false, 0},
	{"PPP serial, Cisco HDLC", 50, []byte{0x0f, 0x00, 0x08, 0x00}, false, 0},
	{"Cisco HDLC", 104, []byte{0x8f, 0x00, 0x86, 0xdd}, true, 0},
	{"PPPoE", 51, []byte{0x11, 0, 0, 1, 0, 2 + 60, 0x00, 0x21}, false, 0},
	{"PPP with direction, sent", 204, []byte{1, 0xff, 0x03, 0x00, 0x21}, false, 0},
	{"PPP with direction, received", 204, []byte{0, 0x00, 0x57}, true, 0},

	{"Frame Relay", 107, []byte{0x18, 0x41, 0x03, 0xcc}, false, 0},
	{"Frame Relay, IPv6", 107, []byte{0x18, 0x41, 0x03, 0x8e}, true, 0},
	{"Frame Relay, aligned", 107, []byte{0x18, 0x41, 0x03, 0x00, 0xcc}, false, 0},
	{"Frame Relay, address of four", 107, []byte{0x18, 0x40, 0x20, 0x41, 0x03, 0xcc}, false, 0},
	{"Frame Relay, SNAP", 107, []byte{0x18, 0x41, 0x03, 0x00, 0x80, 0, 0, 0, 0x86, 0xdd}, true, 0},
	{"Frame Relay, bridged", 107, join([]byte{0x18, 0x41, 0x03, 0x00, 0x80, 0, 0x80, 0xc2, 0, 7}, ethernetFrame(0x8100, vlanTag(9, 0x0800))), false, 9},
	{"Frame Relay, Cisco", 107, []byte{0x18, 0x41, 0x08, 0x00}, false, 0},
	{"Frame Relay with direction", 206, []byte{1, 0x18, 0x41, 0x03, 0xcc}, false, 0},
	{"Cisco HDLC with direction", 205, []byte{0, 0x0f, 0x00, 0x08, 0x00}, false, 0},
	{"pppd, received", 166, []byte{0, 0x03, 0x00, 0x21}, false, 0},
	{"pppd, sent, short protocol", 166, []byte{1, 0x03, 0x57}, true, 0},
	{"ATM", 100, []byte{0xaa, 0xaa, 3, 0, 0, 0, 8, 0}, false, 0},
	{"SLIP", 8, append([]byte{1, 0x45}, make([]byte, 14)...), false, 0},
	{"IEEE 1394", 138, append(make([]byte, 16), 0x86, 0xdd), true, 0},
	{"MPLS", 219, []byte{0, 0x01, 0x01, 64}, false, 0},
	{"IPNET", 226, append([]byte{1, 2}, make([]byte, 22)...), false, 0},
	{"PKTAP, Ethernet", 258, join(pktapHeader(1), ethernetFrame(0x0800)), false, 0},
	{"PKTAP, raw", 258, pktapHeader(12), true, 0},

	{"PPI", 192, join([]byte{0, 0, 12, 0, 1, 0, 0, 0, 9, 9, 9, 9}, ethernetFrame(0x0800)), false, 0},
	{"PPI, raw IPv6", 192, []byte{0, 0, 8, 0, 101, 0, 0, 0}, true, 0},
}

// pktapHeader stands before a frame of a link type; only what matters is filled in.
func pktapHeader(link byte) []byte {
	b := make([]byte, 108)
	b[0], b[4], b[8] = byte(len(b)), 1, link
	return b
}

func TestLinkTypes(t *testing.T) {
	for _, tt := range linkHeaders {
		t.Run(tt.name, func(t *testing.T) {
			datagram, src := ipv4Datagram(protoESP, espPacket(40)), srcIPv4
			if tt.v6 {
				datagram, src = ipv6Datagram(protoESP, espPacket(40)), srcIPv6
			}
			p := decodeFrame(tt.link, join(tt.head, datagram))
			if p.Problem != nil {
				t.Fatal(p.Problem)
			}
			if p.Kind != KindESP || p.Src != src || p.SPI != 0xc0ffee01 || len(p.IP) != len(datagram) || p.VLAN != tt.vlan {
				t.Errorf("got %v from %v, SPI %#x, %d octets, VLAN %d", p.Kind, p.Src, p.SPI, len(p.IP), p.VLAN)
			}
		})
	}
}

// A header cut at any octet is a problem, not a panic, and says whether the
// wire or the capture cut it.
func TestLinkHeaderCut(t *testing.T) {
	for _, tt := range linkHeaders {
		for n := range tt.head {
			if n == 0 && (tt.link == 9 || tt.link == 50) {
				continue // an empty PPP frame is tested below
			}
			d := NewDecoder(Limits{})
			var p Packet
			d.Decode(&p, tt.link, tt.head[:n], len(tt.head)+60, 0)
			if p.Kind != KindOther || p.Problem == nil && n > 0 && !quietCut(tt.head[:n]) {
				t.Errorf("%s, %d octets kept: %v, %v", tt.name, n, p.Kind, p.Problem)
			}
			if p.Problem != nil && !errors.Is(p.Problem, ErrTruncated) {
				t.Errorf("%s, %d octets kept: %v", tt.name, n, p.Problem)
			}
			p = decodeFrame(tt.link, tt.head[:n])
			if p.Problem != nil && !errors.Is(p.Problem, ErrShort) && !errors.Is(p.Problem, ErrLength) && !errors.Is(p.Problem, ErrMalformed) {
				t.Errorf("%s, %d octets sent: %v", tt.name, n, p.Problem)
			}
		}
	}
}

// quietCut reports whether a frame ends inside an LLC header, where it may as
// well be another protocol's.
func quietCut(b []byte) bool {
	return len(b) >= ethernetHeaderLen && b[12] < 6
}

func TestOtherTraffic(t *testing.T) {
	for _, tt := range []struct {
		name  string
		link  uint16
		frame []byte
	}{
		{"ARP", 1, ethernetFrame(0x0806, make([]byte, 46))},
		{"spanning tree", 1, ethernetFrame(0x0026, []byte{0x42, 0x42, 0x03}, make([]byte, 43))},
		{"SNAP of Cisco", 1, ethernetFrame(0x0040, []byte{0xaa, 0xaa, 3, 0, 0, 0x0c, 0x20, 0}, make([]byte, 60))},
		{"802.3 of length 0", 1, ethernetFrame(0, make([]byte, 46))},
		{"PPPoE discovery code on a session type", 1, ethernetFrame(0x8864, []byte{0x11, 0x09, 0, 0, 0, 0}, make([]byte, 40))},
		{"PPP LCP", 9, []byte{0xff, 0x03, 0xc0, 0x21, 1, 1, 0, 4}},
		{"cooked netlink", 113, join(be16(4), be16(824), be16(0), make([]byte, 8), be16(0x0800), make([]byte, 40))},
		{"cooked 802.2", 113, join(sllHeader(4), make([]byte, 40))},
		{"null, AppleTalk", 0, join([]byte{16, 0, 0, 0}, make([]byte, 40))},
		{"LMI of Frame Relay", 107, []byte{0, 1, 3, 8, 0, 0x75, 0x95, 1, 1, 0, 3, 2, 1, 0}},
		{"Frame Relay, another protocol", 107, join([]byte{0x18, 0x41, 0x03, 0x81}, make([]byte, 40))},
		{"Frame Relay, an endless address", 107, make([]byte, 40)},
		{"Frame Relay, another SNAP", 107, join([]byte{0x18, 0x41, 0x03, 0x80, 0, 0, 0x0c}, make([]byte, 40))},
		{"PKTAP, ARP", 258, join(pktapHeader(1), ethernetFrame(0x0806, make([]byte, 46)))},
		{"TCP", 101, ipv4Datagram(protoTCP, be16(1024), be16(443), make([]byte, 16))},
		{"IPv6 without a next header", 101, ipv6Datagram(protoNone)},
		{"OSPF", 101, ipv4Datagram(89, make([]byte, 44))},
	} {
		if p := decodeFrame(tt.link, tt.frame); p.Kind != KindOther || p.Problem != nil || p.Missing != 0 {
			t.Errorf("%s: %v, %v, %d missing", tt.name, p.Kind, p.Problem, p.Missing)
		}
	}
}

func TestUnknownLinkType(t *testing.T) {
	d := NewDecoder(Limits{})
	for _, link := range []uint16{2, 147, 255, 256, 275, 277, 65535} {
		if p := decodeWith(d, link, espPacket(40)); !errors.Is(p.Problem, ErrUnsupported) {
			t.Errorf("link type %d: %v", link, p.Problem)
		}
	}
	if m := d.Stats().Malformed; len(m) != 7 || m[0].Field != "link type 2" || m[6].Field != "link type 65535" || m[6].Count != 1 {
		t.Errorf("counted %+v", m)
	}
	for link := range 100 {
		decodeWith(d, uint16(1000+link), nil)
	}
	m := d.Stats().Malformed
	if n := len(m); n != maxUnread+1 || m[n-1].Field != "link type" || m[n-1].Count != 100+7-maxUnread {
		t.Errorf("counted %+v", m)
	}
}
