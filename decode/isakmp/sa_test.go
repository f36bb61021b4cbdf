package isakmp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"
)

// A phase 2 SA payload by hand: two proposals of number 1, to be taken together.
var saOctets = []string{
	"00000001", // DOI: IPSEC
	"00000001", // situation: identity only

	"02 00 0030 01 03 04 02", // proposal 1, ESP, 4 octets of SPI, 2 transforms, 48 octets
	"c7a8cc9e",               // SPI
	"03 00 0018 01 0c 0000",  // transform 1, AES, 24 octets
	"8006 0080",              // key length 128
	"8004 0001",              // tunnel
	"0002 0004 00015180",     // life duration without life type
	"00 00 000c 02 03 0000",  // transform 2, 3DES, 12 octets
	"8005 0002",              // HMAC-SHA1

	"00 00 0016 01 04 02 01", // proposal 1, IPComp, 2 octets of CPI, 1 transform
	"5a5a",                   // CPI
	"00 00 000c 01 02 0000",  // transform 1, deflate
	"8004 0001",              // tunnel
}

func TestParseSA(t *testing.T) {
	b := unhex(t, saOctets...)
	sa, err := ParseSA(b)
	if err != nil {
		t.Fatal(err)
	}
	if sa.DOI != DOIIPsec || !bytes.Equal(sa.Situation, b[4:8]) || len(sa.Proposals) != 2 {
		t.Fatalf("%+v", sa)
	}
	esp, comp := sa.Proposals[0], sa.Proposals[1]
	if esp.Number != 1 || esp.Protocol != ProtocolESP || !bytes.Equal(esp.SPI, unhex(t, "c7a8cc9e")) || esp.Count != 2 ||
		esp.Offset != 8 || len(esp.Raw) != 48 || len(esp.Transforms) != 2 {
		t.Errorf("proposal %+v", esp)
	}
	if comp.Number != 1 || comp.Protocol != ProtocolIPComp || !bytes.Equal(comp.SPI, []byte{0x5a, 0x5a}) ||
		comp.Offset != 56 || len(comp.Transforms) != 1 || comp.Transforms[0].ID != 2 {
		t.Errorf("proposal %+v", comp)
	}
	aes := esp.Transforms[0]
	if aes.Number != 1 || aes.ID != 12 || aes.Offset != 20 || len(aes.Raw) != 24 || len(aes.Attributes) != 3 {
		t.Fatalf("transform %+v", aes)
	}
	for i, want := range []Attribute{
		{Type: 6, Basic: true, Value: []byte{0, 128}, Offset: 28},
		{Type: 4, Basic: true, Value: []byte{0, 1}, Offset: 32},
		{Type: 2, Basic: false, Value: []byte{0, 1, 0x51, 0x80}, Offset: 36},
	} {
		got := aes.Attributes[i]
		if got.Type != want.Type || got.Basic != want.Basic || got.Offset != want.Offset || !bytes.Equal(got.Value, want.Value) {
			t.Errorf("attribute %d: %+v, want %+v", i, got, want)
		}
	}
	if &aes.Attributes[2].Value[0] != &b[40] {
		t.Error("values are copies")
	}
}

// TestParseSATruncated: no cut of the payload is a payload.
func TestParseSATruncated(t *testing.T) {
	b := unhex(t, saOctets...)
	for n := range b {
		sa, err := ParseSA(b[:n])
		if !errors.Is(err, ErrTruncated) {
			t.Errorf("cut to %d octets: %v", n, err)
		}
		if n < 56 && len(sa.Proposals) != 0 || n >= 56 && len(sa.Proposals) != 1 {
			t.Errorf("cut to %d octets: %d proposals", n, len(sa.Proposals))
		}
	}
}

// proposal makes a proposal, transforms already made.
func proposal(next, number, protocol byte, spi []byte, count int, transforms ...[]byte) []byte {
	body := append([]byte{number, protocol, byte(len(spi)), byte(count)}, spi...)
	return part(next, append(body, bytes.Join(transforms, nil)...))
}

// transform makes a transform, attributes already made.
func transform(next, number, id byte, attributes ...[]byte) []byte {
	return part(next, append([]byte{number, id, 0, 0}, bytes.Join(attributes, nil)...))
}

// saBody makes the body of an SA payload of the IPSEC DOI.
func saBody(proposals ...[]byte) []byte {
	return append([]byte{0, 0, 0, 1, 0, 0, 0, 1}, bytes.Join(proposals, nil)...)
}

