package isakmp

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// random makes structures that a peer could send.
type random struct{ *rand.Rand }

func (r random) octets(most int) []byte {
	b := make([]byte, r.IntN(most+1))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func (r random) attribute() Attribute {
	a := Attribute{Type: uint16(r.IntN(0x8000)), Basic: r.IntN(2) == 0}
	if a.Basic {
		a.Value = binary.BigEndian.AppendUint16(nil, uint16(r.Uint32()))
	} else {
		a.Value = r.octets(20)
	}
	return a
}

func (r random) sa() SA {
	sa := SA{DOI: DOI(r.IntN(2)), Situation: []byte{0, 0, 0, 1}}
	for range 1 + r.IntN(4) {
		p := Proposal{Number: uint8(r.Uint32()), Protocol: Protocol(r.IntN(6)), SPI: r.octets(16)}
		for range 1 + r.IntN(4) {
			t := Transform{Number: uint8(r.Uint32()), ID: uint8(r.Uint32())}
			for range r.IntN(8) {
				t.Attributes = append(t.Attributes, r.attribute())
			}
			p.Transforms = append(p.Transforms, t)
		}
		p.Count = uint8(len(p.Transforms))
		sa.Proposals = append(sa.Proposals, p)
	}
	return sa
}

// encode writes an SA payload's body as RFC 2408 sections 3.3 to 3.6 draw it, without
// anything from the parser.
func encode(sa SA) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(sa.DOI))
	b = append(b, sa.Situation...)
	for i, p := range sa.Proposals {
		body := []byte{p.Number, byte(p.Protocol), byte(len(p.SPI)), p.Count}
		body = append(body, p.SPI...)
		for j, t := range p.Transforms {
			inner := []byte{t.Number, t.ID, 0, 0}
			for _, a := range t.Attributes {
				if a.Basic {
					inner = binary.BigEndian.AppendUint16(inner, a.Type|0x8000)
				} else {
					inner = binary.BigEndian.AppendUint16(inner, a.Type)
					inner = binary.BigEndian.AppendUint16(inner, uint16(len(a.Value)))
				}
				inner = append(inner, a.Value...)
			}
			body = append(body, next(j, len(p.Transforms), 3), 0, byte((len(inner)+4)>>8), byte(len(inner)+4))
			body = append(body, inner...)
		}
		b = append(b, next(i, len(sa.Proposals), 2), 0, byte((len(body)+4)>>8), byte(len(body)+4))
		b = append(b, body...)
	}
	return b
}

// TestRandomSA: what is written is read again, and no cut of it is accepted.
func TestRandomSA(t *testing.T) {
	r := random{rand.New(rand.NewPCG(1, 2))}
	sameValues := cmp.Options{
		cmpopts.EquateEmpty(),
		cmpopts.IgnoreFields(Proposal{}, "Raw", "Offset"),
		cmpopts.IgnoreFields(Transform{}, "Raw", "Offset"),
		cmpopts.IgnoreFields(Attribute{}, "Offset"),
	}
	for range 300 {
		want := r.sa()
		b := encode(want)
		got, err := ParseSA(b)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, sameValues); diff != "" {
			t.Fatalf("SA (-want +got):\n%s", diff)
		}
		for _, p := range got.Proposals {
			if !bytes.Equal(p.Raw, b[p.Offset:][:len(p.Raw)]) {
				t.Fatalf("proposal at %d", p.Offset)
			}
			for _, tr := range p.Transforms {
				if !bytes.Equal(tr.Raw, b[tr.Offset:][:len(tr.Raw)]) {
					t.Fatalf("transform at %d", tr.Offset)
				}
				for _, a := range tr.Attributes {
					if v := b[a.Offset:]; binary.BigEndian.Uint16(v)&^0x8000 != a.Type {
						t.Fatalf("attribute at %d", a.Offset)
					}
				}
			}
		}
		for n := range b {
			if _, err := ParseSA(b[:n]); err == nil {
				t.Fatalf("cut to %d of %d octets is accepted", n, len(b))
			}
		}
	}
}

// TestRandomMessages: random chains are written, read and written again.
func TestRandomMessages(t *testing.T) {
	r := random{rand.New(rand.NewPCG(3, 4))}
	for range 300 {
		h := Header{
			Major: 1, Minor: uint8(r.IntN(16)), Exchange: ExchangeType(r.Uint32()),
			Flags: Flags(r.Uint32()) &^ FlagEncryption, MessageID: r.Uint32(),
		}
		copy(h.CookieI[:], r.octets(8))
		copy(h.CookieR[:], r.octets(8))
		var ps []Payload
		for range r.IntN(10) {
			ps = append(ps, Payload{Type: PayloadType(1 + r.IntN(32)), Reserved: uint8(r.Uint32()), Body: r.octets(100)})
		}
		b := AppendMessage(nil, h, ps)
		m, err := ParseMessage(b)
		if err != nil {
			t.Fatal(err)
		}
		if len(m.Payloads) != len(ps) || int(m.Length) != len(b) {
			t.Fatalf("%d payloads in %d octets, want %d", len(m.Payloads), m.Length, len(ps))
		}
		for i, p := range m.Payloads {
			if p.Type != ps[i].Type || p.Reserved != ps[i].Reserved || !bytes.Equal(p.Body, ps[i].Body) {
				t.Fatalf("payload %d: %+v, want %+v", i, p, ps[i])
			}
		}
		h.NextPayload, h.Length = m.NextPayload, m.Length
		if m.Header != h || !bytes.Equal(AppendMessage(nil, m.Header, m.Payloads), b) {
			t.Fatalf("header %+v, want %+v", m.Header, h)
		}
	}
}

// TestViews: nothing that a parser returns is a copy; what is changed in the message is
// changed in the view.
func TestViews(t *testing.T) {
	for _, m := range recordedMessages(t) {
		b := bytes.Clone(m.raw)
		msg, err := ParseMessage(b)
		if err != nil {
			t.Fatal(err)
		}
		for i := range b {
			b[i] ^= 0xff
		}
		for _, p := range msg.Payloads {
			if !bytes.Equal(p.Raw, b[p.Offset:][:len(p.Raw)]) {
				t.Errorf("%s: payload %s at %d is a copy", m.name, p.Type, p.Offset)
			}
		}
	}
}
