package decode

import (
	"testing"
)

func udpFrame(src, dst int, payload ...[]byte) []byte {
	return ipv4Datagram(protoUDP, udpDatagram(src, dst, payload...))
}

// Port 4500 with every length from 0 to 35, once with a marker in front and
// once without (RFC 3948 section 2).
func TestPort4500EveryLength(t *testing.T) {
	for n := 0; n <= 35; n++ {
		marked := udpFrame(4500, 4500, make([]byte, n))
		p := decodeFrame(linkRaw, marked)
		switch {
		case n < 4 && (p.Kind != KindOther || p.Problem == nil):
			t.Errorf("%d zero octets: %v, %v", n, p.Kind, p.Problem)
		case n == 4 && (p.Kind != KindOther || p.Problem == nil):
			t.Errorf("marker alone: %v, %v", p.Kind, p.Problem)
		case n > 4 && p.Kind != KindIKE:
			t.Errorf("marker and %d octets: %v", n-4, p.Kind)
		case n > 4 && (p.Problem != nil) != (n < 32):
			t.Errorf("marker and %d octets: %v", n-4, p.Problem)
		}

		p = decodeFrame(linkRaw, udpFrame(4500, 4500, pattern(n + 1)[1:]))
		want := KindESP
		if n < 8 {
			want = KindOther
		}
		if p.Kind != want || (p.Problem == nil) != (n >= 8) || p.Encap != EncapUDP {
			t.Errorf("%d octets without marker: %v, %v", n, p.Kind, p.Problem)
		}
		if p.Kind == KindESP && len(p.Payload) != n {
			t.Errorf("%d octets without marker: payload of %d", n, len(p.Payload))
		}
	}
}

func TestUDPPorts(t *testing.T) {
	ike, esp, marker := ikeMessage(60), espPacket(60), make([]byte, 4)
	for _, tt := range []struct {
		name  string
		frame []byte
		kind  Kind
		encap Encap
		n     int // octets of payload
	}{
		{"IKE", udpFrame(500, 500, ike), KindIKE, EncapNone, 60},
		{"IKE from another port", udpFrame(1027, 500, ike), KindIKE, EncapNone, 60},
		{"IKE to another port", udpFrame(500, 1027, ike), KindIKE, EncapNone, 60},
		{"IKE cut", udpFrame(500, 500, ike[:10]), KindIKE, EncapNone, 10},
		{"nothing on port 500", udpFrame(500, 500), KindOther, EncapNone, 0},
		{"keepalive on port 500", udpFrame(500, 500, []byte{0xff}), KindKeepalive, EncapUDP, 1},
		{"keepalive", udpFrame(4500, 4500, []byte{0xff}), KindKeepalive, EncapUDP, 1},
		{"one other octet", udpFrame(4500, 4500, []byte{0xfe}), KindOther, EncapUDP, 0},
		{"two octets 0xff", udpFrame(4500, 4500, []byte{0xff, 0xff}), KindOther, EncapUDP, 0},
		{"IKE behind a marker", udpFrame(4500, 1031, marker, ike), KindIKE, EncapUDP, 60},
		{"ESP", udpFrame(1031, 4500, esp), KindESP, EncapUDP, 60},
		{"ESP of the drafts", udpFrame(500, 500, make([]byte, 8), esp), KindESP, EncapUDP, 60},
		{"IKE with both cookies zero", udpFrame(500, 500, make([]byte, 16), ike[16:]), KindIKE, EncapNone, 60},
		{"IKE with the initiator's cookie zero", udpFrame(500, 500, make([]byte, 8), ike[8:]), KindIKE, EncapNone, 60},
		{"IKE on port 848", udpFrame(848, 848, ike), KindIKE, EncapNone, 60},
		{"IKE behind a marker on port 12345", udpFrame(12345, 12345, marker, ike), KindIKE, EncapUDP, 60},
		{"ESP on port 12345", udpFrame(12345, 12345, esp), KindOther, EncapNone, 0},
		{"ESP on port 10000", udpFrame(10000, 10000, esp), KindOther, EncapNone, 0},
		{"DNS", udpFrame(1029, 53, pattern(60)), KindOther, EncapNone, 0},
	} {
		p := decodeFrame(linkRaw, tt.frame)
		if p.Kind != tt.kind || p.Encap != tt.encap || len(p.Payload) != tt.n {
			t.Errorf("%s: %v in %v, %d octets; want %v in %v, %d", tt.name, p.Kind, p.Encap, len(p.Payload), tt.kind, tt.encap, tt.n)
		}
	}
}

