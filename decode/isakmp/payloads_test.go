package isakmp

import (
	"bytes"
	"errors"
	"net/netip"
	"testing"
)

func TestParseNotify(t *testing.T) {
	b := unhex(t, "00000001 01 10 8d28", "73cc11d2349a360d d97b5c488f49300c", "0000002a") // R-U-THERE, both cookies, 42
	n, err := ParseNotify(b)
	if err != nil || n.DOI != DOIIPsec || n.Protocol != ProtocolISAKMP || n.Type != NotifyRUThere ||
		!bytes.Equal(n.SPI, b[8:24]) || !bytes.Equal(n.Data, b[24:]) {
		t.Errorf("%+v, %v", n, err)
	}
	if seq, ok := n.Sequence(); seq != 42 || !ok {
		t.Errorf("sequence %d, %v", seq, ok)
	}
	for i := range 24 {
		if _, err := ParseNotify(b[:i]); !errors.Is(err, ErrTruncated) {
			t.Errorf("cut to %d octets: %v", i, err)
		}
	}
	for _, other := range []Notify{{Type: NotifyRUThere, Data: []byte{1, 2, 3}}, {Type: NotifyInitialContact, Data: b[24:]}} {
		if _, ok := other.Sequence(); ok {
			t.Errorf("sequence of %+v", other)
		}
	}
	n, err = ParseNotify(unhex(t, "00000001 03 ff 000e c7a8cc9e"))
	wantError(t, err, "notify", "spi", 8, ErrTruncated)
	if n.Type != NotifyNoProposalChosen || n.SPI != nil || len(n.Data) != 0 {
		t.Errorf("before the damage: %+v", n)
	}
	if !NotifyNoProposalChosen.IsError() || NotifyConnected.IsError() || NotifyRUThere.IsError() {
		t.Error("error types")
	}
}

// TestNotifyLifetimes: the attributes of RESPONDER-LIFETIME are those of its protocol.
func TestNotifyLifetimes(t *testing.T) {
	esp := Notify{Protocol: ProtocolESP, Type: NotifyResponderLifetime, Data: unhex(t, "80010001 80020e10 80010002 00020004 00465000")}
	ls, err := esp.Lifetimes()
	if err != nil || len(ls) != 2 || ls[0] != (Lifetime{LifeSeconds, 3600}) || ls[1] != (Lifetime{LifeKilobytes, 4608000}) {
		t.Errorf("%v, %v", ls, err)
	}
	ike := Notify{Protocol: ProtocolISAKMP, Type: NotifyResponderLifetime, Data: unhex(t, "800b0001 800c7080 00")}
	ls, err = ike.Lifetimes()
	if !errors.Is(err, ErrTruncated) || len(ls) != 1 || ls[0] != (Lifetime{LifeSeconds, 28800}) {
		t.Errorf("%v, %v", ls, err)
	}
}

func TestParseDelete(t *testing.T) {
	b := unhex(t, "00000001 03 04 0002", "c7a8cc9e c9032330")
	d, err := ParseDelete(b)
	if err != nil || d.DOI != DOIIPsec || d.Protocol != ProtocolESP || d.SPISize != 4 || d.Count != 2 ||
		len(d.SPIs) != 2 || !bytes.Equal(d.SPIs[1], unhex(t, "c9032330")) {
		t.Errorf("%+v, %v", d, err)
	}
	for n := range b {
		if _, err := ParseDelete(b[:n]); err == nil {
			t.Errorf("cut to %d octets is accepted", n)
		}
	}
	for _, tt := range []struct {
		name, octets, field string
		offset              int
		kind                error
		spis                int
	}{
		{"65,535 SPIs of 4 octets", "00000001 03 04 ffff c7a8cc9e", "spi count", 6, ErrCount, 1},
		{"65,535 SPIs of 0 octets", "00000001 03 00 ffff", "spi count", 6, ErrCount, 0},
		{"SPIs of 0 octets, data behind", "00000001 03 00 0001 c7a8cc9e", "spi size", 5, ErrLength, 0},
		{"no SPI announced", "00000001 03 04 0000 c7a8cc9e", "spi count", 6, ErrCount, 1},
		{"SPI cut", "00000001 03 04 0002 c7a8cc9e c903", "spi", 12, ErrTruncated, 1},
		{"size 255", "00000001 01 ff 0001 c7a8cc9e", "spi", 8, ErrTruncated, 0},
	} {
		d, err := ParseDelete(unhex(t, tt.octets))
		wantError(t, err, "delete", tt.field, tt.offset, tt.kind)
		if len(d.SPIs) != tt.spis {
			t.Errorf("%s: %d SPIs", tt.name, len(d.SPIs))
		}
	}
	many := append(unhex(t, "00000001 03 01 ea60"), make([]byte, 60000)...)
	d, err = ParseDelete(many)
	if wantError(t, err, "delete", "spis", 8+MaxSPIs, ErrLimit); len(d.SPIs) != MaxSPIs {
		t.Errorf("%d SPIs", len(d.SPIs))
	}
}

