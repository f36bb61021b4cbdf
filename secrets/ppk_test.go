package secrets

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"ikescope/keymat"
)

// Post-quantum keys as strongSwan and libreswan write them down.
func TestIPsecSecretsPPK(t *testing.T) {
	got, ws := read(t, "ipsec.secrets", `gw.example.org : PPK "one key"
: PPK 0x00112233
@west @east : PPKS "name 1" "another key"
: PPKS name2 0sAAECAw==
: PPKS "only a name"
: PPKS "no end
`)
	at := func(line int) Source { return Source{File: "ipsec.secrets", Line: line} }
	diff(t, got, &Ring{PPKs: []PPK{
		{Secret: text("one key"), IDs: []string{"gw.example.org"}, Source: at(1)},
		{Secret: mustHex(t, "00112233"), Source: at(2)},
		{Secret: text("another key"), IDs: []string{"name 1"}, Source: at(3)},
		{Secret: mustHex(t, "00010203"), IDs: []string{"name2"}, Source: at(4)},
	}})
	warned(t, ws, 5, "needs a name and a secret")
	warned(t, ws, 6, "needs a name and a secret")
}

// [[ppk]] has a key in one of three forms and perhaps a name; the same key under two
// names is one entry, and what is written is read again.
func TestTOMLPPK(t *testing.T) {
	got, ws := read(t, "s.toml", "[[ppk]]\nid = \"a\"\nsecret = \"one key\"\n[[ppk]]\nsecret_hex = \"00ff\"\n[[ppk]]\nsecret_base64 = \"b25lIGtleQ==\"\nid = \"b\"\n[[dh]]\nshared = \"0102\"\nfurther = \"0304\"\n")
	want := &Ring{
		PPKs: []PPK{{Secret: text("one key"), IDs: []string{"a", "b"}, Source: Source{File: "s.toml", Line: 1}}, {Secret: mustHex(t, "00ff"), Source: Source{File: "s.toml", Line: 4}}},
		DHs:  []DH{{Shared: mustHex(t, "0102"), Further: mustHex(t, "0304"), Source: Source{File: "s.toml", Line: 9}}},
	}
	diff(t, got, want)
	warned(t, ws, 10, "leading zeros belong to it")
	var b bytes.Buffer
	if err := WriteTOML(&b, got); err != nil {
		t.Fatal(err)
	}
	again, _ := read(t, "s.toml", b.String())
	diff(t, again, want, noSource)
	if d := fmt.Sprint(again.Entries()); !strings.Contains(d, "ppk a, b [7 octets]") || !strings.Contains(d, "of the key exchanges behind it: 2 octets") {
		t.Error(d)
	}
	for text, says := range map[string]string{
		"[[ppk]]\nid = \"a\"":                          "needs exactly one of",
		"[[ppk]]\nsecret = \"a\"\nsecret_hex = \"00\"": "needs exactly one of",
		"[[ppk]]\nsecret = \"a\"\nids = [\"b\"]":       "unknown key",
		"[[ppk]]\nsecret = \"a\"\nid = 3":              "needs quotes",
		"[[dh]]\nprivate = \"01\"\nfurther = \"02\"":   "stands beside shared",
		"[[dh]]\nfurther = \"02\"":                     "needs private or shared",
		"[[dh]]\nshared = \"01\"\nfurther = \"0\"":     "odd number",
	} {
		if _, _, err := Read("s.toml", strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// charonBlob is how strongSwan prints octets.
func charonBlob(group, label string, octets []byte) string {
	var b strings.Builder
	fmt.Fprintf(&b, "08[%s] %s => %d bytes @ 0x7f0012345678\n", group, label, len(octets))
	for at := 0; at < len(octets); at += 16 {
		fmt.Fprintf(&b, "08[%s] %4d: % -48X ................\n", group, at, octets[at:min(at+16, len(octets))])
	}
	return b.String()
}

// strongSwan 6 prints the secret of each further key exchange of an IKE SA as it comes
// ("key exchange secret", then keys), those behind CREATE_CHILD_SA together, and the
// post-quantum key with the keys that it changes. Its labels were read from its source.
func TestCharonFurtherSecrets(t *testing.T) {
	octets := func(b byte, n int) []byte { return bytes.Repeat([]byte{b}, n) }
	var b strings.Builder
	set := func(secret byte) {
		b.WriteString(charonBlob("IKE", "key exchange secret", octets(secret, 32)))
		b.WriteString("08[IKE] additional key exchange secret => 0 bytes @ (nil)\n")
		for i, label := range []string{"SKEYSEED", "Sk_d secret", "Sk_ei secret", "Sk_er secret", "Sk_pi secret", "Sk_pr secret"} {
			b.WriteString(charonBlob("IKE", label, octets(secret+byte(i)+1, []int{32, 32, 20, 20, 32, 32}[i])))
		}
	}
	set(0x10)
	set(0x20)
	b.WriteString(charonBlob("IKE", "derive keys using PPK", []byte("post-quantum")))
	for i, label := range []string{"Sk_d secret", "Sk_pi secret", "Sk_pr secret"} {
		b.WriteString(charonBlob("IKE", label, octets(0x30+byte(i), 32)))
	}
	b.WriteString(charonBlob("IKE", "SK_p", octets(0x25, 32)))
	spis := []byte("initiatoresponde")
	b.WriteString(charonBlob("IKE", "octets = message + nonce + prf(Sk_px, IDx') + IntAuth", append(spis, octets(1, 100)...)))
	b.WriteString(charonBlob("CHD", "key exchange secret", octets(0x40, 32)))
	b.WriteString(charonBlob("CHD", "additional key exchange secret", octets(0x41, 64)))

	got, _ := read(t, "charon.log", b.String())
	want := []DH{
		{Shared: keymat.NewSecret(octets(0x10, 32))},
		{Shared: keymat.NewSecret(octets(0x20, 32))},
		{Shared: keymat.NewSecret(octets(0x40, 32)), Further: keymat.NewSecret(octets(0x41, 64))},
	}
	diff(t, &Ring{DHs: got.DHs, PPKs: got.PPKs}, &Ring{DHs: want, PPKs: []PPK{{Secret: text("post-quantum")}}}, noSource)
	if len(got.IKEv2s) != 3 {
		t.Fatalf("%d sets of keys", len(got.IKEv2s))
	}
	for _, k := range got.IKEv2s {
		after := k.SKEYSEED.Equal(keymat.NewSecret(octets(0x21, 32)))
		if after != (k.SPIi != nil) || after && *k.SPIi != [8]byte(spis) {
			t.Errorf("SPI %v, set of the second exchange %t", k.SPIi, after)
		}
	}
}

// A secret that came without the first one is a secret all the same.
func TestCharonFurtherAlone(t *testing.T) {
	got, _ := read(t, "charon.log", charonBlob("CHD", "additional key exchange secret", bytes.Repeat([]byte{7}, 32)))
	diff(t, got, &Ring{DHs: []DH{{Shared: keymat.NewSecret(bytes.Repeat([]byte{7}, 32))}}}, noSource)
}