func TestUDPHostile(t *testing.T) {
	frame := udpFrame(4500, 4500, espPacket(40))
	const lengthAt = 20 + 4
	bad := problem{"udp", "length", lengthAt, ErrLength}
	for _, tt := range []struct {
		name    string
		frame   []byte
		kind    Kind
		n       int
		problem problem
	}{
		{"length 7", set(frame, lengthAt, 0, 7), KindOther, 0, bad},
		{"length 0", set(frame, lengthAt, 0, 0), KindOther, 0, bad},
		{"length too long", set(frame, lengthAt, 0, 49), KindESP, 40, bad},
		{"length 65535", set(frame, lengthAt, 0xff, 0xff), KindESP, 40, bad},
		{"length too short", set(frame, lengthAt, 0, 47), KindESP, 39, bad},
		{"length of a header", set(frame, lengthAt, 0, 8), KindOther, 0, bad},
		{"header cut", ipv4Datagram(protoUDP, make([]byte, 7)), KindOther, 0, problem{"udp", "header", 20, ErrShort}},
		{"offload: no length in IP", set(frame, 2, 0, 0), KindESP, 40, problem{}},
		{"offload: and none in UDP", set(set(frame, 2, 0, 0), lengthAt, 0, 0), KindESP, 40, problem{}},
		{"offload: padding behind", join(set(frame, 2, 0, 0), make([]byte, 6)), KindESP, 40, problem{}},
		{"padding behind a keepalive", join(udpFrame(4500, 4500, []byte{0xff}), make([]byte, 17)), KindKeepalive, 1, problem{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := decodeFrame(linkRaw, tt.frame)
			checkProblem(t, p.Problem, tt.problem)
			if p.Kind != tt.kind || len(p.Payload) != tt.n {
				t.Errorf("%v with %d octets, want %v with %d", p.Kind, len(p.Payload), tt.kind, tt.n)
			}
		})
	}
}

// ESP on unusual ports counts once IKE was seen there behind a marker.
func TestLearnedFlows(t *testing.T) {
	d := NewDecoder(Limits{})
	marker, esp := make([]byte, 4), espPacket(60)
	kind := func(src, dst int, payload ...[]byte) Kind {
		return decodeWith(d, linkRaw, udpFrame(src, dst, payload...)).Kind
	}
	for _, tt := range []struct {
		name string
		got  Kind
		want Kind
	}{
		{"before", kind(7777, 8888, esp), KindOther},
		{"IKE", kind(7777, 8888, marker, ikeMessage(80)), KindIKE},
		{"same way", kind(7777, 8888, esp), KindESP},
		{"other way", kind(8888, 7777, esp), KindOther}, // other addresses would have to swap too
		{"keepalive", kind(7777, 8888, []byte{0xff}), KindKeepalive},
		{"another port", kind(7778, 8888, esp), KindOther},
		{"Cisco's port before IKE", kind(10000, 10000, esp), KindOther},
		{"IKE on its port", kind(500, 500, ikeMessage(80)), KindIKE},
		{"Cisco's port", kind(10000, 10000, esp), KindESP},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, tt.got, tt.want)
		}
	}

	back := udpFrame(8888, 7777, esp)
	copy(back[ipv4SourceAt:], join(dstIPv4.AsSlice(), srcIPv4.AsSlice()))
	if p := decodeWith(d, linkRaw, back); p.Kind != KindESP || p.Encap != EncapUDP || p.SrcPort != 8888 {
		t.Errorf("the answer: %v in %v", p.Kind, p.Encap)
	}
}

