package secrets

import (
	"net/netip"
	"strings"
	"testing"
)

func TestPSKFor(t *testing.T) {
	peers := []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::2")}
	names := []string{"gw.example.org", "C=CH, O=Example, CN=gw"}
	for ids, want := range map[string]bool{
		"192.0.2.1":              true,
		"::ffff:192.0.2.1":       true, // the same address
		"192.0.2.0/24":           true,
		"192.0.2.2":              false,
		"192.0.2.128/25":         false,
		"2001:DB8:0::2":          true,
		"2001:db8::/32":          true,
		"@gw.example.org":        true,
		"GW.example.ORG":         true,
		"fqdn:gw.example.org":    true,
		"gw.example.or":          false,
		"C=CH, O=Example, CN=gw": true,
		"a;b;192.0.2.1":          true,
		"a;b":                    false,
		"a;%any":                 true, // one of them names every peer
	} {
		r, _ := read(t, "s.toml", "[[psk]]\nsecret = \"x\"\nids = [\""+strings.ReplaceAll(ids, ";", `", "`)+"\"]\n")
		if got := r.PSKs[0].For(peers, names); got != want {
			t.Errorf("%s: %v", ids, got)
		}
	}
}

// What the files of daemons say of peers restricts nothing: it is what one end called the other, behind its own NAT.
func TestOnlyTOMLRestricts(t *testing.T) {
	for name, doc := range map[string]string{
		"ipsec.secrets": "192.0.2.1 gw.example.org : PSK \"x\"\n",
		"psk.txt":       "192.0.2.1 secret\n",
		"swanctl.conf":  "secrets {\n ike-1 {\n id-1 = 192.0.2.1\n secret = x\n }\n}\n",
	} {
		r, _ := read(t, name, doc)
		if len(r.PSKs) != 1 || len(r.PSKs[0].IDs) == 0 || r.PSKs[0].Only || !r.PSKs[0].For(nil, nil) {
			t.Errorf("%s: %+v", name, r.PSKs)
		}
	}
}

// A key that one file restricts and another does not is for everybody.
func TestMergeOnly(t *testing.T) {
	only := func(id string) PSK { return PSK{Secret: text("x"), IDs: []string{id}, Only: true} }
	for _, c := range []struct {
		name string
		a, b PSK
		want bool
	}{
		{"both", only("a"), only("b"), true},
		{"one", only("a"), PSK{Secret: text("x"), IDs: []string{"b"}}, false},
		{"the other", PSK{Secret: text("x")}, only("b"), false},
	} {
		r := Ring{PSKs: []PSK{c.a}}
		r.Merge(&Ring{PSKs: []PSK{c.b}})
		if len(r.PSKs) != 1 || r.PSKs[0].Only != c.want {
			t.Errorf("%s: %+v", c.name, r.PSKs)
		}
	}
}
