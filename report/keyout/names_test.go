package keyout

import (
	"strings"
	"testing"

	"ikescope/analysis"
	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/keymat"
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