func TestFlowsLimit(t *testing.T) {
	d := NewDecoder(Limits{Flows: 2})
	marker := make([]byte, 4)
	for port := 7001; port <= 7003; port++ {
		decodeWith(d, linkRaw, udpFrame(port, port, marker, ikeMessage(80)))
		decodeWith(d, linkRaw, udpFrame(port, port, marker, ikeMessage(80)))
	}
	for port, want := range map[int]Kind{7001: KindOther, 7002: KindESP, 7003: KindESP} {
		if got := decodeWith(d, linkRaw, udpFrame(port, port, espPacket(60))).Kind; got != want {
			t.Errorf("port %d: %v, want %v", port, got, want)
		}
	}
	if n := d.Stats().FlowsDropped; n != 1 {
		t.Errorf("FlowsDropped %d", n)
	}
}

func TestTCPPorts(t *testing.T) {
	segment := func(src, dst int, payload []byte) []byte {
		return ipv4Datagram(protoTCP, be16(src), be16(dst), make([]byte, 8), []byte{0x50, 0x18}, make([]byte, 6), payload)
	}
	d := NewDecoder(Limits{})
	for _, tt := range []struct {
		name  string
		frame []byte
		want  Encap
	}{
		{"4500 with data", segment(1024, 4500, []byte("IKETCP")), EncapTCP},
		{"10000 with other data", segment(10000, 1024, pattern(40)), EncapNone},
		{"4500 without data", segment(1024, 4500, nil), EncapNone},
		{"data offset below the header", set(segment(1024, 4500, pattern(9)), 32, 0x40), EncapNone},
		{"web", segment(1024, 443, pattern(40)), EncapNone},
	} {
		if p := decodeWith(d, linkRaw, tt.frame); p.Encap != tt.want || p.Kind != KindOther || p.DstPort == 0 {
			t.Errorf("%s: %v in %v", tt.name, p.Kind, p.Encap)
		}
	}
	if n := d.Stats().TCP.Segments; n != 1 {
		t.Errorf("%d segments", n)
	}
}

// The look for IKE on other ports believes all fields or none.
func TestLooksLikeIKE(t *testing.T) {
	v1, v2 := ikeMessage(60), set(ikeMessage(60), 16, 33, 0x20, 34)
	whole := func(b []byte) span { return span{b: b, wire: len(b)} }
	for _, tt := range []struct {
		name string
		s    span
		want bool
	}{
		{"IKEv1", whole(v1), true},
		{"IKEv2", whole(v2), true},
		{"cut by the snap length", span{b: v1[:28], wire: 60}, true},
		{"header cut", span{b: v1[:27], wire: 60}, false},
		{"length one short", whole(v1[:59]), false},
		{"length one long", whole(join(v1, []byte{0})), false},
		{"length beyond 31 bits", whole(set(v1, 24, 0xff, 0xff, 0xff, 0xff)), false},
		{"version 0", whole(set(v1, 17, 0x00)), false},
		{"version 3", whole(set(v1, 17, 0x30)), false},
		{"version 1.1", whole(set(v1, 17, 0x11)), true},
		{"unknown exchange", whole(set(v1, 18, 7)), false},
		{"IKEv2's exchange in IKEv1", whole(set(v1, 18, 34)), false},
		{"IKEv1's exchange in IKEv2", whole(set(v2, 18, 2)), false},
		{"unknown payload", whole(set(v1, 16, 99)), false},
		{"no payload in IKEv1", whole(set(v1, 16, 0)), false},
		{"no payload in IKEv2", whole(set(v2, 16, 0)), true},
		{"NAT-D of the drafts", whole(set(v1, 16, 130)), true},
		{"cookies zero", whole(set(v1, 0, make([]byte, 16)...)), false},
		{"first message", whole(set(v1, 8, make([]byte, 8)...)), true},
	} {
		if got := looksLikeIKE(tt.s); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}
