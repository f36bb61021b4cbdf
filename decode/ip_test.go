package decode

import (
	"bytes"
	"errors"
	"slices"
	"testing"
)

// problem is what a test expects of Packet.Problem; the zero value: none.
type problem struct {
	layer, field string
	offset       int
	err          error
}

func checkProblem(t *testing.T, got *Error, want problem) {
	t.Helper()
	switch {
	case want.err == nil && got == nil:
	case want.err == nil:
		t.Errorf("problem %v, want none", got)
	case got == nil:
		t.Errorf("no problem, want %+v", want)
	case got.Layer != want.layer || got.Field != want.field || got.Offset != want.offset || !errors.Is(got, want.err):
		t.Errorf("problem %v, want %+v", got, want)
	}
}

// set returns a copy of b with octets replaced from off on.
func set(b []byte, off int, octets ...byte) []byte {
	b = slices.Clone(b)
	copy(b[off:], octets)
	return b
}

func TestIPHostile(t *testing.T) {
	v4 := ipv4Datagram(protoESP, espPacket(40))
	v6 := ipv6Datagram(protoESP, espPacket(40))
	for _, tt := range []struct {
		name    string
		frame   []byte
		kind    Kind
		missing int
		problem problem
	}{
		{"no octet", nil, KindOther, 0, problem{"ip", "header", 0, ErrShort}},
		{"version 0", set(v4, 0, 0x05), KindOther, 0, problem{"ip", "version", 0, ErrVersion}},
		{"version 15", set(v4, 0, 0xf5), KindOther, 0, problem{"ip", "version", 0, ErrVersion}},
		{"header length 0", set(v4, 0, 0x40), KindOther, 0, problem{"ipv4", "header length", 0, ErrLength}},
		{"header length 4", set(v4, 0, 0x44), KindOther, 0, problem{"ipv4", "header length", 0, ErrLength}},
		{"header length 15, the datagram is shorter", set(v4[:40], 0, 0x4f), KindOther, 0, problem{"ipv4", "total length", 2, ErrLength}},
		{"total length below header", set(v4, 2, 0, 19), KindOther, 0, problem{"ipv4", "total length", 2, ErrLength}},
		{"total length 0", set(v4, 2, 0, 0), KindESP, 0, problem{}},
		{"total length past the frame", set(v4, 2, 0, 70), KindESP, 10, problem{"ipv4", "total length", 2, ErrLength}},
		{"total length short of the frame", set(v4, 2, 0, 50), KindESP, 0, problem{}},
		{"total length ends inside ESP's header", set(v4, 2, 0, 27), KindOther, 0, problem{"esp", "header", 20, ErrShort}},
		{"IPv6 where IPv4 belongs", ethernetFrame(etherIPv4, v6), KindOther, 0, problem{"ip", "version", 14, ErrVersion}},
		{"IPv4 where IPv6 belongs", ethernetFrame(etherIPv6, v4), KindOther, 0, problem{"ip", "version", 14, ErrVersion}},
		{"IPv6 header cut", v6[:39], KindOther, 0, problem{"ipv6", "header", 0, ErrShort}},
		{"payload length past the frame", set(v6, 4, 0, 41), KindESP, 1, problem{"ipv6", "payload length", 4, ErrLength}},
		{"payload length 0", set(v6, 4, 0, 0), KindESP, 0, problem{}},
		{"payload length inside ESP's header", set(v6, 4, 0, 7), KindOther, 0, problem{"esp", "header", 40, ErrShort}},
		{"extension header past the end", ipv6Datagram(protoHopByHop, []byte{protoESP, 1, 1, 0, 0, 0, 0, 0}), KindOther, 0,
			problem{"ipv6", "extension header", 40, ErrShort}},
		{"extension header of one octet", ipv6Datagram(protoRouting, []byte{protoESP}), KindOther, 0,
			problem{"ipv6", "extension header", 40, ErrShort}},
		{"Fragment header cut", ipv6Datagram(protoFragment, make([]byte, 7)), KindOther, 0,
			problem{"ipv6", "extension header", 40, ErrShort}},
		{"AH of length 0", ipv4Datagram(protoAH, []byte{4, 0}, make([]byte, 22)), KindAH, 0, problem{"ah", "length", 21, ErrLength}},
		{"AH of length 255", ipv4Datagram(protoAH, []byte{4, 255}, make([]byte, 22)), KindAH, 0, problem{"ah", "length", 21, ErrLength}},
		{"AH cut", ipv4Datagram(protoAH, make([]byte, 11)), KindOther, 0, problem{"ah", "header", 20, ErrShort}},
		{"IPComp cut", ipv4Datagram(protoIPComp, make([]byte, 3)), KindOther, 0, problem{"ipcomp", "header", 20, ErrShort}},
		{"TCP cut", ipv4Datagram(protoTCP, make([]byte, 19)), KindOther, 0, problem{"tcp", "header", 20, ErrShort}},
		{"ICMP cut", ipv4Datagram(protoICMP, make([]byte, 7)), KindOther, 0, problem{"icmp", "header", 20, ErrShort}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			link := uint16(linkRaw)
			if tt.problem.offset == ethernetHeaderLen && tt.problem.field == "version" {
				link = linkEthernet
			}
			p := decodeFrame(link, tt.frame)
			checkProblem(t, p.Problem, tt.problem)
			if p.Kind != tt.kind || p.Missing != tt.missing {
				t.Errorf("kind %v with %d missing, want %v with %d", p.Kind, p.Missing, tt.kind, tt.missing)
			}
		})
	}
}

