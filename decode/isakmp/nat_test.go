package isakmp

import (
	"net/netip"
	"testing"
)

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
