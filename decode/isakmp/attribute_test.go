package isakmp

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// list parses attributes written in hex.
func list(t *testing.T, octets ...string) Transform {
	t.Helper()
	as, err := ParseAttributeList(unhex(t, octets...))
	if err != nil {
		t.Fatal(err)
	}
	return Transform{Attributes: as}
}

func TestParseAttributeList(t *testing.T) {
	b := unhex(t,
		"8001 0005",           // basic
		"000c 0004 3de0 0001", // variable, 4 octets
		"0006 0000",           // variable, empty
		"c000 1234",           // highest bits set: type 16384, basic
	)
	as, err := ParseAttributeList(b)
	if err != nil || len(as) != 4 {
		t.Fatalf("%d attributes, %v", len(as), err)
	}
	want := []Attribute{
		{Type: 1, Basic: true, Value: []byte{0, 5}, Offset: 0},
		{Type: 12, Value: []byte{0x3d, 0xe0, 0, 1}, Offset: 4},
		{Type: 6, Value: []byte{}, Offset: 12},
		{Type: 0x4000, Basic: true, Value: []byte{0x12, 0x34}, Offset: 16},
	}
	if diff := cmp.Diff(want, as); diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
	for n := range b {
		_, err := ParseAttributeList(b[:n])
		if whole := n == 0 || n == 4 || n == 12 || n == 16; whole != (err == nil) {
			t.Errorf("cut to %d octets: %v", n, err)
		}
	}
}

func TestAttributeLimit(t *testing.T) {
	as, err := ParseAttributeList(bytes.Repeat([]byte{0, 1, 0, 0}, 16000))
	wantError(t, err, "attribute", "count", MaxAttributes*4, ErrLimit)
	if len(as) != MaxAttributes {
		t.Errorf("%d attributes", len(as))
	}
}

func TestAttributeUint(t *testing.T) {
	for _, tt := range []struct {
		value string
		want  uint64
		ok    bool
	}{
		{"", 0, false}, {"00", 0, true}, {"ff", 255, true}, {"015180", 86400, true},
		{"0001", 1, true}, {"ffffffffffffffff", 1<<64 - 1, true}, {"000000000000000001", 0, false},
	} {
		got, ok := Attribute{Value: unhex(t, tt.value)}.Uint()
		if got != tt.want || ok != tt.ok {
			t.Errorf("%s: %d, %v", tt.value, got, ok)
		}
	}
}

// TestPhase1 reads every attribute of RFC 2409 appendix A.
func TestPhase1(t *testing.T) {
	p := list(t,
		"8001 0007", "8002 0002", "8003 fde9", // AES, SHA-1, XAUTHInitPreShared (65001)
		"8004 000e", "8005 0001", // group 14, MODP
		"0006 0003 0a0b0c", "0007 0001 02", "8008 0003", // prime, generators
		"0009 0001 11", "000a 0001 22", "0010 0002 3344", // curve a, b, order
		"800b 0001", "000c 0004 00007080", // 28,800 seconds
		"800b 0002", "800c 03e8", // 1,000 kilobytes
		"800d 0001", "800e 0100", "800f 00a1", // PRF, key length 256, field size 161
		"c001 0009", // private
	).Phase1()
	want := Phase1Attributes{
		Encryption: 7, Hash: 2, Auth: AuthXAUTHInitPSK, Group: 14, PRF: 1, KeyLength: 256,
		GroupType: GroupMODP, Prime: []byte{10, 11, 12}, GeneratorOne: []byte{2}, GeneratorTwo: []byte{0, 3},
		CurveA: []byte{0x11}, CurveB: []byte{0x22}, Order: []byte{0x33, 0x44}, FieldSize: 161,
		Lifetimes: []Lifetime{{LifeSeconds, 28800}, {LifeKilobytes, 1000}},
		Unknown:   []Attribute{{Type: 0x4001, Basic: true, Value: []byte{0, 9}, Offset: 84}},
	}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Errorf("phase 1 attributes (-want +got):\n%s", diff)
	}
	if v, ok := p.Lifetime(LifeKilobytes); v != 1000 || !ok {
		t.Errorf("kilobytes %d, %v", v, ok)
	}
	if v, ok := (Phase1Attributes{}).Lifetime(LifeSeconds); v != 0 || ok {
		t.Errorf("absent lifetime: %d, %v", v, ok)
	}
}

// TestIPsec reads every attribute of RFC 2407 section 4.5 and later ones.
func TestIPsec(t *testing.T) {
	p := list(t,
		"8001 0001", "8002 0e10", // 3,600 seconds
		"8001 0002", "0002 0004 0046 5000", // 4,608,000 kilobytes
		"8003 0002", "8004 f003", "8005 0005", // group 2, draft UDP tunnel, HMAC-SHA2-256
		"8006 0080", "8007 0010", // key length 128, 16 rounds
		"8008 000f", "0009 0002 cafe", // compression
		"800a 0001", "800b 0001", "800c 0200", "800d 0002", "800e 0003", "800f 0001",
		"ff00 0001", // private
	).IPsec()
	want := IPsecAttributes{
		Encapsulation: EncapUDPTunnelDraft, Auth: 5, KeyLength: 128, KeyRounds: 16, Group: 2, ESN: 1,
		CompressDictionary: 15, CompressAlgorithm: []byte{0xca, 0xfe},
		ECNTunnel: 1, AuthKeyLength: 512, SignatureEncoding: 2, AddressPreservation: 3, Direction: 1,
		Lifetimes: []Lifetime{{LifeSeconds, 3600}, {LifeKilobytes, 4608000}},
		Unknown:   []Attribute{{Type: 0x7f00, Basic: true, Value: []byte{0, 1}, Offset: 74}},
	}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Errorf("IPsec attributes (-want +got):\n%s", diff)
	}
	if v, ok := p.Lifetime(LifeSeconds); v != 3600 || !ok {
		t.Errorf("seconds %d, %v", v, ok)
	}
}