// Every header that the walk over extension headers knows, once, before ESP.
func TestExtensionHeaders(t *testing.T) {
	ext := func(next int, units int) []byte {
		return join([]byte{byte(next), byte(units - 1)}, make([]byte, 8*units-2))
	}
	frame := ipv6Datagram(protoHopByHop,
		ext(protoDestination, 1), ext(protoRouting, 3), ext(protoFragment, 2),
		fragmentHeader(protoMobility, 9, 0, false), // atomic, RFC 6946
		ext(protoHIP, 5), ext(protoShim6, 1), ext(protoESP, 2), espPacket(16))
	p := decodeFrame(linkRaw, frame)
	const before = 8 * (1 + 3 + 2 + 1 + 5 + 1) // all but the last
	if p.Kind != KindESP || p.Problem != nil || p.IPHeaderLen != 40+before+16 || p.NextHeaderOffset != 40+before {
		t.Errorf("%v, %v, header %d, next at %d", p.Kind, p.Problem, p.IPHeaderLen, p.NextHeaderOffset)
	}
	if frame[p.NextHeaderOffset] != protoESP {
		t.Errorf("octet at NextHeaderOffset is %d", frame[p.NextHeaderOffset])
	}
}

func TestNestingLimit(t *testing.T) {
	nestIn := func(n int, b []byte) []byte {
		for range n - 1 {
			b = ipv4Datagram(protoIPv4, b)
		}
		return b
	}
	nest := func(n int) []byte {
		return nestIn(n, ipv4Datagram(protoESP, espPacket(16)))
	}
	tags := func(n int) []byte {
		b := []byte(nil)
		for range n - 1 {
			b = append(b, vlanTag(1, etherVLAN)...)
		}
		return ethernetFrame(etherVLAN, b, vlanTag(1, etherIPv4), ipv4Datagram(protoESP, espPacket(16)))
	}
	extensions := func(n int) []byte {
		b := []byte(nil)
		for range n - 1 {
			b = append(b, protoDestination, 0, 0, 0, 0, 0, 0, 0)
		}
		return ipv6Datagram(protoDestination, b, []byte{protoESP, 0, 0, 0, 0, 0, 0, 0}, espPacket(16))
	}
	for _, tt := range []struct {
		name  string
		link  uint16
		frame []byte
		ok    bool
	}{
		{"8 IP headers", linkRaw, nest(8), true},
		{"9 IP headers", linkRaw, nest(9), false},
		{"200 IP headers", linkRaw, nest(200), false},
		{"6 in 4 in 6", linkRaw, ipv6Datagram(protoIPv4, ipv4Datagram(protoIPv6, ipv6Datagram(protoESP, espPacket(16)))), true},
		{"7 tags", linkEthernet, tags(7), true},
		{"8 tags", linkEthernet, tags(8), false},
		{"100 tags", linkEthernet, tags(100), false},
		{"6 in 4, 8 headers", linkRaw, ipv6Datagram(protoIPv4, nest(7)), true},
		{"6 at the ninth level", linkRaw, nestIn(8, ipv4Datagram(protoIPv6, ipv6Datagram(protoESP, espPacket(16)))), false},
		{"PPPoE at the ninth level", linkEthernet, ethernetFrame(etherVLAN, bytes.Repeat(vlanTag(1, etherVLAN), 7),
			vlanTag(1, etherPPPoESession), []byte{0x11, 0, 0, 0, 0, 0}), false},
		{"GRE at the ninth level", linkRaw, nestIn(8, ipv4Datagram(protoGRE, []byte{0, 0, 8, 0})), false},
		{"16 extension headers", linkRaw, extensions(16), true},
		{"17 extension headers", linkRaw, extensions(17), false},
		{"200 extension headers", linkRaw, extensions(200), false},
	} {
		p := decodeFrame(tt.link, tt.frame)
		if ok := p.Kind == KindESP && p.Problem == nil; ok != tt.ok {
			t.Errorf("%s: %v, %v", tt.name, p.Kind, p.Problem)
		}
		if !tt.ok && !errors.Is(p.Problem, ErrLimit) {
			t.Errorf("%s: problem %v", tt.name, p.Problem)
		}
	}
}