// TestParseSADamage: each row is damaged in one place; what is sound is returned.
func TestParseSADamage(t *testing.T) {
	tr := transform(0, 1, 1, unhex(t, "80010005"))
	one := proposal(0, 1, 1, nil, 1, tr)
	patch := func(b []byte, at int, octets string) []byte {
		b = bytes.Clone(b)
		copy(b[at:], unhex(t, octets))
		return b
	}
	for _, tt := range []struct {
		name         string
		body         []byte
		layer, field string
		offset       int
		kind         error
		proposals    int
		transforms   int
	}{
		{"no proposal", saBody(), "proposal", "header", 8, ErrTruncated, 0, 0},
		{"unknown DOI", patch(saBody(one), 0, "00000007"), "sa", "doi", 0, ErrUnsupported, 0, 0},
		{"GDOI", patch(saBody(one), 0, "00000002"), "sa", "doi", 0, ErrUnsupported, 0, 0},
		{"proposal length 0", patch(saBody(one), 10, "0000"), "proposal", "length", 10, ErrLength, 0, 0},
		{"proposal length 7", patch(saBody(one), 10, "0007"), "proposal", "length", 10, ErrLength, 0, 0},
		{"proposal length 65535", patch(saBody(one), 10, "ffff"), "proposal", "length", 10, ErrTruncated, 0, 0},
		{"proposal says another follows", patch(saBody(one), 8, "02"), "proposal", "header", 28, ErrTruncated, 1, 1},
		{"proposal says the last", saBody(one, one), "sa", "end of proposals", 28, ErrTrailing, 1, 1},
		{"SA inside", patch(saBody(one), 8, "01"), "proposal", "next payload", 8, ErrNext, 1, 1},
		{"transform count 0", saBody(proposal(0, 1, 1, nil, 0, tr)), "proposal", "transform count", 15, ErrCount, 1, 1},
		{"transform count 255", saBody(proposal(0, 1, 1, nil, 255, tr)), "proposal", "transform count", 15, ErrCount, 1, 1},
		{"no transform", saBody(proposal(0, 1, 1, nil, 1)), "proposal", "transform count", 15, ErrCount, 1, 0},
		{"SPI size 255", patch(saBody(one), 14, "ff"), "proposal", "spi", 16, ErrTruncated, 1, 0},
		{"SPI takes the transforms", patch(saBody(one), 14, "0c"), "proposal", "transform count", 15, ErrCount, 1, 0},
		{"transform length 0", patch(saBody(one), 18, "0000"), "transform", "length", 18, ErrLength, 1, 0},
		{"transform length 7", patch(saBody(one), 18, "0007"), "transform", "length", 18, ErrLength, 1, 0},
		{"transform past its proposal", patch(saBody(one), 18, "000d"), "transform", "length", 18, ErrTruncated, 1, 0},
		{"transform says another follows", patch(saBody(one), 16, "03"), "transform", "header", 28, ErrTruncated, 1, 1},
		{"transform followed by a proposal", patch(saBody(one), 16, "02"), "transform", "next payload", 16, ErrNext, 1, 1},
		{"two transforms, said one", saBody(proposal(0, 1, 1, nil, 2, tr, tr)), "proposal", "end of transforms", 28, ErrTrailing, 1, 1},
		{"attribute past its transform", patch(saBody(one), 24, "0001"), "attribute", "value", 28, ErrTruncated, 1, 1},
		{"two stray octets", saBody(proposal(0, 1, 1, nil, 1, transform(0, 1, 1, []byte{0x80, 1}))), "attribute", "header", 24, ErrTruncated, 1, 1},
		{"damage before a sound proposal", saBody(proposal(2, 1, 1, nil, 1, transform(0, 1, 1, []byte{9})), one), "attribute", "header", 24, ErrTruncated, 2, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sa, err := ParseSA(tt.body)
			wantError(t, err, tt.layer, tt.field, tt.offset, tt.kind)
			n := 0
			for _, p := range sa.Proposals {
				n += len(p.Transforms)
			}
			if len(sa.Proposals) != tt.proposals || n != tt.transforms {
				t.Errorf("%d proposals, %d transforms, want %d, %d", len(sa.Proposals), n, tt.proposals, tt.transforms)
			}
			Payload{Type: PayloadSA, Body: tt.body}.Tree(TreeContext{})
		})
	}
}

