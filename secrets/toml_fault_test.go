package secrets

import (
	"strings"
	"testing"
)

// tomlFaults are documents and the one error each has to give.
var tomlFaults = []struct{ name, doc, want string }{
	{"odd digits", "[[isakmp]]\n\nskeyid_d = \"" + strings.Repeat("a", 41) + "\"\n",
		"s.toml:3: skeyid_d: odd number of hex digits (41); a SHA-1 SKEYID_d has 40"},
	{"odd digits, DH", "[[dh]]\nprivate = \"abc\"", "s.toml:2: private: odd number of hex digits (3); was a leading 0 lost?"},
	{"odd digits, shared", "[[dh]]\nshared = \"" + strings.Repeat("a", 255) + "\"",
		"s.toml:2: shared: odd number of hex digits (255); a MODP 1024 secret has 256"},
	{"not hex", "[[dh]]\nprivate = \"12 secret\"",
		"s.toml:2: private: not hex: only the digits 0-9 and a-f, blanks and colons may stand here"},
	{"double 0x", "[[dh]]\nprivate = \"0x0x12\"",
		"s.toml:2: private: not hex: only the digits 0-9 and a-f, blanks and colons may stand here"},
	{"only 0x", "[[dh]]\nprivate = \"0x\"", "s.toml:2: private: empty"},
	{"quotes in quotes", "[[dh]]\nprivate = '\"12ab\"'",
		"s.toml:2: private: not hex: only the digits 0-9 and a-f, blanks and colons may stand here"},
	{"empty", "[[psk]]\nsecret = \"\"", "s.toml:2: secret: empty: leave the key out if there is no value"},
	{"no value", "[[psk]]\nsecret =\n", "s.toml:2: secret: empty: no value after the ="},
	{"no value at the end", "[[psk]]\nsecret =", "s.toml:2: secret: empty: no value after the ="},
	{"no quotes", "[[psk]]\nsecret = cisco123\n", "s.toml:2: secret: the value needs quotes around it"},
	{"number", "[[psk]]\nsecret = 12345\n", "s.toml:2: secret: the value needs quotes around it"},
	{"two words", "[[psk]]\nsecret = 12 34\n",
		"s.toml:2: secret: text after the end of the value: one key = \"value\" a line, the value in quotes"},
	{"second quote", "[[psk]]\nsecret = \"cisco\nids = []\n", "s.toml:2: secret: string without its second quote"},
	{"quote at the end", "[[psk]]\nsecret = \"cisco\\", "s.toml:2: secret: string without its second quote"},
	{"long string", "[[psk]]\nsecret = \"\"\"cisco\n\n", "s.toml:2: secret: string without its closing \"\"\""},
	{"escape", "[[psk]]\nsecret = \"cis\\qo\"\n",
		`s.toml:2: secret: backslash in a "string": write two of them, or put the value in 'single quotes'`},
	{"twice", "[[psk]]\nsecret = \"a1\"\nsecret = \"b2\"\n", "s.toml:3: secret: stands twice"},
	{"zero private", "[[dh]]\nprivate = \"0000\"", "s.toml:2: private: is 0, which is no private value"},
	{"zero shared", "[[dh]]\nshared = \"0000\"", "s.toml:2: shared: is 0, which is no shared secret"},
	{"both", "[[dh]]\nprivate = \"01\"\nshared = \"02\"",
		"s.toml:1: [[dh]]: has both private and shared; keep one of them, or give each its own [[dh]]"},
	{"neither", "[[dh]]\n", "s.toml:1: [[dh]]: needs private or shared"},
	{"long private", "[[dh]]\nprivate = \"" + strings.Repeat("ab", 3000) + "\"",
		"s.toml:2: private: 3000 octets; at most 2048 make sense here"},
	{"no psk", "[[psk]]\nids = [\"a\"]", "s.toml:1: [[psk]]: needs exactly one of secret, secret_hex and secret_base64"},
	{"two psks", "[[psk]]\nsecret = \"a\"\nsecret_hex = \"00\"",
		"s.toml:1: [[psk]]: needs exactly one of secret, secret_hex and secret_base64"},
	{"base64", "[[psk]]\nsecret_base64 = \"a*b\"", "s.toml:2: secret_base64: not base64"},
	{"unknown key", "[[isakmp]]\n# x\nskeyid-d = \"00\"",
		"s.toml:3: [[isakmp]]: unknown key; did you mean skeyid_d?; keys are initiator_cookie, responder_cookie, skeyid, skeyid_d, skeyid_a, skeyid_e, encryption_key, initial_iv"},
	{"secret as key", "[[psk]]\nhunter2 = \"x\"",
		"s.toml:2: [[psk]]: unknown key; keys are secret, secret_hex, secret_base64, ids"},
	{"secret as quoted key", "[[psk]]\n\"hunter 2\" = \"x\"",
		"s.toml:2: [[psk]]: unknown key; keys are secret, secret_hex, secret_base64, ids"},
	{"unknown table", "[[pks]]\nsecret = \"x\"",
		"s.toml:1: unknown table; did you mean psk?; tables are psk, ppk, dh, isakmp, ike, esp, ah"},
	{"one bracket", "\n[psk]\nsecret = \"x\"", "s.toml:2: psk: not a list of tables: write [[psk]] with two brackets"},
	{"dotted", "psk.secret = \"x\"", "s.toml:1: psk: not a list of tables: write [[psk]] with two brackets"},
	{"no table", "secret = \"x\"",
		"s.toml:1: secret: stands outside of a table: a line like [[psk]] has to come first"},
	{"subtable", "[[psk]]\nsecret = \"x\"\n[psk.hunter2]\n",
		"s.toml:1: [[psk]]: unknown key; keys are secret, secret_hex, secret_base64, ids"},
	{"header", "[[psk]\nsecret = \"x\"", "s.toml:1: table header not understood: write it as [[psk]]"},
	{"garbage", "[[psk]]\ncisco123\n",
		"s.toml:2: not understood: a line is a [[table]], a key = \"value\", or a comment that begins with #"},
	{"garbage at first", "=\n[[psk]]\n",
		"s.toml:1: not understood: a line is a [[table]], a key = \"value\", or a comment that begins with #"},
	{"NUL", "[[psk]]\nsecret = \"a\x00b\"\n", "s.toml:2: secret: control character or NUL in the text"},
	{"Latin-1", "[[psk]]\nsecret = \"gr\xfc\xdfe\"\n",
		"s.toml:2: secret: octets that are not UTF-8: for a secret of any octets write secret_hex"},
	{"ids", "[[psk]]\nsecret = \"x\"\nids = \"hunter2\"", "s.toml:3: ids: not a list: write [\"192.0.2.1\"]"},
	{"ids item", "[[psk]]\nsecret = \"x\"\nids = [1]", "s.toml:3: ids: each item is a string in quotes that is not empty"},
	{"ids comma", "[[psk]]\nsecret = \"x\"\nids = [\"a\" \"b\"]",
		"s.toml:3: ids: list not understood: values in quotes, commas between them, ] at the end"},
	{"deep", "[[psk]]\nids = [[[[[[[[[[\"a\"]]]]]]]]]]", "s.toml:2: ids: nested too deep"},
	{"cookie", "[[isakmp]]\ninitiator_cookie = \"0102\"",
		"s.toml:2: initiator_cookie: 2 octets; a cookie or IKE SPI has 8 (16 hex digits)"},
	{"no rung", "[[isakmp]]\ninitiator_cookie = \"0102030405060708\"",
		"s.toml:1: [[isakmp]]: needs one of skeyid, skeyid_d, skeyid_a, skeyid_e and encryption_key"},
	{"skeyid length", "[[isakmp]]\nskeyid = \"0102030405060708090a0b0c0d0e0f101112\"",
		"s.toml:2: skeyid: 18 octets; an MD5 SKEYID has 16 (32 hex digits)"},
	{"cipher key length", "[[isakmp]]\nencryption_key = \"" + strings.Repeat("ab", 65) + "\"",
		"s.toml:2: encryption_key: 65 octets; at most 64 make sense here"},
	{"no ikev2 key", "[[ike]]\nsk_ai = \"01\"", "s.toml:1: [[ike]]: needs one of sk_d, sk_ei, sk_er and skeyseed"},
	{"ikev2 key length", "[[ike]]\nsk_er = \"0102\"\nencryption = \"aes-gcm-16-128\"",
		"s.toml:2: sk_er: 2 octets; aes-gcm-16-128, key and 4 octets of salt, has 20 (40 hex digits)"},
	{"spi text", "[[esp]]\nspi = \"12345678\"", "s.toml:2: spi: not an SPI: write it in hex with 0x, as in \"0xcc4fcd10\""},
	{"spi bool", "[[esp]]\nspi = true", "s.toml:2: spi: not an SPI: write it in hex with 0x, as in \"0xcc4fcd10\""},
	{"spi zero", "[[esp]]\nspi = \"0x0\"",
		"s.toml:2: spi: an SPI is a number from 1 to 0xffffffff; leave the key out if it is not known"},
	{"spi large", "[[esp]]\nspi = 0x123456789",
		"s.toml:2: spi: an SPI is a number from 1 to 0xffffffff; leave the key out if it is not known"},
	{"address", "[[esp]]\nsource = \"192.0.2\"", "s.toml:2: source: not an IP address"},
	{"zone", "[[esp]]\ndestination = \"fe80::1%eth0\"", "s.toml:2: destination: not an IP address"},
	{"esn", "[[esp]]\nesn = \"true\"", "s.toml:2: esn: write true or false, without quotes"},
	{"cipher", "[[esp]]\nencryption = \"aes-cbc\"",
		"s.toml:2: encryption: unknown cipher; did you mean aes-cbc-128?; names are like aes-cbc-128, aes-gcm-16-256, 3des-cbc"},
	{"integrity", "[[esp]]\nintegrity = \"hmac-sha1\"",
		"s.toml:2: integrity: unknown integrity algorithm; did you mean hmac-sha1-96?; names are like hmac-sha1-96, hmac-sha2-256-128"},
	{"esp key length", "[[esp]]\nencryption = \"aes-cbc-256\"\nencryption_key = \"404142434445464748494a4b4c4d4e4f\"",
		"s.toml:3: encryption_key: 16 octets; aes-cbc-256 has 32 (64 hex digits)"},
	{"esp integrity key length", "[[esp]]\nintegrity = \"hmac-sha1-96\"\nintegrity_key = \"404142434445464748494a4b4c4d4e4f\"",
		"s.toml:3: integrity_key: 16 octets; hmac-sha1-96 has 20 (40 hex digits)"},
	{"esp no keys", "[[esp]]\nspi = 1", "s.toml:1: encryption_key: missing: an entry without keys opens nothing"},
	{"esp key missing", "[[esp]]\nencryption = \"des-cbc\"", "s.toml:1: encryption_key: missing, although des-cbc is named"},
	{"esp null key", "[[esp]]\nencryption = \"null\"\nencryption_key = \"01\"",
		"s.toml:3: encryption_key: null has no key; leave it out"},
	{"esp aead integrity",
		"[[esp]]\nencryption = \"chacha20-poly1305\"\nencryption_key = \"" + strings.Repeat("ab", 36) +
			"\"\nintegrity = \"hmac-md5-96\"\nintegrity_key = \"404142434445464748494a4b4c4d4e4f\"",
		"s.toml:4: integrity: chacha20-poly1305 protects integrity itself; leave integrity and its key out"},
	{"esp integrity none", "[[esp]]\nintegrity = \"none\"\nintegrity_key = \"0102030405060708\"\nencryption = \"null\"",
		"s.toml:3: integrity_key: none has no key; leave it out"},
	{"ah encryption", "[[ah]]\nencryption = \"null\"",
		"s.toml:2: [[ah]]: unknown key; keys are spi, source, destination, integrity, esn, integrity_key, keymat"},
	{"ah no key", "[[ah]]\nspi = 1", "s.toml:1: integrity_key: missing: AH has no other key"},
	{"inline", "psk = [{secret = \"x\"}, {secret = \"\"}]", "s.toml:1: secret: empty: leave the key out if there is no value"},
}