// TestSingleValues: payloads that are one value, with sizes from nothing to 60,000 octets.
func TestSingleValues(t *testing.T) {
	big := make([]byte, 60000)
	for _, tt := range []struct {
		layer string
		parse func([]byte) ([]byte, error)
	}{
		{"ke", func(b []byte) ([]byte, error) { v, err := ParseKE(b); return v.Data, err }},
		{"hash", func(b []byte) ([]byte, error) { v, err := ParseHash(b); return v.Data, err }},
		{"signature", func(b []byte) ([]byte, error) { v, err := ParseSignature(b); return v.Data, err }},
		{"nat-d", func(b []byte) ([]byte, error) { v, err := ParseNATD(b); return v.Hash, err }},
		{"vendor", func(b []byte) ([]byte, error) { v, err := ParseVendorID(b); return v.Data, err }},
	} {
		_, err := tt.parse(nil)
		wantError(t, err, tt.layer, "data", 0, ErrLength)
		for _, b := range [][]byte{{0}, {1}, big} {
			if got, err := tt.parse(b); err != nil || len(got) != len(b) || &got[0] != &b[0] {
				t.Errorf("%s of %d octets: %d, %v", tt.layer, len(b), len(got), err)
			}
		}
	}
	for n, bad := range map[int]bool{0: true, 7: true, 8: false, 16: false, 256: false, 257: true, 60000: true} {
		got, err := ParseNonce(big[:n])
		if errors.Is(err, ErrLength) != bad || len(got.Data) != n {
			t.Errorf("nonce of %d octets: %v", n, err)
		}
	}
}

func TestParseNATOA(t *testing.T) {
	oa, err := ParseNATOA(unhex(t, "01 000000 0a010203"))
	if err != nil || oa.Type != IDIPv4 || oa.Addr != netip.MustParseAddr("10.1.2.3") {
		t.Errorf("%+v, %v", oa, err)
	}
	oa, err = ParseNATOA(unhex(t, "05 000000 20010db8000000000000000000000001"))
	if err != nil || oa.Type != IDIPv6 || oa.Addr != netip.MustParseAddr("2001:db8::1") {
		t.Errorf("%+v, %v", oa, err)
	}
	for octets, want := range map[string]struct {
		field  string
		offset int
		kind   error
	}{
		"":                   {"id type", 0, ErrTruncated},
		"01 0000":            {"reserved", 1, ErrTruncated},
		"01 000000":          {"address", 4, ErrLength},
		"01 000000 0a0102":   {"address", 4, ErrLength},
		"05 000000 0a010203": {"address", 4, ErrLength},
		"01 000000 " + "00000000000000000000000000000001": {"address", 4, ErrLength},
		"02 000000 0a010203":                              {"id type", 0, ErrValue},
	} {
		oa, err := ParseNATOA(unhex(t, octets))
		wantError(t, err, "nat-oa", want.field, want.offset, want.kind)
		if oa.Addr.IsValid() {
			t.Errorf("%s: address %s", octets, oa.Addr)
		}
	}
}

func TestParseFragment(t *testing.T) {
	f, err := ParseFragment(unhex(t, "0001 02 01 aabb"))
	if err != nil || f.ID != 1 || f.Number != 2 || !f.Last() || !bytes.Equal(f.Data, []byte{0xaa, 0xbb}) {
		t.Errorf("%+v, %v", f, err)
	}
	if f, err := ParseFragment(unhex(t, "ffff ff 00 aa")); err != nil || f.Last() || f.ID != 65535 || f.Number != 255 {
		t.Errorf("%+v, %v", f, err)
	}
	_, err = ParseFragment(unhex(t, "0001 00 01 aa"))
	wantError(t, err, "fragment", "number", 2, ErrValue)
	_, err = ParseFragment(unhex(t, "0001 01 01"))
	wantError(t, err, "fragment", "data", 4, ErrLength)
	for n := range 4 {
		if _, err := ParseFragment(make([]byte, n)); !errors.Is(err, ErrTruncated) {
			t.Errorf("%d octets: %v", n, err)
		}
	}
}

// TestRecordedFragments: recorded fragments put together are the message they were cut from.
func TestRecordedFragments(t *testing.T) {
	var whole []byte
	for i, name := range []string{"mm-rsa-ike-fragmentation frame 7", "mm-rsa-ike-fragmentation frame 8", "mm-rsa-ike-fragmentation frame 9"} {
		m, err := ParseMessage(message(t, name))
		if err != nil || m.Encrypted() || len(m.Payloads) != 1 {
			t.Fatalf("%s: %+v, %v", name, m.Header, err)
		}
		f, err := ParseFragment(m.Payloads[0].Body)
		if err != nil || f.Number != uint8(i+1) || f.Last() {
			t.Errorf("%s: number %d, last %v, %v", name, f.Number, f.Last(), err)
		}
		whole = append(whole, f.Data...)
	}
	h, err := ParseHeader(whole)
	if err != nil || !h.Encrypted() || h.NextPayload != PayloadID || h.Exchange != ExchangeMain || int(h.Length) < len(whole) {
		t.Errorf("fragmented message: %+v, %v", h, err)
	}
}
