package secrets

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestMerge(t *testing.T) {
	at := func(file string) Source { return Source{File: file} }
	cookie := &[8]byte{1}
	a := &Ring{
		PSKs: []PSK{{Secret: text("one"), IDs: []string{"x"}, Source: at("a")}, {Secret: text("two"), Source: at("a")}},
		DHs:  []DH{{Private: text("d"), Source: at("a")}},
		ESPs: []ESP{{Protocol: 50, SPI: 1, EncryptionKey: text("k"), Source: at("a")}},
	}
	b := &Ring{
		PSKs: []PSK{
			{Secret: text("two"), IDs: []string{"y"}, Source: at("b")},
			{Secret: text("one"), IDs: []string{"x", "y"}, Source: at("b")},
			{Secret: text("three"), Source: at("b")},
		},
		DHs: []DH{{Private: text("d"), Source: at("b")}, {Shared: text("d"), Source: at("b")}},
		ISAKMPs: []ISAKMP{
			{SKEYID: text("s"), Source: at("b")},
			{CookieI: cookie, SKEYID: text("s"), Source: at("b")},
			{CookieR: cookie, SKEYID: text("s"), Source: at("b")},
			{CookieI: &[8]byte{1}, SKEYID: text("s"), Source: at("c")},
		},
		IKEv2s: []IKEv2{{SKd: text("s"), Source: at("b")}, {SKd: text("s"), Source: at("c")}, {SKai: text("s"), SKd: text("s")}},
		ESPs: []ESP{
			{Protocol: 50, SPI: 1, EncryptionKey: text("k"), Source: at("b")},
			{Protocol: 50, SPI: 1, EncryptionKey: text("other"), Source: at("b")},
			{Protocol: 51, SPI: 1, EncryptionKey: text("k"), Source: at("b")},
			{Protocol: 50, SPI: 1, EncryptionKey: text("k"), ESN: true, Source: at("b")},
		},
	}
	a.Merge(b)
	diff(t, a, &Ring{
		PSKs: []PSK{
			{Secret: text("one"), IDs: []string{"x", "y"}, Source: at("a")},
			{Secret: text("two"), Source: at("a")},
			{Secret: text("three"), Source: at("b")},
		},
		DHs:     []DH{{Private: text("d"), Source: at("a")}, {Shared: text("d"), Source: at("b")}},
		ISAKMPs: b.ISAKMPs[:3],
		IKEv2s:  []IKEv2{b.IKEv2s[0], b.IKEv2s[2]},
		ESPs:    []ESP{a.ESPs[0], b.ESPs[1], b.ESPs[2], b.ESPs[3]},
	})
	if a.Len() != 14 {
		t.Errorf("Len is %d", a.Len())
	}
	a.Merge(nil)
	if a.Len() != 14 {
		t.Errorf("Len after Merge(nil) is %d", a.Len())
	}
}

// What files hold together does not depend on their order, and no file counts twice.
func TestMergeOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := ringGen.Draw(t, "a"), ringGen.Draw(t, "b")
		for i := range min(len(a.PSKs), len(b.PSKs)) { // of one key there are two entries, for these peers and those
			b.PSKs[i].Secret = a.PSKs[i].Secret
		}
		b.ESPs, b.ISAKMPs = append(b.ESPs, a.ESPs...), append(b.ISAKMPs, a.ISAKMPs...)
		var ab, ba Ring
		ab.Merge(a)
		ab.Merge(b)
		ba.Merge(b)
		ba.Merge(a)
		ba.Merge(b)
		if x, y := contents(&ab), contents(&ba); !slices.Equal(x, y) {
			t.Fatalf("a and b: %q\nb and a: %q", x, y)
		}
	})
}

// contents is a ring's entries without their places, in an order of their own; identities too.
func contents(r *Ring) (all []string) {
	for _, p := range r.PSKs {
		ids := slices.Sorted(slices.Values(p.IDs))
		all = append(all, fmt.Sprintf("%s %q %t", p.Secret.Hex(), ids, p.Only))
	}
	for _, e := range r.Entries() {
		all = append(all, fmt.Sprint(e.Kind, e.Holds))
	}
	slices.Sort(all)
	return all
}

// Merging does not make rings share what a later merge changes.
func TestMergeCopies(t *testing.T) {
	b := &Ring{PSKs: []PSK{{Secret: text("one"), IDs: slices.Grow([]string{"x"}, 4)}}}
	var a Ring
	a.Merge(b)
	a.Merge(&Ring{PSKs: []PSK{{Secret: text("one"), IDs: []string{"y"}}}})
	b.PSKs[0].IDs[0] = "changed"
	diff(t, &a, &Ring{PSKs: []PSK{{Secret: text("one"), IDs: []string{"x", "y"}}}})

	first := &Ring{ESPs: slices.Grow([]ESP{{SPI: 1, EncryptionKey: text("k")}}, 4)}
	var one, two Ring
	one.Merge(first)
	two.Merge(first)
	one.Merge(&Ring{ESPs: []ESP{{SPI: 2, EncryptionKey: text("k")}}})
	two.Merge(&Ring{ESPs: []ESP{{SPI: 3, EncryptionKey: text("k")}}})
	if len(first.ESPs) != 1 || one.ESPs[1].SPI != 2 || two.ESPs[1].SPI != 3 {
		t.Errorf("one entry in two rings: %v, %v", one.ESPs, two.ESPs)
	}
}

