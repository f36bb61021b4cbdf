package secrets

import (
	"strings"
	"testing"
)

const ipsecSecretsSample = `# ipsec.secrets - strongSwan and libreswan
include /var/lib/strongswan/ipsec.secrets.inc

: PSK "for everyone"
192.0.2.1 192.0.2.2 : PSK "pair of addresses"
@gw.example.org user@example.org : PSK 'single "quotes"'
%any 198.51.100.7: PSK "libreswan: no blank"
2001:db8::1 2001:db8::2 : PSK 0x00112233445566778899AABBCCDDEEFF
"C=CH, O=Example, CN=gw" : PSK 0sY2lzY28xMjM=
fqdn:other.example.org %any : PSK plain-text # comment
10.0.0.1 10.0.0.2 :
	PSK "on the next line"
: RSA gwKey.pem "passphrase"
: rsa
carol : EAP "4iChxLT3"
dave : XAUTH "ryftzG4A"
#: PSK "commented"
gw : PSK 0tbyte
`

func TestIPsecSecrets(t *testing.T) {
	got, ws := read(t, "ipsec.secrets", ipsecSecretsSample)
	at := func(line int) Source { return Source{File: "ipsec.secrets", Line: line} }
	diff(t, got, &Ring{PSKs: []PSK{
		{Secret: text("for everyone"), Source: at(4)},
		{Secret: text("pair of addresses"), IDs: []string{"192.0.2.1", "192.0.2.2"}, Source: at(5)},
		{Secret: text(`single "quotes"`), IDs: []string{"gw.example.org", "user@example.org"}, Source: at(6)},
		{Secret: text("libreswan: no blank"), IDs: []string{"198.51.100.7"}, Source: at(7)},
		{Secret: mustHex(t, "00112233445566778899aabbccddeeff"), IDs: []string{"2001:db8::1", "2001:db8::2"}, Source: at(8)},
		{Secret: text("cisco123"), IDs: []string{"C=CH, O=Example, CN=gw"}, Source: at(9)},
		{Secret: text("plain-text"), IDs: []string{"other.example.org"}, Source: at(10)},
		{Secret: text("on the next line"), IDs: []string{"10.0.0.1", "10.0.0.2"}, Source: at(11)},
		{Secret: text("0tbyte"), IDs: []string{"gw"}, Source: at(18)},
		{Secret: text("byte"), IDs: []string{"gw"}, Source: at(18)},
	}})
	warned(t, ws, 2, "include is not followed")
	warned(t, ws, 13, "RSA private keys are not used")
	warned(t, ws, 15, "EAP passwords are not used")
	warned(t, ws, 16, "XAUTH passwords are not used")
	warned(t, ws, 18, "both are tried")
	if len(ws) != 5 {
		t.Errorf("%d warnings: %v", len(ws), ws)
	}
}

// The file of the libreswan lab run.
func TestIPsecSecretsLibreswan(t *testing.T) {
	got, ws := read(t, "ipsec.secrets", ": PSK \"pluto to pluto\"\n")
	noWarnings(t, ws)
	diff(t, got, &Ring{PSKs: []PSK{{Secret: text("pluto to pluto")}}}, noSource)
}

func TestIPsecSecretsFaults(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{`: PSK "hunter2`, "s:1: PSK: text without its second quote"},
		{`: PSK ""`, "s:1: PSK: empty"},
		{`: PSK `, "s:1: PSK: empty"},
		{`: PSK 0x123`, "s:1: PSK: odd number of hex digits (3)"},
		{`: PSK 0xhunter2`, "s:1: PSK: not hex: only the digits 0-9 and a-f, blanks and colons may stand here"},
		{`: PSK 0s****`, "s:1: PSK: not base64"},
	} {
		_, _, err := Read("s", strings.NewReader(c.line+"\n"))
		if err == nil || err.Error() != c.want {
			t.Errorf("%s\n got %v\nwant %v", c.line, err, c.want)
		}
		got, ws := read(t, "s", c.line+"\n: PSK \"good\"\n")
		diff(t, got, &Ring{PSKs: []PSK{{Secret: text("good")}}}, noSource)
		warned(t, ws, 1, strings.TrimPrefix(c.want, "s:1: "))
	}
}

// Log lines that resemble an entry are none.
func TestIPsecSecretsNotALog(t *testing.T) {
	for _, line := range []string{
		"Nov 23 23:23:56 host charon: PSK authentication",
		"Nov 23 23:23:56 08[IKE] using : PSK method",
		"Nov 24 00:15:10.671854: | auth: PSK",
		"loaded: RSA key",
		"TLS cipher: RSA",
		"charon: EAP method",
		"x\n#: PSK \"commented\"",
		`"open : PSK "x"`,
	} {
		if r, _, err := Read("s", strings.NewReader(line+"\n")); err == nil {
			t.Errorf("%s: taken as %d entries", line, r.Len())
		}
	}
}
