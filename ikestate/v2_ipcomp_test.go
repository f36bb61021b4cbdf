package ikestate

import (
	"net/netip"
	"testing"

	"ikescope/decode/isakmp"
)

func ipcompMessage(data ...[]byte) *Message {
	m := new(Message)
	for _, d := range data {
		body := append([]byte{0, 0, 0x40, 0x03}, d...) // IPCOMP_SUPPORTED is 16387
		m.Payloads = append(m.Payloads, isakmp.Payload{Type: isakmp.PayloadNotify2, Body: body})
	}
	return m
}

// RFC 7296, section 2.22: each side names the CPI on which it receives; the
// response names one of the transforms offered.
func TestIPCompOfV2(t *testing.T) {
	a, b := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	out := &IPsecSA{Src: a, Dst: b, Mode: "tunnel", MessageID: 1}
	deflate, lzs := uint8(2), uint8(3)
	for _, c := range []struct {
		name              string
		request, response *Message
		cpis              []uint32
	}{
		{"agreed", ipcompMessage([]byte{0x11, 0x11, lzs}, []byte{0x22, 0x22, deflate}), ipcompMessage([]byte{0x33, 0x33, deflate}), []uint32{0x3333, 0x2222}},
		{"not answered", ipcompMessage([]byte{0x11, 0x11, deflate}), ipcompMessage(), nil},
		{"not offered", ipcompMessage([]byte{0x11, 0x11, lzs}), ipcompMessage([]byte{0x33, 0x33, deflate}), nil},
		{"too short", ipcompMessage([]byte{0x11, deflate}), ipcompMessage([]byte{0x33, deflate}), nil},
	} {
		got := new(Conversation).compressed(&ExchangeV2{Request: c.request, Response: c.response}, out)
		if len(got) != len(c.cpis) {
			t.Errorf("%s: %d SAs", c.name, len(got))
			continue
		}
		for i, s := range got {
			if s.SPI != c.cpis[i] || s.Protocol != isakmp.ProtocolIPComp || s.Compression != deflate || s.Encryption != "deflate" {
				t.Errorf("%s: %d: %+v", c.name, i, s)
			}
		}
		if len(got) == 2 && (got[0].Dst != b || got[1].Dst != a) {
			t.Errorf("%s: directions", c.name)
		}
	}
}
