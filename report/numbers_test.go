package report

import (
	"net/netip"
	"testing"

	"ikescope/decode/isakmp"
)

func TestCount(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", -1000: "-1,000", -100: "-100", 1234567: "1,234,567"} {
		if got := count(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

func TestMany(t *testing.T) {
	for n, want := range map[int64]string{0: "0 entries", 1: "1 entry", 2000: "2,000 entries"} {
		if got := many(n, "entry"); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

func TestApart(t *testing.T) {
	const ms = 1_000_000
	for n, want := range map[int64]string{
		0: "0 ms", 812 * ms: "812 ms", 999_400_000: "999 ms", 999_600_000: "1.00 s", 1103 * ms: "1.10 s", 11_400 * ms: "11.4 s",
		185_000 * ms: "3 min 05 s", 7_500_000 * ms: "2 h 05 min", -5 * ms: "-5 ms", -1000: "0 ms",
	} {
		if got := apart(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

func TestPeriod(t *testing.T) {
	if got, want := period(start, start+6e9), "2026-11-24 00:18:00 to 00:18:06 UTC"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := period(start, start+86400e9), "2026-11-24 00:18:00 to 2026-11-25 00:18:00 UTC"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestFrames(t *testing.T) {
	for _, c := range []struct {
		in   []int64
		want string
	}{
		{nil, ""}, {[]int64{7}, "packet 7"}, {[]int64{7, 9}, "packets 7 and 9"},
		{[]int64{1, 2, 3, 4, 5, 6, 7}, "packets 1, 2, 3, 4, 5, 6 and 7"},
		{[]int64{1, 2, 3, 4, 5, 6, 7, 1000}, "packets 1, 2, 3, 4, 5, 6 and 2 more"},
	} {
		if got := frames(c.in); got != c.want {
			t.Errorf("%v: %s, want %s", c.in, got, c.want)
		}
	}
}

func TestAlgorithm(t *testing.T) {
	for in, want := range map[string]string{
		"3des-cbc": "3DES-CBC", "aes-cbc-128": "AES-CBC-128", "sha1": "SHA-1", "sha2-256": "SHA2-256", "md5": "MD5",
		"modp1024": "MODP" + glue + "1024", "ecp256": "ECP" + glue + "256", "curve25519": "Curve25519", "hmac-sha1-96": "HMAC-SHA1-96",
		"encryption 65001": "encryption" + glue + "65001", "blowfish-cbc-128": "Blowfish-CBC-128", "brainpoolp256r1": "Brainpool" + glue + "P256R1",
	} {
		if got := algorithm(in); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}

// Selectors as swanctl --list-sas writes them.
func TestSelector(t *testing.T) {
	peer := netip.MustParseAddr("192.0.2.1")
	for _, c := range []struct {
		id   *isakmp.ID
		want string
	}{
		{nil, "192.0.2.1/32"},
		{&isakmp.ID{Type: isakmp.IDIPv4Subnet, Data: []byte{10, 1, 0, 0, 255, 255, 255, 0}}, "10.1.0.0/24"},
		{&isakmp.ID{Type: isakmp.IDIPv4, Data: []byte{192, 0, 2, 1}}, "192.0.2.1/32"},
		{&isakmp.ID{Type: isakmp.IDIPv4, Data: []byte{192, 0, 2, 1}, Protocol: 17, Port: 1701}, "192.0.2.1/32[udp/1701]"},
		{&isakmp.ID{Type: isakmp.IDIPv4, Data: []byte{192, 0, 2, 1}, Protocol: 6}, "192.0.2.1/32[tcp]"},
		{&isakmp.ID{Type: isakmp.IDIPv4, Data: []byte{192, 0, 2, 1}, Protocol: 200, Port: 9}, "192.0.2.1/32[200/9]"},
		{&isakmp.ID{Type: isakmp.IDIPv4Range, Data: []byte{10, 0, 0, 1, 10, 0, 0, 9}}, "10.0.0.1-10.0.0.9"},
		{&isakmp.ID{Type: isakmp.IDIPv4Subnet, Data: []byte{10, 1, 0, 0, 255, 0, 255, 0}}, "10.1.0.0/255.0.255.0"},
		{&isakmp.ID{Type: isakmp.IDIPv4, Data: []byte{1, 2}}, "0x0102"},
		{&isakmp.ID{Type: isakmp.IDFQDN, Data: []byte("\xff")}, "0xff"},
	} {
		if got := selector(c.id, peer); got != c.want {
			t.Errorf("%+v: %s, want %s", c.id, got, c.want)
		}
	}
	if got := selector(nil, netip.Addr{}); got != "" {
		t.Errorf("no peer: %s", got)
	}
}
