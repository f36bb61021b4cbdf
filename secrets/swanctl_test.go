package secrets

import (
	"strings"
	"testing"
)

// The configuration of a lab gateway with two tunnels.
func TestSwanctlTwoTunnels(t *testing.T) {
	got, ws := readFile(t, "swanctl-two.conf")
	noWarnings(t, ws)
	diff(t, got, &Ring{PSKs: []PSK{
		{Secret: text("first tunnel"), IDs: []string{"192.0.2.1", "192.0.2.2"}},
		{Secret: text("second tunnel"), IDs: []string{"192.0.2.11", "192.0.2.12"}},
	}}, noSource)
}

// The configuration of a lab gateway that authenticates users by XAUTH.
func TestSwanctlXAUTH(t *testing.T) {
	got, ws := readFile(t, "swanctl-xauth.conf")
	diff(t, got, &Ring{PSKs: []PSK{{Secret: text("group secret"), Source: Source{File: "swanctl-xauth.conf", Line: 37}}}})
	warned(t, ws, 42, "EAP and XAUTH passwords are not used")
}

func TestSwanctlSyntax(t *testing.T) {
	for _, c := range []struct{ name, text string }{
		{"plain", "secrets {\n ike-1 {\n  secret = two words\n }\n}\n"},
		{"many blanks", "secrets {\n ike-1 {\n  secret =  two \t  words  # comment\n }\n}\n"},
		{"quotes", "secrets {\n ike-1 {\n  secret = \"two words\" # comment\n }\n}\n"},
		{"quote and word", "secrets {\n ike-1 {\n  secret = \"two\" words\n }\n}\n"},
		{"escapes", "secrets {\n ike-1 {\n  secret = \"t\\wo\\ words\"\n }\n}\n"},
		{"joined lines", "secrets {\n ike-1 {\n  secret = \"two \\\nwords\"\n }\n}\n"},
		{"one line", "secrets { ike { secret = two words } }"},
		{"no blanks", "secrets{ike{secret=two words}}"},
		{"brace below", "secrets # x\n\n{\n ike\n {\n  secret = two words\n }\n}\n"},
		{"CRLF", "secrets {\r\n ike-1 {\r\n  secret = two words\r\n }\r\n}\r\n"},
		{"hex", "secrets {\n ike-1 {\n  secret = 0x74776f20776f726473\n }\n}\n"},
		{"quoted hex", "secrets {\n ike-1 {\n  secret = \"0x74776f20776f726473\"\n }\n}\n"},
		{"base64", "secrets {\n ike-1 {\n  secret = 0sdHdvIHdvcmRz\n }\n}\n"},
		{"referenced", "secrets {\n ike-1 : base {\n  secret = two words\n }\n}\n"},
		{"last value", "secrets {\n ike-1 {\n  secret = one\n  secret = two words\n }\n}\n"},
		{"in a bundle", "some text {\n}\nconnections {\n a { secrets = x\n }\n}\n  secrets {\n ike {\n secret = two words\n}\n}\nmore = text\n"},
		{"two sections", "secrets {\n}\nsecrets {\n ike {\n secret = two words\n}\n}\n"},
		{"cut off", "secrets {\n ike {\n secret = two words\n"},
		{"subsection", "secrets {\n ike {\n secret = two words\n x { secret = other\n }\n }\n}\n"},
	} {
		got, ws := read(t, "s", c.text)
		t.Log(c.name)
		noWarnings(t, ws)
		diff(t, got, &Ring{PSKs: []PSK{{Secret: text("two words")}}}, noSource)
	}
}

// Post-quantum keys stand in sections of their own (RFC 8784).
func TestSwanctlPPK(t *testing.T) {
	got, ws := read(t, "s", "secrets {\n ppk-1 {\n  id = gw.example.org\n  id-b = @other\n  secret = 0x0102\n }\n ike {\n  secret = x\n }\n ppk {\n }\n}\n")
	diff(t, got, &Ring{
		PSKs: []PSK{{Secret: text("x"), Source: Source{File: "s", Line: 8}}},
		PPKs: []PPK{{Secret: mustHex(t, "0102"), IDs: []string{"gw.example.org", "other"}, Source: Source{File: "s", Line: 5}}},
	})
	warned(t, ws, 11, "missing in its section")
}

func TestSwanctlIDs(t *testing.T) {
	got, ws := read(t, "s", "secrets {\n ike-1 {\n  id = gw.example.org\n  id-peer = \"C=CH, O=X\"\n  identity = %any\n  secret = \"a}b#c\"\n }\n}\n")
	noWarnings(t, ws)
	diff(t, got, &Ring{PSKs: []PSK{{
		Secret: text("a}b#c"), IDs: []string{"gw.example.org", "C=CH, O=X"}, Source: Source{File: "s", Line: 6},
	}}})
}

func TestSwanctlFaults(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"secrets {\n ike {\n id = a\n }\n}", "s:4: secret: missing in its section"},
		{"secrets {\n ike {\n secret =\n }\n}", "s:3: secret: empty"},
		{"secrets {\n ike {\n secret = \"\"\n }\n}", "s:3: secret: empty"},
		{"secrets {\n ike {\n secret = 0x1\n }\n}", "s:3: secret: odd number of hex digits (1)"},
		{"secrets {\n ike {\n secret = 0shunter2-\n }\n}", "s:3: secret: not base64"},
		{"secrets {\n ike {\n secret = \"hunter2\n }\n}", "s:3: secret: text without its second quote"},
	} {
		_, _, err := Read("s", strings.NewReader(c.text))
		if err == nil || err.Error() != c.want {
			t.Errorf("%q\n got %v\nwant %v", c.text, err, c.want)
		}
	}
}

func TestSwanctlGivesUp(t *testing.T) {
	for name, text := range map[string]string{
		"quote in a name": "secrets {\n \"ike\" {\n secret = x\n }\n}\n",
		"deep":            "secrets {\n" + strings.Repeat("a {\n", 20),
		"long word":       "secrets {\n" + strings.Repeat("a", 5000) + "\n",
		"many words":      "secrets {\n" + strings.Repeat("a ", 5000) + "\n",
		"long string":     "secrets {\n ike {\n secret = \"" + strings.Repeat("a\n", maxSecret) + "\n",
	} {
		got, ws := read(t, "s", text)
		t.Log(name)
		diff(t, got, &Ring{})
		if len(ws) != 2 || !strings.Contains(ws[0].Text, "not understood") {
			t.Errorf("warnings: %v", ws)
		}
	}
	_, ws := read(t, "s", "secrets {\n other {\n secret = x\n }\n include more.conf\n private-x {\n }\n}\n")
	warned(t, ws, 4, "section of unknown kind")
	warned(t, ws, 5, "include is not followed")
	warned(t, ws, 7, "private keys are not used")
}

func TestSwanctlTruncated(t *testing.T) {
	const doc = "secrets {\n ike-1 {\n  id = gw\n  secret = \"two \\\"words\\\"\"\n }\n eap { secret = x }\n}\n"
	for n := range len(doc) {
		if r, _, err := Read("s", strings.NewReader(doc[:n])); err == nil && r.Len() > 1 {
			t.Errorf("cut at %d: %d entries", n, r.Len())
		}
	}
}
