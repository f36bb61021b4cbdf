package secrets

import (
	"fmt"
	"strings"
	"testing"

	"ikescope/keymat"
	"ikescope/pcaps/samples"
)

// Each name of RFC 2409 section 5 and RFC 7296 section 2.14 has a place of its own, other names have none.
func TestKeysByName(t *testing.T) {
	var i ISAKMP
	var v2 IKEv2
	seen := map[*keymat.Secret]string{}
	for _, c := range []struct {
		key   func(string) *keymat.Secret
		names []string
		other string
	}{
		{i.key, []string{"SKEYID", "SKEYID_d", "SKEYID_a", "SKEYID_e", cipherKeyName, initialIVName}, "SK_d"},
		{v2.key, []string{"SKEYSEED", "SK_d", "SK_ai", "SK_ar", "SK_ei", "SK_er", "SK_pi", "SK_pr"}, "SKEYID"},
	} {
		for _, name := range c.names {
			place := c.key(name)
			if place == nil || seen[place] != "" {
				t.Fatalf("%s: place %p, that of %q", name, place, seen[place])
			}
			seen[place] = name
		}
		for _, name := range []string{"", "sk_d", "SKEYID_D", c.other} {
			if c.key(name) != nil {
				t.Errorf("%q has a place", name)
			}
		}
	}
	*v2.key("SK_er") = text("er")
	if string(v2.SKer.Bytes()) != "er" {
		t.Error("SK_er is kept elsewhere")
	}
}

// Openswan prints SKEYSEED and then all seven keys. The next SKEYSEED begins another IKE SA.
func TestOpenswanIKEv2(t *testing.T) {
	names := []string{"skeyseed", "SK_d", "SK_ai", "SK_ar", "SK_ei", "SK_er", "SK_pi", "SK_pr"}
	log := func(first int, names []string) (b strings.Builder) {
		for n, name := range names {
			fmt.Fprintf(&b, "| %s:  %s\n", name, octetRow(first+n))
		}
		return b
	}
	whole, cut := log(0x10, names), log(0x20, names[:5])
	for doc, want := range map[string][]IKEv2{
		whole.String():                {madeIKEv2(0x10, 8)},
		cut.String():                  {madeIKEv2(0x20, 5)},
		whole.String() + cut.String(): {madeIKEv2(0x10, 8), madeIKEv2(0x20, 5)},
		cut.String() + whole.String(): {madeIKEv2(0x20, 5), madeIKEv2(0x10, 8)},
	} {
		r, _ := read(t, "pluto.log", doc)
		diff(t, r, &Ring{IKEv2s: want}, noSource)
	}
}

// octetRow is sixteen times one octet, as pluto prints octets.
func octetRow(n int) string {
	group := strings.Repeat(fmt.Sprintf(" %02x", n), 4)
	return strings.TrimSpace(strings.Repeat(group+" ", 4))
}

// madeIKEv2 is an IKE SA whose first keys, in the order in which daemons print them, are made of the octets from first on.
func madeIKEv2(first, keys int) (i IKEv2) {
	for n, name := range []string{"SKEYSEED", "SK_d", "SK_ai", "SK_ar", "SK_ei", "SK_er", "SK_pi", "SK_pr"}[:keys] {
		*i.key(name) = keymat.NewSecret([]byte(strings.Repeat(string(rune(first+n)), 16)))
	}
	return i
}

// With "enc = 3" charon prints the cookies as it parses a header. They belong to the keys if SKEYID_d follows from them.
func TestCharonCookies(t *testing.T) {
	known, err := samples.ByName("mm-psk-3des-sha1-modp1024").Secrets()
	if err != nil {
		t.Fatal(err)
	}
	k := known.IKE[0]
	keys := charonDumpOf("IKE", "shared Diffie Hellman secret", k.Shared) + charonDumpOf("IKE", "SKEYID", k.SKEYID) +
		charonDumpOf("IKE", "SKEYID_d", k.SKEYIDd) + charonDumpOf("IKE", "initial IV", k.InitialIV)
	cookies := func(i, r []byte) string {
		return "05[ENC]   parsing rule 0 IKE_SPI\n" + charonDumpOf("ENC", "", i) + "05[ENC]   parsing rule 1 IKE_SPI\n" + charonDumpOf("ENC", "", r)
	}
	other := cookies([]byte("othersid"), []byte("responde"))
	for name, log := range map[string]string{
		"before":          cookies(k.CookieI, k.CookieR) + keys,
		"behind":          keys + cookies(k.CookieI, k.CookieR),
		"among others":    other + cookies(k.CookieI, k.CookieR) + other + keys,
		"only others":     other + keys,
		"another rule":    "05[ENC]   parsing rule 7 IKE_SPI\n" + other + keys,
		"first message's": cookies(k.CookieI, make([]byte, 8)) + keys,
	} {
		r, _ := read(t, "charon.log", log)
		if len(r.ISAKMPs) != 1 {
			t.Fatalf("%s: %d sets of keys", name, len(r.ISAKMPs))
		}
		got := r.ISAKMPs[0]
		found := got.CookieI != nil && *got.CookieI == [8]byte(k.CookieI) && *got.CookieR == [8]byte(k.CookieR)
		if want := strings.Contains(log, charonDumpOf("ENC", "", k.CookieR)); found != want {
			t.Errorf("%s: cookies found is %t, want %t", name, found, want)
		}
	}
}

// charonDumpOf is a value as charon prints it: its label and length, and rows of sixteen octets.
func charonDumpOf(group, label string, b []byte) string {
	var out strings.Builder
	fmt.Fprintf(&out, "05[%s] %s => %d bytes @ 0x7f0000000000\n", group, label, len(b))
	for at := 0; at < len(b); at += 16 {
		fmt.Fprintf(&out, "05[%s] %4d: % X\n", group, at, b[at:min(at+16, len(b))])
	}
	return out.String()
}

// KEYMAT stands alone: nobody said how it is cut into keys.
func TestKeymatFaults(t *testing.T) {
	long := text(strings.Repeat("k", 44))
	for _, c := range []struct {
		entry ESP
		field string
	}{
		{ESP{Keymat: long}, ""},
		{ESP{Keymat: text("12345678")}, ""},
		{ESP{Keymat: text("1234567")}, "keymat"},
		{ESP{Keymat: long, Encryption: "3des-cbc"}, "keymat"},
		{ESP{Keymat: long, IntegrityKey: long}, "keymat"},
		{ESP{Keymat: long, Integrity: "none"}, "keymat"},
		{ESP{Keymat: long, UncheckedICV: 12}, "keymat"},
	} {
		if field, msg := espFault(&c.entry); field != c.field || (msg == "") != (field == "") || strings.Contains(msg, "kkkk") {
			t.Errorf("%d octets, %q %q: %s %q", c.entry.Keymat.Len(), c.entry.Encryption, c.entry.Integrity, field, msg)
		}
	}
}
