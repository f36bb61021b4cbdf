package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"ikescope/pcaps/samples"
)

// Files of secrets: what people and broken programs put into them. canary is a
// value that must never come out again, in no case.

const canary = "c0ffee5ec2e7"

// keyCase is a file of secrets for the capture "vlan".
type keyCase struct {
	name, content string
	status        int    // of report
	says          string // in the report or beside it, parts with a | between
}

func TestHostileSecrets(t *testing.T) {
	vlan := samples.ByName("vlan")
	sec, err := vlan.Secrets()
	if err != nil {
		t.Fatal(err)
	}
	private := sec.IKE[0].Private.A.String()
	esp := sec.ESP[0]
	entry := func(lines ...string) string { return "[[esp]]\n" + strings.Join(lines, "\n") + "\n" }
	spi := `spi = "` + esp.SPIText + `"`
	key := `encryption_key = "` + esp.EncKey.String() + `"`
	mac := `integrity_key = "` + esp.AuthKey.String() + `"`
	names := "encryption = \"aes-cbc-128\"\nintegrity = \"hmac-sha1-96\""
	psk := "[[psk]]\nsecret = \"" + sec.PSK[0] + "\"\n"
	dh := func(v string) string { return psk + "[[dh]]\nprivate = \"" + v + "\"\n" }
	shared := func(v string) string { return psk + "[[dh]]\nshared = \"" + v + "\"\n" }
	for _, c := range []keyCase{
		{"odd number of digits", dh(canary + "a"), exitFailed, "secrets.toml:4|odd number of hex digits"},
		{"no hex", dh(canary + "xyz!"), exitFailed, "secrets.toml:4|hex"},
		{"0x in front", dh("0x" + private), exitDone, "verified"},
		{"quotes inside", dh("'" + private + "'"), exitFailed, "secrets.toml:4"},
		{"empty value", dh(""), exitFailed, "secrets.toml:4|empty"},
		{"empty file", "", exitFailed, "is empty"},
		{"blanks only", " \n\t\n", exitFailed, "is empty"},
		{"comment only", "# nothing yet\n", exitDone, "packets"},
		{"key for an unknown SPI", entry(`spi = "0x01020304"`, key, names, mac), exitDone, "0x01020304"},
		{"one SPI, two keys", entry(spi, names, `encryption_key = "00112233445566778899aabbccddeeff"`, mac) + entry(spi, names, key, mac), exitDone, "packets"},
		{"key too short", entry(spi, names, `encryption_key = "`+canary+`"`, mac), exitFailed, "secrets.toml:5|octets"},
		{"key too long", entry(spi, names, `encryption_key = "`+strings.Repeat(canary, 9)+`"`, mac), exitFailed, "secrets.toml:5|octets"},
		{"unknown algorithm", entry(spi, `encryption = "rot13"`, key), exitFailed, "secrets.toml:3|unknown cipher"},
		{"private value 0", dh("00"), exitFailed, "secrets.toml:4|is 0"},
		{"private value above the order", dh(strings.Repeat("ff", 192)), exitDone, "is in no KE payload"},
		{"private value of 60,000 octets", dh(strings.Repeat("5a", 60000)), exitFailed, "secrets.toml:4|60000 octets"},
		{"private value that is not of this capture", dh(canary), exitDone, "is in no KE payload"},
		{"shared secret that is not of this capture", shared(strings.Repeat("5a", 192)), exitDone, "shared"},
		{"shared secret without its leading octet", shared(sec.IKE[0].Shared.String()[2:]), exitDone, "octets"},
		{"a line of 1 MB", "[[psk]]\nsecret = \"" + strings.Repeat("a", 1<<20) + "\"\n", exitFailed, "secrets.toml:2"},
		{"NUL", "[[psk]]\nsecret = \"a\x00b\"\n", exitFailed, "secrets.toml"},
		{"CRLF", strings.ReplaceAll(dh(private), "\n", "\r\n"), exitDone, "verified"},
		{"CR only", strings.ReplaceAll(dh(private), "\n", "\r"), exitFailed, "secrets.toml"},
		{"byte-order mark", "\ufeff" + dh(private), exitDone, "verified"},
		{"UTF-16", utf16le(dh(private)), exitDone, "verified"},
		{"not UTF-8", "[[psk]]\nsecret = \"\xff\xfe\x80" + canary + "\"\n", exitFailed, "secrets.toml"},
		{"escapes in an identity", psk + "ids = [\"\x1b[2J\"]\n", exitFailed, "secrets.toml"},
		{"no closing quote", "[[psk]]\nsecret = \"" + canary + "\n", exitFailed, "secrets.toml:2"},
		{"no table", "secret = \"" + canary + "\"\n", exitFailed, "secrets.toml"},
		{"unknown table", "[[pask]]\nsecret = \"" + canary + "\"\n", exitFailed, "secrets.toml:1|unknown table"},
		{"unknown key", "[[psk]]\nsekret = \"" + canary + "\"\n", exitFailed, "secrets.toml:2|unknown key"},
		{"secret as a number", "[[psk]]\nsecret = 3232\n", exitFailed, "secrets.toml:2"},
		{"nested 3,000 deep", "[[psk]]\nids = " + strings.Repeat("[", 3000) + "\n", exitFailed, "secrets.toml"},
		{"dotted key of 3,000 parts", strings.Repeat("a.", 3000) + "a = 1\n", exitFailed, "secrets.toml"},
		{"100,000 tables", strings.Repeat("[[psk]]\nsecret = \"x\"\n", 100000), exitDone, "packets"},
		{"100,000 broken lines", psk + strings.Repeat("= "+canary+"\n", 100000), exitFailed, "secrets.toml"},
		{"pre-shared key with a trailing newline", "[[psk]]\nsecret = \"" + sec.PSK[0] + "\\n\"\n[[dh]]\nprivate = \"" + private + "\"\n", exitDone, "newline"},
		{"pre-shared key as text and as hex at once", "[[psk]]\nsecret = \"x\"\nsecret_hex = \"78\"\n[[dh]]\nprivate = \"05\"\n", exitFailed, "secrets.toml"},
		{"image", "\x89PNG\r\n\x1a\n" + canary, exitFailed, "secrets.toml"},
		{"private and shared at once", psk + "[[dh]]\nprivate = \"05\"\nshared = \"06\"\n", exitFailed, "secrets.toml:3"},
	} {
		t.Run(c.name, func(t *testing.T) { tryKeys(t, vlan.Capture(), c) })
	}
}