// TestParseSALabels: situation with secrecy labels, RFC 2407 section 4.6.1.
func TestParseSALabels(t *testing.T) {
	labels := []string{
		"00000001", "00000003", // DOI, situation: identity only and secrecy
		"0000abcd",               // labeled domain identifier
		"0003 0000 010203 00",    // secrecy level of 3 octets, padded
		"0009 0000 ff80 0000",    // secrecy category of 9 bits, padded
		"0000 0000", "0000 0000", // no integrity level and category
	}
	b := append(unhex(t, labels...), proposal(0, 1, 1, nil, 1, transform(0, 1, 1))...)
	sa, err := ParseSA(b)
	if err != nil || len(sa.Situation) != 32 || len(sa.Proposals) != 1 {
		t.Errorf("situation %x, %d proposals, %v", sa.Situation, len(sa.Proposals), err)
	}
	for n := 8; n < 36; n++ {
		if sa, err := ParseSA(b[:n]); !errors.Is(err, ErrTruncated) || len(sa.Proposals) != 0 {
			t.Errorf("cut to %d octets: %v", n, err)
		}
	}
	_, err = ParseSA(append(unhex(t, "00000001 00000002 00000000 ffff 0000"), make([]byte, 100)...))
	wantError(t, err, "sa", "secrecy level", 16, ErrTruncated)
}

// TestParseSALegal: 64 proposals of 8 transforms are many, and allowed.
func TestParseSALegal(t *testing.T) {
	sa, err := ParseSA(manyProposals(64, 8))
	if err != nil || len(sa.Proposals) != 64 || len(sa.Proposals[63].Transforms) != 8 {
		t.Errorf("%d proposals, %v", len(sa.Proposals), err)
	}
}

func TestParseSALimits(t *testing.T) {
	sa, err := ParseSA(manyProposals(1, 8000))
	wantError(t, err, "proposal", "transforms", 16+MaxTransforms*8, ErrLimit)
	if len(sa.Proposals[0].Transforms) != MaxTransforms {
		t.Errorf("%d transforms", len(sa.Proposals[0].Transforms))
	}
	sa, err = ParseSA(manyProposals(4000, 1))
	wantError(t, err, "sa", "proposals", 8+MaxProposals*16, ErrLimit)
	if len(sa.Proposals) != MaxProposals {
		t.Errorf("%d proposals", len(sa.Proposals))
	}
	// The transforms of all proposals count together.
	sa, err = ParseSA(manyProposals(32, 200))
	n := 0
	for _, p := range sa.Proposals {
		n += len(p.Transforms)
	}
	if !errors.Is(err, ErrLimit) || n != MaxTransforms {
		t.Errorf("%d transforms, %v", n, err)
	}
}

// manyProposals makes n proposals of m transforms without attributes.
func manyProposals(n, m int) []byte {
	var ps [][]byte
	for i := range n {
		var ts []byte
		for j := range m {
			ts = append(ts, transform(next(j, m, 3), byte(j), 1)...)
		}
		body := append([]byte{byte(i), 1, 0, byte(m)}, ts...)
		p := []byte{next(i, n, 2), 0, 0, 0}
		binary.BigEndian.PutUint16(p[2:], uint16(4+len(body)))
		ps = append(ps, append(p, body...))
	}
	return saBody(ps...)
}

// next is the Next Payload field of element i of n.
func next(i, n int, self byte) byte {
	if i == n-1 {
		return 0
	}
	return self
}

// TestNestedSA: an SA payload inside a proposal inside an SA payload, 700 deep, is not
// followed; there is nothing to recurse into.
func TestNestedSA(t *testing.T) {
	inner := unhex(t, "8001 0005")
	for range 700 {
		body := saBody(part(1, append([]byte{1, 1, 0, 1}, inner...)))
		if len(body) > 65000 {
			break
		}
		inner = part(1, body)
	}
	ps, _, err := ParsePayloads(PayloadSA, inner, 0)
	if err == nil || len(ps) != 1 {
		t.Fatalf("%d payloads, %v", len(ps), err)
	}
	sa, err := ParseSA(ps[0].Body)
	if err == nil || len(sa.Proposals) != 1 {
		t.Errorf("%d proposals, %v", len(sa.Proposals), err)
	}
	ps[0].Tree(TreeContext{})
}
