package keyout

import (
	"errors"
	"strings"
	"testing"

	"ikescope/analysis"
	"ikescope/decode"
	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/keymat"
	"ikescope/report"
	"ikescope/secrets"
	"ikescope/suite"
)

// A key of a table of names that no row of suite has would never be found.
func TestNamesAreRowsOfSuite(t *testing.T) {
	for _, table := range []map[string]string{wiresharkESP, wiresharkIKEv2, tcpdumpCiphers} {
		for name := range table {
			if _, ok := suite.CipherByName(name); !ok {
				t.Errorf("no cipher %s", name)
			}
		}
	}
	for name := range wiresharkIKEv1 {
		if _, ok := suite.CipherByName(name); !ok {
			t.Errorf("no cipher %s", name)
		}
	}
	for _, table := range []map[string]string{wiresharkESPAuth, wiresharkIKEv2Auth} {
		for name := range table {
			if _, ok := suite.IntegrityByName(name); !ok && name != "" {
				t.Errorf("no integrity algorithm %s", name)
			}
		}
	}
}

// sa makes an ESP SA with keys of the right lengths.
func sa(c suite.Cipher, i suite.Integrity) IPsec {
	s := &analysis.SA{IPsecSA: &ikestate.IPsecSA{
		Protocol: isakmp.ProtocolESP, SPI: 0x1000, Cipher: c, Integrity: i, Encryption: c.Name, IntegrityName: i.Name,
	}, KeysKnown: true}
	s.Keys.Encryption = keymat.NewSecret(make([]byte, c.KeymatLen()))
	s.Keys.Integrity = keymat.NewSecret(make([]byte, i.KeyLen))
	return IPsec{SA: s}
}

// Whatever the algorithms, there is a row or a reason.
func TestEveryAlgorithmIsWrittenOrExplained(t *testing.T) {
	for _, c := range suite.Ciphers() {
		for _, i := range suite.Integrities() {
			s := sa(c, i)
			for format, write := range map[string]func(IPsec) (string, string){
				"wireshark": espRow, "tcpdump": tcpdumpLine, "xfrm": xfrmLine,
			} {
				line, reason := write(s)
				if (line == "") == (reason == "") {
					t.Errorf("%s, %s with %s: line %q, reason %q", format, c.Name, i.Name, line, reason)
				}
				if strings.ContainsAny(line, "\n\x00") {
					t.Errorf("%s, %s: more than a line", format, c.Name)
				}
			}
		}
	}
}

