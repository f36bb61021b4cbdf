package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"ikescope/decode/isakmp"
	"ikescope/pcaps"
	"ikescope/pcaps/samples"
)

// TestSecretsStayInside runs every command that need not show a secret, and looks
// for all secrets of the capture in everything that was printed or written.
func TestSecretsStayInside(t *testing.T) {
	s := samples.ByName("mm-psk-aes256-sha256-modp2048-pfs")
	sec, err := s.Secrets()
	if err != nil {
		t.Fatal(err)
	}
	keys, wrong := secretsFile(t, s), filepath.Join(t.TempDir(), "wrong.toml")
	if err := os.WriteFile(wrong, []byte(sec.TOML(samples.Shared)+"[[psk]]\nsekret = \""+sec.PSK[0]+"\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if shown := execute(t, exitDone, "keys", s.Capture(), "-k", keys, "--format", "json"); !strings.Contains(shown, sec.IKE[0].SKEYIDd.String()) {
		t.Fatal("the search would not find what keys discloses")
	}
	private := sec.IKE[0].Private.A.String()
	for _, args := range [][]string{
		{"report", s.Capture(), "-k", keys},
		{"report", s.Capture(), "-k", keys, "--format", "json"},
		{"report", s.Capture(), "-k", keys, "--format", "html"},
		{"report", s.Capture(), "-k", keys, "--format", "csv"},
		{"report", s.Capture(), "-k", wrong},
		{"report", s.Capture(), "--try", keys},
		{"report", s.Capture(), s.Capture(), "--both"},
		{"secrets", keys, wrong},
		{"secrets", keys, "--format", "json"},
		{"report", s.Capture(), "--psk", sec.PSK[0], "--dh", private},
		{"report", s.Capture(), "--psk", sec.PSK[0], "--dh", private + "x"},
		{"messages", s.Capture(), "-k", keys},
		{"messages", s.Capture(), "-k", keys, "-v"},
		{"messages", s.Capture(), "-k", keys, "-v", "--format", "json"},
		{"decrypt", s.Capture(), "-k", keys, "--ike", "-o", "-"},
		{"decrypt", s.Capture(), "-k", keys, "-o", filepath.Join(t.TempDir(), "no", "inner.pcapng")},
	} {
		var both bytes.Buffer
		run(t.Context(), args, nil, &both, &both)
		for name, form := range forms(sec) {
			if bytes.Contains(both.Bytes(), form) {
				t.Errorf("ikescope %s shows a secret (%s)", args[0], name)
			}
		}
	}
}

// forms are all secrets, in the forms in which they could slip out.
func forms(sec samples.Secrets) map[string][]byte {
	out := map[string][]byte{}
	add := func(what string, b []byte) {
		out[what+" raw"] = b
		out[what+" hex"] = []byte(hex.EncodeToString(b))
		out[what+" HEX"] = bytes.ToUpper(out[what+" hex"])
		out[what+" base64"] = []byte(base64.RawStdEncoding.EncodeToString(b))
	}
	for _, p := range sec.PSK {
		add("psk", []byte(p))
	}
	i := sec.IKE[0]
	for what, b := range map[string][]byte{
		"private": i.Private.A, "shared": i.Shared, "skeyid": i.SKEYID, "skeyid_d": i.SKEYIDd,
		"skeyid_a": i.SKEYIDa, "skeyid_e": i.SKEYIDe, "cipher key": i.CipherKey,
	} {
		add(what, b)
	}
	for _, e := range sec.ESP {
		add("esp "+e.SPIText, e.EncKey)
		add("esp auth "+e.SPIText, e.AuthKey)
	}
	return out
}

// TestStrangersCannotWriteOnTheTerminal puts what a terminal obeys, or what turns
// text around, wherever a stranger can write, and looks at everything printed.
func TestStrangersCannotWriteOnTheTerminal(t *testing.T) {
	for name, evil := range map[string]string{
		"text":   "\x1b]0;owned\x07\x1b[2J\r\n\u202egnp\u2066\u200b\u2028\u009b31m\x7f",
		"octets": "\x1b]0;owned\x07\x9b31m\xff\x00\xc3",
	} {
		t.Run(name, func(t *testing.T) { strangers(t, evil) })
	}
}

func strangers(t *testing.T, evil string) {
	path := filepath.Join(t.TempDir(), "evil\x1b[31m\u202e.pcapng")
	hostileCapture(t, path, evil)
	if shown := execute(t, exitDone, "messages", path, "-v"); !strings.Contains(shown, `\x1b]0;owned\x07`) && !strings.Contains(shown, hex.EncodeToString([]byte("\x1b]0;owned\x07"))) {
		t.Errorf("the text is not in the output, escaped or in hex:\n%s", shown)
	}
	for _, args := range [][]string{
		{"report", path},
		{"report", path, "--format", "json"},
		{"report", path, "--format", "html"},
		{"messages", path},
		{"messages", path, "-v"},
		{"messages", path, "-v", "--format", "json"},
		{"keys", path},
		{"decrypt", path, "-o", filepath.Join(t.TempDir(), evil[:8], "out")},
		{"report", path, "-k", path},
		{"report", path + "x"},
		{"report", evil},
		{evil},
		{"report", "--" + evil},
		{"report", path, "--format", evil},
	} {
		var both bytes.Buffer
		run(t.Context(), args, nil, &both, &both)
		if both.Len() == 0 {
			t.Errorf("%q prints nothing", args)
		}
		for line := range strings.Lines(both.String()) {
			if r := unsafeRune(strings.TrimSuffix(line, "\n")); r != "" {
				t.Errorf("%q lets %s through: %q", args, r, line)
			}
		}
	}
}

// unsafeRune names the first character of a line that should not reach a terminal.
func unsafeRune(line string) string {
	for i, r := range line {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(line[i:], "\ufffd"):
			return "an octet that is no UTF-8"
		case unicode.IsControl(r), unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp):
			return strings.ToUpper(hex.EncodeToString([]byte(string(r))))
		}
	}
	return ""
}

// hostileCapture writes an Aggressive Mode message whose identity, vendor ID and
// notification are text, and puts the text into the file's own fields too.
func hostileCapture(t *testing.T, path, text string) {
	t.Helper()
	m := messageBetween("192.0.2.1:500", "192.0.2.2:500")
	m.Header.Exchange, m.Header.Flags, m.Header.MessageID = isakmp.ExchangeAggressive, 0, 0
	m.Header.CookieR = isakmp.Cookie{}
	body := func(head string) []byte { return []byte(head + text) }
	m.Payloads = []isakmp.Payload{
		{Type: isakmp.PayloadSA, Body: []byte("\x00\x00\x00\x01\x00\x00\x00\x01")},
		{Type: isakmp.PayloadID, Body: body("\x02\x11\x01\xf4")},
		{Type: isakmp.PayloadVendor, Body: body("")},
		{Type: isakmp.PayloadNotify, Body: body("\x00\x00\x00\x01\x01\x00\x00\x0e")},
		{Type: isakmp.PayloadCert, Body: body("\x04")},
	}
	f, err := os.Create(path)
	if err != nil {
		t.Skip("the file system does not take the name:", err)
	}
	defer f.Close()
	w := pcaps.NewWriter(f, pcaps.FormatPcapng, pcaps.WriterOptions{Application: text, System: text, Comment: text})
	if _, err := w.AddInterface(pcaps.Interface{Name: text, Description: text, Link: pcaps.LinkRaw}); err != nil {
		t.Fatal(err)
	}
	if err := w.WriteComment(0, 1, 0, text, clearDatagram(m)); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
}
