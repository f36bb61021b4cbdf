package ikev2

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ikescope/decode/isakmp"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

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
		"octets behind the last": "00000010 01010001 0000000803000002 00",
	} {
		_, err := ParseSA(unhex(t, body))
		var e *isakmp.Error
		if !errors.As(err, &e) {
			t.Errorf("%s: %v, want an *isakmp.Error", name, err)
		}
	}
}

func TestSelectors(t *testing.T) {
	// Two selectors: 10.1.0.0/24 for any protocol, and TCP port 443 of a range.
	body := unhex(t, `02 000000
		07 00 0010 0000 ffff 0a010000 0a0100ff
		07 06 0010 01bb 01bb 0a000001 0a000003`)
	ts, err := ParseSelectors(body)
	if err != nil || len(ts) != 2 {
		t.Fatalf("%d selectors, %v", len(ts), err)
	}
	if got := ts[0].ID(); got.Type != isakmp.IDIPv4Subnet || got.String() != "10.1.0.0/24" {
		t.Errorf("first selector is %v %q", got.Type, got.String())
	}
	if got := ts[1].ID(); got.Type != isakmp.IDIPv4Range || got.Protocol != 6 || got.Port != 443 {
		t.Errorf("second selector is %+v", got)
	}
	for n := range body {
		if _, err := ParseSelectors(body[:n]); err == nil && n != 4 && n != 20 {
			t.Errorf("cut to %d octets: no error", n)
		}
	}
}

func TestPrefixOfEveryLength(t *testing.T) {
	for bits := range 129 {
		addr := make([]byte, 16)
		copy(addr, mask(bits, 16))
		end := make([]byte, 16)
		for i, m := range mask(bits, 16) {
			end[i] = addr[i] | ^m
		}
		x, ok := selector(selectorIPv6, append(addr, end...))
		if !ok {
			t.Fatal("selector refused")
		}
		if p, ok := x.prefix(); !ok || p.Bits() != bits {
			t.Errorf("/%d: %v %t", bits, p, ok)
		}
	}
}

func TestSmallPayloads(t *testing.T) {
	n, err := ParseNotify(unhex(t, "03 04 4009 c9a1b2c3 0001"))
	if d := cmp.Diff(Notify{Protocol: isakmp.ProtocolESP, SPI: unhex(t, "c9a1b2c3"), Type: 16393, Data: unhex(t, "0001")}, n); err != nil || d != "" {
		t.Errorf("notify: %v %s", err, d)
	}
	d, err := ParseDelete(unhex(t, "03 04 0002 00000001 00000002"))
	if err != nil || len(d.SPIs) != 2 {
		t.Errorf("delete: %+v, %v", d, err)
	}
	if _, err := ParseDelete(unhex(t, "03 04 ffff 00000001")); !errors.Is(err, isakmp.ErrCount) {
		t.Errorf("delete of 65,535 SPIs with one there: %v", err)
	}
	if _, err := ParseFragment(unhex(t, "0009 0003")); !errors.Is(err, isakmp.ErrValue) {
		t.Errorf("fragment 9 of 3: %v", err)
	}
	if _, err := ParseKE([]byte{0, 14, 0}); err == nil {
		t.Error("KE of 3 octets: no error")
	}
	if NotifyType(17).Fatal() || !NotifyType(14).Fatal() || NotifyType(16384).IsError() {
		t.Error("INVALID_KE_PAYLOAD is not the end, NO_PROPOSAL_CHOSEN is, INITIAL_CONTACT is no error")
	}
}

func FuzzTree(f *testing.F) {
	f.Add(uint8(isakmp.PayloadSA2), unhex(f, sa2))
	f.Add(uint8(isakmp.PayloadTSi), unhex(f, "01000000 07000010 0000ffff 0a010000 0a0100ff"))
	f.Add(uint8(isakmp.PayloadNotify2), unhex(f, "03044009c9a1b2c3"))
	f.Fuzz(func(t *testing.T, kind uint8, body []byte) {
		if len(body) > 0xfff0 {
			return
		}
		raw := isakmp.AppendPayload(nil, isakmp.PayloadNone, body)
		p := isakmp.Payload{Type: isakmp.PayloadType(kind), Raw: raw, Body: raw[4:]}
		if n := Tree(p); n.Name == "" {
			t.Error("payload without a name")
		}
	})
}