// The names of the kernel's algorithms, as ip xfrm state of Linux 6.1 printed
// them for SAs with these algorithms.
func TestXFRMNames(t *testing.T) {
	for cipher, want := range map[string]string{
		"aes-gcm-16-128":         "aead 'rfc4106(gcm(aes))' 0x" + strings.Repeat("00", 20) + " 128",
		"aes-ccm-16-128":         "aead 'rfc4309(ccm(aes))' 0x" + strings.Repeat("00", 19) + " 128",
		"null-auth-aes-gmac-128": "aead 'rfc4543(gcm(aes))' 0x" + strings.Repeat("00", 20) + " 128",
		"aes-ctr-128":            "enc 'rfc3686(ctr(aes))' 0x" + strings.Repeat("00", 20),
		"null":                   "enc 'ecb(cipher_null)' ''",
	} {
		c, _ := suite.CipherByName(cipher)
		if got, ok := xfrmCipher(c, keymat.NewSecret(make([]byte, c.KeymatLen()))); !ok || got != want {
			t.Errorf("%s: %q, want %q", cipher, got, want)
		}
	}
	for name, want := range map[string]string{
		"hmac-sha2-256-128": "auth-trunc 'hmac(sha256)'", "aes-xcbc-96": "auth-trunc 'xcbc(aes)'", "hmac-md5-96": "auth-trunc 'hmac(md5)'",
	} {
		i, _ := suite.IntegrityByName(name)
		if got, ok := xfrmIntegrity(i, keymat.Secret{}); !ok || !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestWiresharkPassesOverICVsThatItCannotCheck(t *testing.T) {
	xcbc, _ := suite.IntegrityByName("aes-xcbc-96")
	sha256, _ := suite.IntegrityByName("hmac-sha2-256-128")
	for _, c := range []struct {
		i    suite.Integrity
		esn  bool
		want string
	}{
		{xcbc, false, "ANY 96 bit authentication [no checking]"},
		{sha256, false, "HMAC-SHA-256-128 [RFC4868]"},
		{sha256, true, "ANY 128 bit authentication [no checking]"},
		{suite.Integrity{}, false, "NULL"},
	} {
		if got, _, ok := wiresharkAuth(c.i, c.esn); !ok || got != c.want {
			t.Errorf("%s, esn %v: %q, want %q", c.i.Name, c.esn, got, c.want)
		}
	}
}

// Ports on which Wireshark does not look for ESP by itself are named to it, one for
// both directions.
func TestWiresharkIsToldOtherPorts(t *testing.T) {
	cipher, _ := suite.CipherByName("aes-gcm-16-128")
	var k Keys
	for _, f := range []analysis.Flow{
		{Encap: decode.EncapUDP, SrcPort: 61000, DstPort: 10001},
		{Encap: decode.EncapUDP, SrcPort: 10001, DstPort: 61000},
		{Encap: decode.EncapUDP, SrcPort: 900, DstPort: 901},
		{Encap: decode.EncapUDP, SrcPort: 4500, DstPort: 1024},
		{Encap: decode.EncapUDP, SrcPort: 7, DstPort: 4500},
		{Encap: decode.EncapTCP, SrcPort: 5000, DstPort: 443},
		{},
	} {
		s := sa(cipher, suite.Integrity{})
		s.Flow = &f
		k.IPsec = append(k.IPsec, s)
	}
	k.IPsec = append(k.IPsec, sa(cipher, suite.Integrity{})) // no packets
	want := "decode_as_entry: udp.port,900,(none),UDPENCAP\ndecode_as_entry: udp.port,10001,(none),UDPENCAP\n"
	if got := string(Wireshark(k).Files[FileDecodeAs]); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// What Wireshark says of ICVs means nothing in some rows; the user is told of these.
func TestWiresharkSaysNothingTrueOfSomeICVs(t *testing.T) {
	for _, c := range []struct {
		cipher, integrity string
		esn               bool
		want              string // in the reason
	}{
		{"aes-cbc-128", "hmac-sha1-96", false, ""},
		{"aes-cbc-128", "none", true, ""},
		{"aes-gcm-16-128", "none", false, ""},
		{"aes-gcm-16-128", "none", true, "shows its ICVs as bad"},
		{"aes-cbc-128", "hmac-sha1-96", true, "does not check its ICVs"},
		{"aes-cbc-128", "aes-xcbc-96", false, "does not check ICVs of aes-xcbc-96"},
		{"aes-cbc-128", "hmac-sha1-160", false, ""}, // no row
		{"camellia-cbc-128", "aes-xcbc-96", false, ""},
	} {
		cipher, _ := suite.CipherByName(c.cipher)
		i, _ := suite.IntegrityByName(c.integrity)
		s := sa(cipher, i)
		s.ESN = c.esn
		p := Wireshark(Keys{IPsec: []IPsec{s}})
		var got string
		for _, u := range p.Unchecked {
			got += u.Reason
		}
		if !strings.Contains(got, c.want) || (got == "") != (c.want == "") {
			t.Errorf("%s, %s, esn %v: %q, want %q", c.cipher, c.integrity, c.esn, got, c.want)
		}
	}
}

func TestUATText(t *testing.T) {
	for in, want := range map[string]string{
		"AES-CBC [RFC3602]": `"AES-CBC [RFC3602]"`,
		"a,b":               `"a,b"`,
		`say "x"`:           `"say \x22x\x22"`,
		`back\slash`:        `"back\x5cslash"`,
		"line\nfeed\x00":    `"line\x0afeed\x00"`,
	} {
		if got := uatText(in); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

func TestIKEv2Row(t *testing.T) {
	spiI, spiR := [8]byte{0x1a}, [8]byte{0x6d}
	key := func(b byte, n int) keymat.Secret {
		return keymat.NewSecret([]byte(strings.Repeat(string([]byte{b}), n)))
	}
	i := secrets.IKEv2{
		SPIi: &spiI, SPIr: &spiR, SKei: key(1, 2), SKer: key(2, 2), SKai: key(3, 2), SKar: key(4, 2),
		Encryption: "aes-cbc-128", Integrity: "hmac-sha2-256-128",
	}
	row, reason := ikev2Row(i)
	want := `1a00000000000000,6d00000000000000,0101,0202,"AES-CBC-128 [RFC3602]",0303,0404,"HMAC_SHA2_256_128 [RFC4868]"`
	if row != want || reason != "" {
		t.Errorf("%s (%s), want %s", row, reason, want)
	}
	i.Integrity = "aes-xcbc-96"
	want = `1a00000000000000,6d00000000000000,0101,0202,"AES-CBC-128 [RFC3602]",,,"ANY 96-bits of Authentication [No Checking]"`
	if row, _ := ikev2Row(i); row != want {
		t.Errorf("%s, want %s", row, want)
	}
	for field, break1 := range map[string]func(*secrets.IKEv2){
		"SPIs":           func(i *secrets.IKEv2) { i.SPIr = nil },
		"SK_ei":          func(i *secrets.IKEv2) { i.SKei = keymat.Secret{} },
		"unknown cipher": func(i *secrets.IKEv2) { i.Encryption = "" },
	} {
		bad := i
		break1(&bad)
		if row, reason := ikev2Row(bad); row != "" || !strings.Contains(reason, field) {
			t.Errorf("%s: row %q, reason %q", field, row, reason)
		}
	}
}

// The keys of an IKE SA of version 2 come with its SPIs and algorithms.
func TestCollectIKEv2(t *testing.T) {
	cipher, _ := suite.CipherByName("aes-cbc-256")
	integrity, _ := suite.IntegrityByName("hmac-sha2-256-128")
	key := func(b byte) keymat.Secret { return keymat.NewSecret([]byte{b}) }
	c := &ikestate.Conversation{
		CookieI: isakmp.Cookie{1}, CookieR: isakmp.Cookie{2},
		Phase1: &ikestate.Phase1{Chosen: &ikestate.Proposal{Cipher: cipher, Integrity: integrity, IntegrityName: integrity.Name}},
		IKEv2: &ikestate.IKEv2{Keys: keymat.IKEv2Keys{
			D: keymat.SKdFrom(key(1)), Ai: keymat.SKaFrom(key(2)), Ar: keymat.SKaFrom(key(3)), Ei: keymat.SKeFrom(key(4)), Er: keymat.SKeFrom(key(5)),
		}},
	}
	closed := &ikestate.Conversation{IKEv2: &ikestate.IKEv2{}, Phase1: &ikestate.Phase1{}}
	k := Collect(&analysis.Result{Conversations: []*ikestate.Conversation{c, closed}})
	if len(k.IKEv2) != 1 || len(k.ISAKMP) != 0 {
		t.Fatalf("%d IKE SAs, %d ISAKMP SAs", len(k.IKEv2), len(k.ISAKMP))
	}
	want := `0100000000000000,0200000000000000,04,05,"AES-CBC-256 [RFC3602]",02,03,"HMAC_SHA2_256_128 [RFC4868]"` + "\n"
	if p := Wireshark(k); string(p.Files[FileIKEv2]) != want || p.Files[FileIKEv1] != nil {
		t.Errorf("%s", p.Files[FileIKEv2])
	}
	var toml, text, js strings.Builder
	if err := errors.Join(TOML(&toml, k), Table(&text, k, report.Options{}), JSON(&js, k)); err != nil {
		t.Fatal(err)
	}
	for what, has := range map[string]bool{
		"toml":  strings.Contains(toml.String(), `sk_ei = "04"`) && strings.Contains(toml.String(), `initiator_spi = "0100000000000000"`),
		"table": strings.Contains(text.String(), "IKE SA  0100000000000000:0200000000000000  AES-CBC-256 HMAC-SHA2-256-128") && strings.Contains(text.String(), "SK_er           05"),
		"json":  strings.Contains(js.String(), `"sk_d": "01"`),
	} {
		if !has {
			t.Errorf("%s lacks a key:\n%s\n%s\n%s", what, toml.String(), text.String(), js.String())
		}
	}
}

func TestAHNeedsNoKeysElsewhere(t *testing.T) {
	i, _ := suite.IntegrityByName("hmac-sha1-96")
	s := sa(suite.Cipher{}, i)
	s.Protocol = isakmp.ProtocolAH
	k := Keys{IPsec: []IPsec{s}}
	if p := Wireshark(k); len(p.Skipped) != 1 || !strings.Contains(p.Skipped[0].Reason, "AH") {
		t.Errorf("%v", p.Skipped)
	}
	var out strings.Builder
	if skipped, err := Tcpdump(&out, k); err != nil || len(skipped) != 1 || out.Len() != 0 {
		t.Errorf("%v, %v", skipped, err)
	}
	if skipped, err := XFRM(&out, k); err != nil || len(skipped) != 0 || !strings.Contains(out.String(), "proto ah") || strings.Contains(out.String(), "enc ") {
		t.Errorf("%v, %v, %s", skipped, err, out.String())
	}
}

// What a format skips does not change the keys that the next format is given.
func TestSkippingLeavesTheKeysAlone(t *testing.T) {
	i, _ := suite.IntegrityByName("hmac-sha1-96")
	s := sa(suite.Cipher{}, i)
	s.Protocol = isakmp.ProtocolAH
	unknown := make([]Skipped, 1, 8)
	k := Keys{IPsec: []IPsec{s}, Unknown: unknown}
	Wireshark(k)
	var out strings.Builder
	if _, err := Tcpdump(&out, k); err != nil {
		t.Fatal(err)
	}
	if got := unknown[:2][1]; got != (Skipped{}) {
		t.Errorf("the list of unknown SAs was written into: %v", got)
	}
}
