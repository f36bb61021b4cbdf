package ikev2

import (
	"bytes"
	"net/netip"
	"testing"

	"pgregory.net/rapid"

	"ikescope/decode/isakmp"
)

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

// A selector's text names the whole range: as a prefix where it is one, from end to end where not.
func TestSelectorText(t *testing.T) {
	for _, c := range []struct{ body, want string }{
		{"07 00 0010 0000 ffff 0a010000 0a0100ff", "10.1.0.0/24[0/0-65535]"},
		{"07 00 0010 0000 ffff 00000000 ffffffff", "0.0.0.0/0[0/0-65535]"},
		{"07 11 0010 01f4 01f4 c0000201 c0000201", "192.0.2.1/32[17/500-500]"},
		{"07 06 0010 01bb 01bb 0a000001 0a000003", "10.0.0.1-10.0.0.3[6/443-443]"},
		{"08 3a 0028 0000 ffff 20010db8000000000000000000000000 20010db8ffffffffffffffffffffffff", "2001:db8::/32[58/0-65535]"},
	} {
		ts, err := ParseSelectors(append([]byte{1, 0, 0, 0}, unhex(t, c.body)...))
		if err != nil || len(ts) != 1 {
			t.Errorf("%s: %d selectors, %v", c.body, len(ts), err)
			continue
		}
		id := ts[0].ID()
		id.Protocol, id.Port = 0, 0
		if got := id.String() + ts[0].String()[len(ts[0].ID().String()):]; got != c.want {
			t.Errorf("%s: %s, want %s", c.body, got, c.want)
		}
	}
}

// Selectors that are no ranges of addresses are passed over; what lies about its length ends the reading.
func TestOddSelectors(t *testing.T) {
	const good = "07 00 0010 0000 ffff 0a010000 0a0100ff"
	for _, c := range []struct {
		name, body string
		selectors  int
		fails      bool
	}{
		{"fibre channel", "02000000 09 00 0016 0000 0000 000000 000000 00 000000 00000000" + good, 1, false},
		{"an IPv4 selector with IPv6 addresses", "02000000 07 00 0028 0000 ffff" + zeros(32) + good, 1, false},
		{"half an address", "02000000 07 00 000e 0000 ffff 0a01000a0100" + good, 1, false},
		{"no addresses", "01000000 07 00 0008 0000 ffff", 0, false},
		{"length 0", "01000000 07 00 0000 0000 ffff" + zeros(8), 0, true},
		{"length past the end", "02000000" + good + "07 00 0011 0000 ffff" + zeros(8), 1, true},
		{"no selectors", "00000000", 0, false},
	} {
		ts, err := ParseSelectors(unhex(t, c.body))
		if len(ts) != c.selectors || (err != nil) != c.fails {
			t.Errorf("%s: %d selectors, %v", c.name, len(ts), err)
		}
	}
	many := append([]byte{255, 0, 0, 0}, bytes.Repeat(unhex(t, good), 4000)...)
	if ts, err := ParseSelectors(many); err != nil || len(ts) != MaxSelectors {
		t.Errorf("4,000 selectors: %d, %v", len(ts), err)
	}
}

func zeros(n int) string { return string(bytes.Repeat([]byte("00"), n)) }

// A range is shown as a prefix if and only if it holds exactly the prefix's addresses.
func TestSelectorIdentity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Uint32().Draw(t, "a"), rapid.Uint32().Draw(t, "b")
		if bits := rapid.IntRange(-1, 32).Draw(t, "prefix"); bits >= 0 {
			hosts := uint32(1<<(32-bits) - 1)
			a &^= hosts
			b = a | hosts
		}
		x := Selector{Start: addr4(a), End: addr4(b)}
		id := x.ID()
		p, err := netip.ParsePrefix(id.String())
		switch id.Type {
		case isakmp.IDIPv4Subnet:
			if err != nil || p.Addr() != x.Start || uint64(b)-uint64(a)+1 != uint64(1)<<(32-p.Bits()) {
				t.Fatalf("%v to %v is no %s", x.Start, x.End, id)
			}
		case isakmp.IDIPv4Range:
			if want := x.Start.String() + "-" + x.End.String(); id.String() != want {
				t.Fatalf("%s, want %s", id, want)
			}
			if size := uint64(b) - uint64(a) + 1; b >= a && size&(size-1) == 0 && uint64(a)%size == 0 {
				t.Fatalf("%v to %v is a prefix", x.Start, x.End)
			}
		default:
			t.Fatalf("type %v", id.Type)
		}
	})
}

func addr4(n uint32) netip.Addr {
	return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
}
