package ikev2

import (
	"encoding/binary"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ikescope/decode/isakmp"
)

// sa2 is the SA payload body of an IKE_SA_INIT request that strongSwan 5.9.8 sent:
// one proposal, four transforms.
const sa2 = `
	0000002c 01 01 00 04
	0300000c 01 00 000c 800e0100
	03000008 03 00 000c
	03000008 02 00 0005
	00000008 04 00 000e`

func TestParseSA(t *testing.T) {
	body := unhex(t, sa2)
	ps, err := ParseSA(body)
	if err != nil {
		t.Fatal(err)
	}
	want := "isakmp aes-cbc-256, hmac-sha2-256-128, sha2-256, modp2048"
	if got := ps[0].String(); len(ps) != 1 || got != want {
		t.Errorf("%d proposals, first %q, want %q", len(ps), got, want)
	}
	if x, ok := ps[0].First(Encryption); !ok || x.KeyBits != 256 || x.ID != 12 {
		t.Errorf("encryption %+v", x)
	}
	for n := range body {
		if _, err := ParseSA(body[:n]); n > 0 && err == nil {
			t.Errorf("cut to %d octets: no error", n)
		}
	}
}

func TestHostileSA(t *testing.T) {
	for name, body := range map[string]string{
		"length 0":               "00000000 01010004",
		"length below header":    "00000007 01010000",
		"length past the end":    "000000ff 01010000",
		"SPI past the proposal":  "00000008 0101ff00",
		"transform length 0":     "00000010 01010001 0000000001000003",
		"count does not match":   "00000010 01010005 0000000803000002",
		"another is announced":   "02000010 01010001 0000000803000002",
		"octets behind the last": "00000010 01010001 0000000803000002 00",
	} {
		_, err := ParseSA(unhex(t, body))
		var e *isakmp.Error
		if !errors.As(err, &e) {
			t.Errorf("%s: %v, want an *isakmp.Error", name, err)
		}
	}
}

// The limits are above all that is legal: as many proposals as the one octet of their number counts, and transforms
// that fill a datagram.
func TestSALimits(t *testing.T) {
	transforms := func(n int) []Transform { return make([]Transform, n) }
	for _, c := range []struct {
		name      string
		proposals []Proposal
		want      error
	}{
		{"255 proposals", make([]Proposal, MaxProposals), nil},
		{"256 proposals", make([]Proposal, MaxProposals+1), isakmp.ErrLimit},
		{"16 times 255 transforms", repeated(Proposal{Transforms: transforms(255)}, 16), nil},
		{"17 times 255 transforms", repeated(Proposal{Transforms: transforms(255)}, 17), isakmp.ErrLength},
	} {
		ps, err := ParseSA(appendSA(nil, c.proposals))
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if len(ps) > MaxProposals {
			t.Errorf("%s: %d proposals", c.name, len(ps))
		}
	}
}

func repeated(p Proposal, n int) (ps []Proposal) {
	for range n {
		ps = append(ps, p)
	}
	return ps
}

// What is written by the layout of RFC 7296, sections 3.3.1 and 3.3.2, is read as it was meant.
func TestSARoundTrip(t *testing.T) {
	transform := rapid.Custom(func(t *rapid.T) Transform {
		x := Transform{
			Type: TransformType(rapid.Uint8().Draw(t, "type")), ID: rapid.Uint16().Draw(t, "id"),
			KeyBits: rapid.SampledFrom([]int{0, 128, 192, 256, 65535}).Draw(t, "key bits"), Attributes: []byte{},
		}
		if rapid.Bool().Draw(t, "another attribute") { // in the long form, of any length
			value := rapid.SliceOfN(rapid.Byte(), 0, 9).Draw(t, "value")
			x.Attributes = append(x.Attributes, 0, 99, 0, byte(len(value)))
			x.Attributes = append(x.Attributes, value...)
		}
		if x.KeyBits != 0 {
			x.Attributes = binary.BigEndian.AppendUint16(append(x.Attributes, 0x80, 14), uint16(x.KeyBits))
		}
		return x
	})
	proposal := rapid.Custom(func(t *rapid.T) Proposal {
		return Proposal{
			Number:     rapid.Uint8().Draw(t, "number"),
			Protocol:   isakmp.Protocol(rapid.Uint8().Draw(t, "protocol")),
			SPI:        rapid.SliceOfN(rapid.Byte(), 0, 8).Draw(t, "spi"),
			Transforms: rapid.SliceOfN(transform, 1, 6).Draw(t, "transforms"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(proposal, 1, 4).Draw(t, "proposals")
		body := appendSA(nil, want)
		got, err := ParseSA(body)
		if d := cmp.Diff(want, got); err != nil || d != "" {
			t.Fatalf("%v\n%s", err, d)
		}
		cut := rapid.IntRange(1, len(body)-1).Draw(t, "cut")
		if _, err := ParseSA(body[:cut]); err == nil {
			t.Fatalf("cut to %d of %d octets: no error", cut, len(body))
		}
	})
}

// appendSA writes the body of an SA payload.
func appendSA(b []byte, ps []Proposal) []byte {
	for i, p := range ps {
		inside := append([]byte{p.Number, byte(p.Protocol), byte(len(p.SPI)), byte(len(p.Transforms))}, p.SPI...)
		for j, x := range p.Transforms {
			y := binary.BigEndian.AppendUint16([]byte{byte(x.Type), 0}, x.ID)
			inside = appendSubstructure(inside, 3, j == len(p.Transforms)-1, append(y, x.Attributes...))
		}
		b = appendSubstructure(b, 2, i == len(ps)-1, inside)
	}
	return b
}

// appendSubstructure writes four octets in front of what is inside: whether more follow, and the length.
func appendSubstructure(b []byte, more byte, last bool, inside []byte) []byte {
	if last {
		more = 0
	}
	b = binary.BigEndian.AppendUint16(append(b, more, 0), uint16(4+len(inside)))
	return append(b, inside...)
}