func TestTOMLFaults(t *testing.T) {
	for _, f := range tomlFaults {
		t.Run(f.name, func(t *testing.T) {
			for _, ending := range []string{"\n", "\r\n"} {
				doc := strings.ReplaceAll(f.doc, "\n", ending)
				_, _, err := Read("s.toml", strings.NewReader(doc))
				if err == nil {
					t.Fatalf("%q: no error, want %s", doc, f.want)
				}
				if err.Error() != f.want {
					t.Errorf("%q\n got %v\nwant %v", doc, err, f.want)
				}
			}
		})
	}
}

// Every beginning of a document is a document or an error of one line that names the file.
func TestTOMLTruncated(t *testing.T) {
	for n := range len(goodTOML) {
		_, _, err := Read("s.toml", strings.NewReader(goodTOML[:n]))
		if err == nil {
			continue
		}
		if msg := err.Error(); !strings.HasPrefix(msg, "s.toml") || strings.ContainsAny(msg, "\r\n") {
			t.Errorf("cut at %d: %q", n, msg)
		}
	}
}

func TestTOMLShapes(t *testing.T) {
	want := &Ring{PSKs: []PSK{{Secret: text("cisco123"), IDs: []string{"a", "b"}, Only: true}}}
	for name, doc := range map[string]string{
		"BOM":              "\xef\xbb\xbf[[psk]]\nsecret = \"cisco123\"\nids = [\"a\", \"b\"]\n",
		"CRLF":             "[[psk]]\r\nsecret = \"cisco123\"\r\nids = [\"a\", \"b\"]\r\n",
		"no last line end": "[[psk]]\nsecret = \"cisco123\"\nids = [\"a\", \"b\"]",
		"blanks":           "\n\n  [[ psk ]]  # x\n\tsecret='cisco123'#\n ids=[ \"a\" , # c\n\n 'b', ]\n\n",
		"inline":           "psk = [ { secret = \"cisco123\", ids = [\"a\", \"b\"] } ]",
		"quoted key":       "[[\"psk\"]]\n\"secret\" = \"cisco123\"\n'ids' = [\"a\", \"b\"]",
		"long strings":     "[[psk]]\nsecret = \"\"\"\ncisco\\\n   123\"\"\"\nids = ['''a''', \"b\"]",
		"escapes":          "[[psk]]\nsecret = \"cisco\\u0031\\u00323\"\nids = [\"a\", \"b\"]",
		"twice":            "[[psk]]\nsecret = \"cisco123\"\nids = [\"a\"]\n[[psk]]\nsecret_hex=\"636973636f313233\"\nids=[\"b\"]",
	} {
		t.Run(name, func(t *testing.T) {
			got, ws := read(t, "s.toml", doc)
			noWarnings(t, ws)
			diff(t, got, want, noSource)
		})
	}
}
