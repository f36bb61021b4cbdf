package secrets

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The values are those of the sample mm-psk-3des-sha1-modp1024 and made up ones.
const keysJSONSample = `{
  "schema": "ikescope/keys/1",
  "isakmp": [
    {
      "initiator_cookie": "73cc11d2349a360d", "responder_cookie": "d97b5c488f49300c",
      "initiator": "192.0.2.1", "responder": "192.0.2.2", "encryption": "3des-cbc", "hash": "sha1",
      "dh_shared": null,
      "skeyid_d": "a59bb6590be0dfe4324bef9b34c3ef0a6ba68940",
      "encryption_key": "ac30bed75616858b389af0ea8b66de371fbc500523186a62"
    }
  ],
  "ike": [
    {"initiator_spi": "0102030405060708", "responder_spi": "1112131415161718", "encryption": "aes-gcm-16-128", "integrity": "none",
     "sk_d": "000102030405060708090a0b0c0d0e0f10111213", "sk_ei": "000102030405060708090a0b0c0d0e0f10111213", "sk_er": null}
  ],
  "ipsec": [
    {"protocol": "esp", "spi": "0xc7a8cc9e", "source": "192.0.2.1", "destination": "192.0.2.2", "mode": "tunnel",
     "encryption": "3des-cbc", "integrity": "hmac-sha1-96",
     "encryption_key": "18a0c72b285b3aa9294711851b942386f551c87b37a2423d", "integrity_key": "2664143449f6d86931e8336209fd6067ca92932a", "esn": true},
    {"protocol": "ah", "spi": "0x00000100", "source": null, "destination": "2001:db8::2", "encryption": null,
     "integrity": "hmac-md5-96", "integrity_key": "000102030405060708090a0b0c0d0e0f", "esn": false},
    {"protocol": "ipcomp", "spi": "0x00001234", "encryption_key": null, "integrity_key": null}
  ]
}
`

const keysJSONAsTOML = `[[isakmp]]
initiator_cookie = "73cc11d2349a360d"
responder_cookie = "d97b5c488f49300c"
skeyid_d = "a59bb6590be0dfe4324bef9b34c3ef0a6ba68940"
encryption_key = "ac30bed75616858b389af0ea8b66de371fbc500523186a62"

[[ike]]
initiator_spi = "0102030405060708"
responder_spi = "1112131415161718"
encryption = "aes-gcm-16-128"
integrity = "none"
sk_d = "000102030405060708090a0b0c0d0e0f10111213"
sk_ei = "000102030405060708090a0b0c0d0e0f10111213"

[[esp]]
spi = "0xc7a8cc9e"
source = "192.0.2.1"
destination = "192.0.2.2"
encryption = "3des-cbc"
encryption_key = "18a0c72b285b3aa9294711851b942386f551c87b37a2423d"
integrity = "hmac-sha1-96"
integrity_key = "2664143449f6d86931e8336209fd6067ca92932a"
esn = true

[[ah]]
spi = "0x00000100"
destination = "2001:db8::2"
integrity = "hmac-md5-96"
integrity_key = "000102030405060708090a0b0c0d0e0f"
`

// deeper is the sample as a report has it.
func deeper() string {
	s := strings.NewReplacer("ikescope/keys/1", "ikescope/report/1", `"isakmp":`, `"isakmp_sas":`, `"ike":`, `"more":`, `"ipsec":`, `"ipsec_sas":`).Replace(keysJSONSample)
	for _, key := range []string{`"dh_shared": null`, `"encryption_key": "18a0c72b285b3aa9294711851b942386f551c87b37a2423d"`} {
		before, after, _ := strings.Cut(s, key)
		s = before + `"keys": {` + key + strings.Replace(after, "}", "}}", 1)
	}
	return s
}

func TestKeysJSON(t *testing.T) {
	want, _, err := Read("f", strings.NewReader(keysJSONAsTOML))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"keys": keysJSONSample, "mark": utf8BOM + keysJSONSample, "blanks": "\n\n  " + keysJSONSample, "CRLF": strings.ReplaceAll(keysJSONSample, "\n", "\r\n"),
	} {
		got, ws, err := Read("f", strings.NewReader(text))
		if err != nil || len(ws) > 0 {
			t.Fatalf("%s: %v, %v", name, ws, err)
		}
		if d := cmp.Diff(withoutPlaces(rendered(t, want, nil)), withoutPlaces(rendered(t, got, nil))); d != "" {
			t.Errorf("%s: -want +got:\n%s", name, d)
		}
	}
	got, _, err := Read("f", strings.NewReader(keysJSONSample))
	if err != nil {
		t.Fatal(err)
	}
	if l := []int{got.ISAKMPs[0].Source.Line, got.IKEv2s[0].Source.Line, got.ESPs[0].Source.Line, got.ESPs[1].Source.Line}; !cmp.Equal(l, []int{4, 13, 17, 20}) {
		t.Errorf("lines %v", l)
	}
}

// withoutPlaces takes the lines away that say where an entry stood.
func withoutPlaces(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "# from ") {
			b.WriteString(line)
		}
	}
	return b.String()
}

func TestKeysJSONOfAReport(t *testing.T) {
	got, ws, err := Read("f", strings.NewReader(deeper()))
	if err != nil || len(ws) > 0 {
		t.Fatal(ws, err)
	}
	if len(got.ISAKMPs) != 1 || len(got.ESPs) != 2 || got.ESPs[0].IntegrityKey.Len() != 20 || got.ESPs[0].SPI != 0xc7a8cc9e {
		t.Errorf("%+v", got.Entries())
	}
	_, ws, err = Read("f", strings.NewReader(`{"schema": "ikescope/report/1", "ipsec_sas": [{"protocol": "esp", "spi": "0x00000100"}]}`))
	if err != nil || len(ws) != 1 || !strings.Contains(ws[0].String(), "--show-keys") {
		t.Errorf("without keys: %v, %v", ws, err)
	}
}

func TestKeysJSONFaults(t *testing.T) {
	const head = `{"schema": "ikescope/keys/1", `
	for text, want := range map[string]string{
		head + `"isakmp": [{"skeyid_d": "abc"}]}`:                                      "f:1: skeyid_d: odd number of hex digits (3); an MD5 SKEYID_d has 32",
		head + "\n\"ipsec\": [\n{\"protocol\": \"esp\", \"encryption_key\": \"zz\"}]}": "f:3: encryption_key: not hex: only the digits 0-9 and a-f, blanks and colons may stand here",
		head + `"isakmp": {"skeyid_d": "00"}}`:                                         "f:1: not the JSON that this program writes",
		head + `"isakmp": [7]}`:                                                        "f:1: not the JSON that this program writes",
		head + `"isakmp": [{"skeyid_d": 7}]}`:                                          "f:1: not the JSON that this program writes",
		head + `"isakmp": [{"skeyid`:                                                   "f:1: ends before its JSON is complete",
		head + `x`:                                                                     "f:1: not the JSON that this program writes",
	} {
		if _, _, err := Read("f", strings.NewReader(text)); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	for n := range keysJSONSample {
		if _, _, err := Read("f", strings.NewReader(keysJSONSample[:n])); err == nil && n < len(keysJSONSample)-2 {
			t.Fatalf("cut at %d: no error", n)
		}
	}
}

func FuzzKeysJSON(f *testing.F) {
	f.Add([]byte(keysJSONSample))
	f.Add([]byte(deeper()))
	fuzzFormat(f, "keys in JSON")
}
