package secrets

import (
	"strings"
	"testing"
)

const pskTxtSample = `# IPv4/v6 addresses
192.0.2.2	racoon secret
2001:db8::2 0x6d656b6d697461736469676f61
# USER_FQDN and FQDN
user@example.org	mekmitasdigoat  twice
www.example.org	0x12345678

* wildcard
branch3 0sNotBase64InRacoon
`

func TestPSKTxt(t *testing.T) {
	got, ws := read(t, "psk.txt", pskTxtSample)
	noWarnings(t, ws)
	at := func(line int) Source { return Source{File: "psk.txt", Line: line} }
	diff(t, got, &Ring{PSKs: []PSK{
		{Secret: text("racoon secret"), IDs: []string{"192.0.2.2"}, Source: at(2)},
		{Secret: text("mekmitasdigoa"), IDs: []string{"2001:db8::2"}, Source: at(3)},
		{Secret: text("mekmitasdigoat  twice"), IDs: []string{"user@example.org"}, Source: at(5)},
		{Secret: mustHex(t, "12345678"), IDs: []string{"www.example.org"}, Source: at(6)},
		{Secret: text("wildcard"), Source: at(8)},
		{Secret: text("0sNotBase64InRacoon"), IDs: []string{"branch3"}, Source: at(9)},
	}})
}

// racoon takes everything up to the line feed, and a file from another system ends its lines with CR LF. Both ways of
// reading are candidates, and the user is told.
func TestPSKTxtTrailingBlanks(t *testing.T) {
	got, ws := read(t, "psk.txt", "192.0.2.2 secret \t\n192.0.2.3 other\r\n192.0.2.4 0x0102  \n192.0.2.5 last")
	warned(t, ws, 1, "tried without and with")
	warned(t, ws, 2, "tried without and with")
	if len(ws) != 2 {
		t.Errorf("warnings: %v", ws)
	}
	diff(t, got, &Ring{PSKs: []PSK{
		{Secret: text("secret"), IDs: []string{"192.0.2.2"}},
		{Secret: text("secret \t"), IDs: []string{"192.0.2.2"}},
		{Secret: text("other"), IDs: []string{"192.0.2.3"}},
		{Secret: text("other\r"), IDs: []string{"192.0.2.3"}},
		{Secret: text("\x01\x02"), IDs: []string{"192.0.2.4"}},
		{Secret: text("last"), IDs: []string{"192.0.2.5"}},
	}}, noSource)
}

func TestPSKTxtFaults(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"192.0.2.2 0x123\n", "p:1: key: odd number of hex digits (3)"},
		{"192.0.2.2 0xhunter2\n", "p:1: key: not hex: only the digits 0-9 and a-f, blanks and colons may stand here"},
		{"192.0.2.2 0x\n", "p:1: key: empty"},
	} {
		_, _, err := Read("p", strings.NewReader(c.text))
		if err == nil || err.Error() != c.want {
			t.Errorf("%q\n got %v\nwant %v", c.text, err, c.want)
		}
		got, ws := read(t, "p", c.text+"192.0.2.3 good\n")
		diff(t, got, &Ring{PSKs: []PSK{{Secret: text("good"), IDs: []string{"192.0.2.3"}}}}, noSource)
		warned(t, ws, 1, strings.TrimPrefix(c.want, "p:1: "))
	}
}

func TestDetectPSKTxt(t *testing.T) {
	for _, c := range []struct {
		text string
		want bool
	}{
		{"192.0.2.2 secret\n", true},
		{"gw.example.org secret words\n", true},
		{"* secret\n", true},
		{"10.0.0.0/8 secret\n", true},
		{"branch secret\n192.0.2.2 secret\n", true},
		{"branch secret\n", false}, // any text of two words
		{"192.0.2.2\n", false},     // no key
		{"192.0.2.2 secret\n indented\n", false},
		{"net.ipv4.ip_forward = 1\n", false},
		{"00:15:10.671854: | text\n", false},
		{"Nov 23 23:23:56 08[IKE] text\n192.0.2.2 x\n", true},
		{"12[IKE] text\n192.0.2.2 x\n", false},
		{"", false},
	} {
		if got := detectPSKTxt([]byte(c.text)) > 0; got != c.want {
			t.Errorf("%q: %v", c.text, got)
		}
	}
}
