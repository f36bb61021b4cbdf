package secrets

import (
	"net/netip"
	"os"
	"strings"
	"testing"
)

// goodTOML has every key of the format.
var goodTOML = `# a comment
[[psk]]
secret = "cisco123"   # text
ids    = ["192.0.2.1", "gw.example.org"]

[[psk]]
secret_hex = "00 01:02 fF"

[[psk]]
secret_base64 = 'Y2lzY28xMjM0'
ids = ["%any"]

[[dh]]
private = "0x2192ab"
[[dh]]
shared = "` + sharedModp768 + `"

[[isakmp]]
initiator_cookie = "ad9bf02546cec85f"
responder_cookie = "98ECFC1DCB5592DE"
skeyid   = "000102030405060708090a0b0c0d0e0f10111213"
skeyid_d = "100102030405060708090a0b0c0d0e0f10111213"
skeyid_a = "200102030405060708090a0b0c0d0e0f10111213"
skeyid_e = "300102030405060708090a0b0c0d0e0f10111213"
encryption_key = "404142434445464748494a4b4c4d4e4f"
initial_iv = "5051525354555657"

[[ike]]
initiator_spi = "0102030405060708"
responder_spi = "1112131415161718"
sk_d  = "6001020304050607080910111213141516171819"
sk_ai = "6101020304050607080910111213141516171819"
sk_ar = "6201020304050607080910111213141516171819"
sk_ei = "630102030405060708090a0b0c0d0e0f"
sk_er = "640102030405060708090a0b0c0d0e0f"
encryption = "aes-cbc-128"
integrity = "hmac-sha1-96"

[[esp]]
spi = "0xcc4fcd10"
source = "192.0.2.1"
destination = "192.0.2.2"
encryption = "3des-cbc"
encryption_key = "700102030405060708090a0b0c0d0e0f1011121314151617"
integrity = "hmac-sha1-96"
integrity_key = "710102030405060708090a0b0c0d0e0f10111213"
esn = false

[[esp]]
spi = 0xcc4fcd11
encryption = "AES-GCM-16-128"
encryption_key = "800102030405060708090a0b0c0d0e0f10111213"
esn = true

[[ah]]
destination = "2001:db8::1"
integrity = "hmac-md5-96"
integrity_key = "900102030405060708090a0b0c0d0e0f"

[[esp]] # of whatever SA it opens
encryption_key = "a00102030405060708090a0b0c0d0e0f"
integrity_key = "a10102030405060708090a0b0c0d0e0f10111213"
`

var sharedModp768 = strings.Repeat("5a", 96)

func TestTOML(t *testing.T) {
	got, ws := read(t, "secrets.toml", goodTOML)
	noWarnings(t, ws)
	at := func(line int) Source { return Source{File: "secrets.toml", Line: line} }
	x := func(s string) *[8]byte { return (*[8]byte)(mustHex(t, s).Bytes()) }
	diff(t, got, &Ring{
		PSKs: []PSK{
			{Secret: text("cisco123"), IDs: []string{"192.0.2.1", "gw.example.org"}, Only: true, Source: at(2)},
			{Secret: mustHex(t, "000102ff"), Source: at(6)},
			{Secret: text("cisco1234"), Source: at(9)},
		},
		DHs: []DH{
			{Private: mustHex(t, "2192ab"), Source: at(13)},
			{Shared: mustHex(t, sharedModp768), Source: at(15)},
		},
		ISAKMPs: []ISAKMP{{
			CookieI:   x("ad9bf02546cec85f"),
			CookieR:   x("98ecfc1dcb5592de"),
			SKEYID:    mustHex(t, "000102030405060708090a0b0c0d0e0f10111213"),
			SKEYIDd:   mustHex(t, "100102030405060708090a0b0c0d0e0f10111213"),
			SKEYIDa:   mustHex(t, "200102030405060708090a0b0c0d0e0f10111213"),
			SKEYIDe:   mustHex(t, "300102030405060708090a0b0c0d0e0f10111213"),
			CipherKey: mustHex(t, "404142434445464748494a4b4c4d4e4f"),
			InitialIV: mustHex(t, "5051525354555657"),
			Source:    at(18),
		}},
		IKEv2s: []IKEv2{{
			SPIi:       x("0102030405060708"),
			SPIr:       x("1112131415161718"),
			SKd:        mustHex(t, "6001020304050607080910111213141516171819"),
			SKai:       mustHex(t, "6101020304050607080910111213141516171819"),
			SKar:       mustHex(t, "6201020304050607080910111213141516171819"),
			SKei:       mustHex(t, "630102030405060708090a0b0c0d0e0f"),
			SKer:       mustHex(t, "640102030405060708090a0b0c0d0e0f"),
			Encryption: "aes-cbc-128",
			Integrity:  "hmac-sha1-96",
			Source:     at(28),
		}},
		ESPs: []ESP{
			{
				Protocol: 50, SPI: 0xcc4fcd10,
				Src: netip.MustParseAddr("192.0.2.1"), Dst: netip.MustParseAddr("192.0.2.2"),
				Encryption:    "3des-cbc",
				EncryptionKey: mustHex(t, "700102030405060708090a0b0c0d0e0f1011121314151617"),
				Integrity:     "hmac-sha1-96",
				IntegrityKey:  mustHex(t, "710102030405060708090a0b0c0d0e0f10111213"),
				Source:        at(39),
			},
			{
				Protocol: 50, SPI: 0xcc4fcd11, ESN: true,
				Encryption:    "aes-gcm-16-128",
				EncryptionKey: mustHex(t, "800102030405060708090a0b0c0d0e0f10111213"),
				Source:        at(49),
			},
			{
				Protocol:      50,
				EncryptionKey: mustHex(t, "a00102030405060708090a0b0c0d0e0f"),
				IntegrityKey:  mustHex(t, "a10102030405060708090a0b0c0d0e0f10111213"),
				Source:        at(60),
			},
			{
				Protocol: 51, Dst: netip.MustParseAddr("2001:db8::1"),
				Integrity:    "hmac-md5-96",
				IntegrityKey: mustHex(t, "900102030405060708090a0b0c0d0e0f"),
				Source:       at(55),
			},
		},
	})
}