func TestMergeManyIDs(t *testing.T) {
	many := func(from, n int) (ids []string) {
		for i := range n {
			ids = append(ids, fmt.Sprint(from+i))
		}
		return ids
	}
	r := &Ring{PSKs: []PSK{{Secret: text("one"), IDs: many(0, maxIDs)}}}
	r.Merge(&Ring{PSKs: []PSK{{Secret: text("one"), IDs: many(0, maxIDs)}}})
	if len(r.PSKs[0].IDs) != maxIDs {
		t.Errorf("%d identities", len(r.PSKs[0].IDs))
	}
	r.Merge(&Ring{PSKs: []PSK{{Secret: text("one"), IDs: many(maxIDs, 1)}}})
	if len(r.PSKs[0].IDs) != 0 {
		t.Errorf("%d identities, want none: for all peers", len(r.PSKs[0].IDs))
	}
}

func TestStrings(t *testing.T) {
	for got, want := range map[string]string{
		Source{File: "secrets.toml", Line: 4}.String():                        "secrets.toml:4",
		Source{File: "--psk"}.String():                                        "--psk",
		Source{File: "--psk", Nth: 2}.String():                                "--psk (2)",
		Source{File: "notes", Line: 3, Nth: 2}.String():                       "notes:3",
		(&Error{File: "f", Line: 7, Field: "skeyid_d", Msg: "empty"}).Error(): "f:7: skeyid_d: empty",
		(&Error{File: "f", Msg: "is empty"}).Error():                          "f: is empty",
		Warning{Source{File: "f", Line: 2}, "text"}.String():                  "f:2: text",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestFromPSK(t *testing.T) {
	r, err := FromPSK("0x31 ")
	if err != nil {
		t.Fatal(err)
	}
	diff(t, r, &Ring{PSKs: []PSK{{Secret: text("0x31 "), Source: Source{File: "--psk"}}}})
	if _, err := FromPSK(""); err == nil || err.Error() != "--psk: empty" {
		t.Errorf("got %v", err)
	}
}

func TestFromDH(t *testing.T) {
	r, err := FromDH("0x2192AB")
	if err != nil {
		t.Fatal(err)
	}
	diff(t, r, &Ring{DHs: []DH{{Private: mustHex(t, "2192ab"), Source: Source{File: "--dh"}}}})
	r, err = FromDH(sharedModp768)
	if err != nil {
		t.Fatal(err)
	}
	diff(t, r, &Ring{DHs: []DH{
		{Private: mustHex(t, sharedModp768), Source: Source{File: "--dh"}},
		{Shared: mustHex(t, sharedModp768), Source: Source{File: "--dh"}},
	}})
	for value, want := range map[string]string{
		"":        "--dh: empty",
		"0x":      "--dh: empty",
		"00 00":   "--dh: is 0, which is neither a private value nor a shared secret",
		"123":     "--dh: odd number of hex digits (3); was a leading 0 lost?",
		"hunter2": "--dh: not hex: only the digits 0-9 and a-f, blanks and colons may stand here",
	} {
		if _, err := FromDH(value); err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", value, err, want)
		}
	}
}

func TestNumber(t *testing.T) {
	r, err := FromDH(sharedModp768)
	if err != nil {
		t.Fatal(err)
	}
	r.PSKs = []PSK{{Source: Source{File: "--psk"}}}
	r.Number(2)
	if r.PSKs[0].Source.Nth != 2 || r.DHs[0].Source != r.DHs[1].Source || r.DHs[0].Source.String() != "--dh (2)" {
		t.Errorf("%v", r)
	}
}

func TestMeant(t *testing.T) {
	words := []string{"skeyid", "skeyid_d", "aes-cbc-128", "aes-cbc-256", "dh"}
	for written, want := range map[string]string{
		"skeyi":   "; did you mean skeyid?",
		"skeydid": "; did you mean skeyid?",
		"aes-cbc": "; did you mean aes-cbc-128?",
		"":        "",
		"hunter2": "",
		"aes":     "; did you mean aes-cbc-128?",
		"xy":      "",
		"skeyid-and-more-than-forty-characters-in-all": "",
	} {
		if got := meant(written, words); got != want {
			t.Errorf("%q: %q", written, got)
		}
	}
}

func TestPeerID(t *testing.T) {
	for s, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "@gw.example.org": "gw.example.org", "@@user@example.org": "user@example.org",
		"fqdn:gw": "gw", "email:u@x.org": "u@x.org", "@#0102": "@#0102", "2001:db8::1": "2001:db8::1",
		"%any": "", "*": "", "0.0.0.0": "", "::": "",
	} {
		if got, all := peerID(s); got != want || all != (want == "") {
			t.Errorf("%q: %q %v", s, got, all)
		}
	}
}