func utf16le(s string) string {
	b := []byte{0xff, 0xfe}
	for _, r := range utf16.Encode([]rune(s)) {
		b = append(b, byte(r), byte(r>>8))
	}
	return string(b)
}

func tryKeys(t *testing.T, capture string, c keyCase) {
	dir := t.TempDir()
	keys := filepath.Join(dir, "secrets.toml")
	if err := os.WriteFile(keys, []byte(c.content), 0o600); err != nil {
		t.Fatal(err)
	}
	for i, args := range [][]string{
		{"report"}, {"report", "--format", "json"}, {"messages", "-v"}, {"decrypt", "-o", "OUT"}, {"keys", "--format", "table"}, {"secrets", keys},
	} {
		if args[0] != "secrets" {
			args = append(args, capture, "-k", keys)
		}
		v := runHostile(t, dir, args)
		if i == 0 {
			told := strings.Join(strings.Fields(v.out+v.diag), " ")
			if v.status != c.status {
				t.Errorf("status %d, want %d: %s", v.status, c.status, v.diag)
			}
			for says := range strings.SplitSeq(c.says, "|") {
				if !strings.Contains(told, says) {
					t.Errorf("the report does not say %q:\n%s%s", says, v.out, v.diag)
				}
			}
		}
		if v.status == exitFailed && v.written {
			t.Errorf("%v: failed, and there is an output", args[0])
		}
		v.check(t, hostile{capture: []byte(c.content), refused: v.status == exitFailed})
		if args[0] != "keys" && strings.Contains(strings.ToLower(v.out+v.diag), canary) {
			t.Errorf("%v shows a secret:\n%s%s", args, v.out, v.diag)
		}
	}
}

// What stands under a name that is no plain file.
func TestHostileSecretsFiles(t *testing.T) {
	vlan, dir := samples.ByName("vlan").Capture(), t.TempDir()
	open := filepath.Join(dir, "open.toml")
	if err := os.WriteFile(open, []byte("[[psk]]\nsecret = \"x\"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	closed := filepath.Join(dir, "closed.toml")
	if err := os.WriteFile(closed, []byte("[[psk]]\nsecret = \"x\"\n"), 0o000); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "empty"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		status int
		says   string
	}{
		"open.toml":   {exitDone, "other users can read these secrets"},
		"empty":       {exitFailed, "no file in this folder holds secrets"},
		"missing":     {exitFailed, "no such file"},
		"closed.toml": {exitFailed, "permission denied"},
	} {
		if name == "closed.toml" && os.Geteuid() == 0 {
			continue // root reads it
		}
		var out, diag bytes.Buffer
		status := run(t.Context(), []string{"report", vlan, "-k", filepath.Join(dir, name)}, nil, &out, &diag)
		if status != c.status || !strings.Contains(diag.String(), c.says) {
			t.Errorf("%s: status %d, %s", name, status, diag.String())
		}
	}
}