func TestTOMLWarnings(t *testing.T) {
	for _, w := range []struct{ doc, part string }{
		{"[[psk]]\nsecret = \"0x1234\"", "begins with 0x"},
		{"[[psk]]\nsecret = \"0sAbCd\"", "begins with 0s"},
		{"[[psk]]\nsecret = \"abc\\n\"", "blanks or line ends"},
		{"[[dh]]\nshared = \"" + strings.Repeat("1", 254) + "\"", "127 octets; a MODP 1024 secret has 128 (256 hex digits); leading zeros"},
		{"[[dh]]\nshared = \"001122\"", "3 octets; an ECP 192 secret has 24 (48 hex digits)"},
	} {
		_, ws := read(t, "s.toml", w.doc)
		warned(t, ws, 2, w.part)
	}
	r, _ := read(t, "s.toml", "[[psk]]\nsecret = \"0x1234\"")
	diff(t, r, &Ring{PSKs: []PSK{{Secret: text("0x1234")}}}, noSource)
}

func TestTOMLLimits(t *testing.T) {
	for name, c := range map[string]struct{ doc, want string }{
		"1 MB secret": {"[[psk]]\nsecret = \"" + strings.Repeat("a", 1<<20) + "\"",
			"s.toml:2: secret: 1048576 octets; no secret is longer than 65536"},
		"brackets": {"[[psk]]\nids = " + strings.Repeat("[", 1<<20), "s.toml:2: ids: nested too deep"},
		"braces":   {"[[psk]]\nids = " + strings.Repeat("{a=", 1<<20), "s.toml:2: ids: nested too deep"},
		"dots":     {"[[psk]]\n" + strings.Repeat("a.", 1<<20) + "a = 1", "s.toml:2: dotted key of too many parts"},
		"tables":   {strings.Repeat("[psk]\n", 1<<18), "s.toml:131073: more than 131072 entries and values"},
		"values":   {"[[psk]]\nids = [" + strings.Repeat("1,", 1<<18) + "]", "s.toml:2: ids: more than 131072 entries and values"},
		"ids":      {"[[psk]]\nsecret = \"x\"\nids = [" + strings.Repeat("\"a\",", 2000) + "]", "s.toml:3: ids: more than 1024"},
		"file":     {"[[psk]]\n" + strings.Repeat("#", maxTOML), "s.toml: longer than 64 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := Read("s.toml", strings.NewReader(c.doc))
			if err == nil || err.Error() != c.want {
				t.Errorf("got %v\nwant %v", err, c.want)
			}
		})
	}
}

// Every key that errors may name is a key of some table, and every key of a table may be named.
func TestTOMLKeysComplete(t *testing.T) {
	asked := map[string]bool{}
	for _, table := range tomlTables {
		e := &tomlEntry{c: newCollector("x"), table: table.name}
		table.read(e)
		for _, key := range e.asked {
			asked[key] = true
			if knownKey(key) == "" {
				t.Errorf("key %s of %s is not in tomlKeys", key, table.name)
			}
		}
	}
	for _, key := range tomlKeys {
		if !asked[key] {
			t.Errorf("no table has key %s", key)
		}
	}
}

func TestTOMLDirectory(t *testing.T) {
	f, err := os.Open(t.TempDir())
	if err != nil {
		t.Skip(err)
	}
	defer f.Close()
	_, _, err = Read("dir", f)
	if err == nil || !strings.HasPrefix(err.Error(), "dir: ") || strings.Contains(err.Error(), f.Name()) {
		t.Errorf("got %v", err)
	}
}