// TestAttributeProblems: impossible, contradictory and incomplete attributes are named, and
// the first sound value counts.
func TestAttributeProblems(t *testing.T) {
	type problem struct {
		field  string
		offset int
		kind   error
	}
	for _, tt := range []struct {
		name     string
		octets   string
		problems []problem
		check    func(p Phase1Attributes) bool
	}{
		{"twice the same", "80010005 80010005", nil, func(p Phase1Attributes) bool { return p.Encryption == 5 }},
		{"twice, different", "80010005 80010007", []problem{{"encryption", 4, ErrConflict}}, func(p Phase1Attributes) bool { return p.Encryption == 5 }},
		{"unknown twice, different", "c0010005 c0010007", []problem{{"16385", 4, ErrConflict}}, func(p Phase1Attributes) bool { return len(p.Unknown) == 1 }},
		{"life duration of 1 octet", "800b0001 000c0001 3c", nil, func(p Phase1Attributes) bool { v, _ := p.Lifetime(LifeSeconds); return v == 60 }},
		{"life duration of 8 octets", "800b0001 000c0008 0000000100000000", nil, func(p Phase1Attributes) bool { v, _ := p.Lifetime(LifeSeconds); return v == 1<<32 }},
		{"life duration of 9 octets", "800b0001 000c0009 000000000000000001", []problem{{"life duration", 4, ErrLength}}, noLife},
		{"life duration of 512 bits", "800b0001 000c0040" + string(bytes.Repeat([]byte("ff"), 64)), []problem{{"life duration", 4, ErrLength}}, noLife},
		{"empty life duration", "800b0001 000c0000", []problem{{"life duration", 4, ErrLength}}, noLife},
		{"life duration 0", "800b0001 800c0000", []problem{{"life duration", 4, ErrValue}}, func(p Phase1Attributes) bool { _, ok := p.Lifetime(LifeSeconds); return ok }},
		{"no life type", "800c3de0", []problem{{"life duration", 0, ErrValue}}, noLife},
		{"no life duration", "800b0001", []problem{{"life type", 0, ErrValue}}, noLife},
		{"two life types, one duration", "800b0001 800b0002 800c0010", []problem{{"life type", 0, ErrValue}}, func(p Phase1Attributes) bool { v, _ := p.Lifetime(LifeKilobytes); return v == 16 }},
		{"life type 0", "800b0000 800c0010", []problem{{"life type", 0, ErrValue}}, noLife},
		{"empty life type", "000b0000 800c0010", []problem{{"life type", 0, ErrValue}}, noLife},
		{"two lifetimes, same", "800b0001 800c0010 800b0001 800c0010", nil, func(p Phase1Attributes) bool { return len(p.Lifetimes) == 1 }},
		{"two lifetimes, different", "800b0001 800c0010 800b0001 800c0011", []problem{{"life duration", 12, ErrConflict}}, func(p Phase1Attributes) bool { v, _ := p.Lifetime(LifeSeconds); return v == 16 }},
		{"key length 0", "800e0000", []problem{{"key length", 0, ErrValue}}, func(p Phase1Attributes) bool { return p.KeyLength == 0 }},
		{"key length 65535", "800effff", []problem{{"key length", 0, ErrValue}}, func(p Phase1Attributes) bool { return p.KeyLength == 65535 }},
		{"number as 4 octets", "00010004 00000005", nil, func(p Phase1Attributes) bool { return p.Encryption == 5 }},
		{"number above 16 bits", "00010004 00010005", []problem{{"encryption", 0, ErrValue}}, func(p Phase1Attributes) bool { return p.Encryption == 0 }},
		{"empty number", "00010000", []problem{{"encryption", 0, ErrLength}}, func(p Phase1Attributes) bool { return p.Encryption == 0 }},
		{"reserved 0", "80020000", []problem{{"hash", 0, ErrValue}}, func(p Phase1Attributes) bool { return p.Hash == 0 }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := list(t, tt.octets).Phase1()
			if len(p.Problems) != len(tt.problems) {
				t.Fatalf("problems %v, want %d", p.Problems, len(tt.problems))
			}
			for i, want := range tt.problems {
				wantError(t, p.Problems[i], "attribute", want.field, want.offset, want.kind)
			}
			if !tt.check(p) {
				t.Errorf("%+v", p)
			}
		})
	}
	if got := list(t, "80060001 80060002").IPsec().Problems; len(got) != 2 || !errors.Is(got[1], ErrConflict) {
		t.Errorf("IPsec key length 1, then 2: %v", got)
	}
}

func noLife(p Phase1Attributes) bool { return len(p.Lifetimes) == 0 }