// A snap length anywhere leaves what is before it as it was: the kind is right
// or unknown, the octets are a prefix, and Missing counts the rest.
func TestSnapLengthEverywhere(t *testing.T) {
	for _, tt := range annotated {
		whole := decodeFrame(tt.link, tt.frame)
		wire := len(tt.frame)
		for n := range wire - tt.end {
			d := NewDecoder(Limits{})
			var p Packet
			d.Decode(&p, tt.link, tt.frame[:n], wire, 0)
			if p.Kind != whole.Kind && p.Kind != KindOther {
				t.Fatalf("%s, %d octets: kind %v", tt.name, n, p.Kind)
			}
			if p.Missing == 0 || p.Kind == KindOther && p.Problem == nil && p.Protocol != protoICMP {
				t.Fatalf("%s, %d octets: %d missing, problem %v", tt.name, n, p.Missing, p.Problem)
			}
			if p.Problem != nil && !errors.Is(p.Problem, ErrTruncated) {
				t.Fatalf("%s, %d octets: problem %v", tt.name, n, p.Problem)
			}
			if p.Kind == whole.Kind && len(p.Payload)+p.Missing != len(whole.Payload) {
				t.Fatalf("%s, %d octets: payload %d and %d missing of %d", tt.name, n, len(p.Payload), p.Missing, len(whole.Payload))
			}
			if s := d.Stats(); s.Truncated != 1 || len(s.Malformed) != 0 {
				t.Fatalf("%s, %d octets: counted %+v", tt.name, n, s)
			}
		}
	}
}

// A frame that ends anywhere on the wire is damage.
func TestWireEndsEverywhere(t *testing.T) {
	for _, tt := range annotated {
		for n := range len(tt.frame) - tt.end {
			p := decodeFrame(tt.link, tt.frame[:n])
			if p.Problem == nil {
				t.Fatalf("%s, %d octets: no problem", tt.name, n)
			}
			if p.Problem.Offset < 0 || p.Problem.Offset > len(tt.frame) {
				t.Fatalf("%s, %d octets: %v", tt.name, n, p.Problem)
			}
		}
	}
}

// Frames longer on the wire than they say, and lengths that lie.
func TestWireLength(t *testing.T) {
	frame := ethernetFrame(etherIPv4, set(ipv4Datagram(protoESP, espPacket(100)), 2, 0, 0))
	d := NewDecoder(Limits{})
	var p Packet
	for _, tt := range []struct{ wire, missing int }{
		{len(frame), 0},
		{len(frame) + 900, 900}, // the frame's end counts when the header has no length
		{0, 0},
		{-1, 0},
	} {
		d.Decode(&p, linkEthernet, frame, tt.wire, 0)
		if p.Kind != KindESP || p.Missing != tt.missing {
			t.Errorf("wire length %d: %v, %d missing", tt.wire, p.Kind, p.Missing)
		}
	}
	if n := d.Stats().LengthFromFrame; n != 4 {
		t.Errorf("LengthFromFrame %d", n)
	}
}

func TestErrorText(t *testing.T) {
	p := decodeFrame(linkEthernet, ethernetFrame(etherIPv4, set(ipv4Datagram(protoESP, espPacket(40)), 2, 0, 19)))
	const want = "decode: ipv4 total length at octet 16: length contradicts the octets around it"
	if p.Problem == nil || p.Problem.Error() != want {
		t.Errorf("got %v", p.Problem)
	}
	for f := faultNone + 1; f < faults; f++ {
		if e := faultTable[f]; e.Layer == "" || e.Field == "" || e.Err == nil {
			t.Errorf("fault %d has no row", f)
		}
	}
}
