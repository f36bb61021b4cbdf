package secrets

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
)

var (
	siteA = netip.MustParseAddr("192.0.2.1")
	siteB = netip.MustParseAddr("192.0.2.2")
)

// espAt is an entry of the test files, which were printed by iproute2 6.1 in a lab.
func espAt(t *testing.T, file string, line int, spi uint32, src, dst netip.Addr, enc, encKey, integ, integKey string) ESP {
	return ESP{
		Protocol: 50, SPI: spi, Src: src, Dst: dst,
		Encryption: enc, EncryptionKey: mustHex(t, encKey), Integrity: integ, IntegrityKey: mustHex(t, integKey),
		Source: Source{File: file, Line: line},
	}
}

func TestXfrmState(t *testing.T) {
	got, ws := readFile(t, "xfrm-3des.txt")
	noWarnings(t, ws)
	diff(t, got, &Ring{ESPs: []ESP{
		espAt(t, "xfrm-3des.txt", 2, 0xc7a8cc9e, siteA, siteB, "3des-cbc", "18a0c72b285b3aa9294711851b942386f551c87b37a2423d",
			"hmac-sha1-96", "2664143449f6d86931e8336209fd6067ca92932a"),
		espAt(t, "xfrm-3des.txt", 18, 0xc9032330, siteB, siteA, "3des-cbc", "eff7d4f279831e1f3e8c9cd029768e67ca9a30ddd34ab868",
			"hmac-sha1-96", "be8dd047ceefc1742de365dce8383144926ffc55"),
	}})
}

func TestXfrmMonitor(t *testing.T) {
	got, ws := readFile(t, "xfrm-monitor-gcm.txt")
	noWarnings(t, ws)
	diff(t, got, &Ring{ESPs: []ESP{
		espAt(t, "xfrm-monitor-gcm.txt", 1, 0xcb978be1, siteB, siteA, "aes-gcm-16-128", "f31a944e92449b3f17a19b3b37fab6777218faab", "", ""),
		espAt(t, "xfrm-monitor-gcm.txt", 6, 0xc44500ae, siteA, siteB, "aes-gcm-16-128", "c007db7e093845d3ab75e3b269e0e267701d8d58", "", ""),
	}})
}

func TestXfrmESN(t *testing.T) {
	got, ws := readFile(t, "xfrm-esn.txt")
	noWarnings(t, ws)
	if len(got.ESPs) != 2 || !got.ESPs[0].ESN || !got.ESPs[1].ESN {
		t.Fatalf("want two SAs with extended sequence numbers, got %+v", got.ESPs)
	}
	if e := got.ESPs[0]; e.Integrity != "hmac-sha2-256-128" || e.Encryption != "aes-cbc-128" || e.SPI != 0xc667eee9 {
		t.Errorf("got %+v", e)
	}
}

// Of IPComp there are states of three kinds in each direction; only ESP has keys.
func TestXfrmIPComp(t *testing.T) {
	got, ws := readFile(t, "xfrm-ipcomp.txt")
	noWarnings(t, ws)
	if len(got.ESPs) != 2 || got.ESPs[0].SPI != 0xccf812ae || got.ESPs[1].SPI != 0xc943bc6b || got.ESPs[0].ESN {
		t.Errorf("got %+v", got.ESPs)
	}
}

func TestXfrmAH(t *testing.T) {
	got, ws := readFile(t, "xfrm-ah.txt")
	noWarnings(t, ws)
	if len(got.ESPs) != 2 {
		t.Fatalf("got %+v", got.ESPs)
	}
	want := ESP{
		Protocol: 51, SPI: 0xc6ea511c, Src: siteA, Dst: siteB,
		Integrity: "hmac-sha1-96", IntegrityKey: mustHex(t, "5e6929cfd6af683216c162e37076db430efff0ac"),
		Source: Source{File: "xfrm-ah.txt", Line: 2},
	}
	diff(t, &Ring{ESPs: got.ESPs[:1]}, &Ring{ESPs: []ESP{want}})
}

// xfrmBlock is a state with the given algorithm lines.
func xfrmBlock(lines ...string) string {
	return "src 192.0.2.1 dst 192.0.2.2\n\tproto esp spi 0x00001000 reqid 1 mode tunnel\n\treplay-window 0 flag af-unspec\n\t" +
		strings.Join(lines, "\n\t") + "\n\tanti-replay context: seq 0x0, oseq 0x0, bitmap 0x00000000\n"
}

const sha1Line = "auth-trunc hmac(sha1) 0x9488c209b17c2d56156e7e71af28e6c27b604d02 (160 bits) 96"

func TestXfrmAlgorithms(t *testing.T) {
	key := func(n int) string { return "0x" + strings.Repeat("a5", n) }
	for _, c := range []struct{ line, enc, integ string }{
		{"enc cbc(aes) " + key(16), "aes-cbc-128", ""},
		{"enc cbc(aes) " + key(24) + " (192 bits)", "aes-cbc-192", ""},
		{"enc aes " + key(32), "aes-cbc-256", ""},
		{"enc cbc(des) " + key(8), "des-cbc", ""},
		{"enc cbc(des3_ede) " + key(24), "3des-cbc", ""},
		{"enc cbc(blowfish) " + key(16), "blowfish-cbc-128", ""},
		{"enc cbc(cast5) " + key(16), "cast-cbc-128", ""},
		{"enc cbc(cast128) " + key(16), "cast-cbc-128", ""},
		{"enc cbc(camellia) " + key(32), "camellia-cbc-256", ""},
		{"enc rfc3686(ctr(aes)) " + key(20), "aes-ctr-128", ""},
		{"enc ecb(cipher_null) ", "null", ""},
		{"aead rfc4106(gcm(aes)) " + key(36) + " (288 bits) 128", "aes-gcm-16-256", ""},
		{"aead rfc4106(gcm(aes)) " + key(20) + " 64", "aes-gcm-8-128", ""},
		{"aead rfc4106(gcm(aes)) " + key(28) + " 96", "aes-gcm-12-192", ""},
		{"aead rfc4309(ccm(aes)) " + key(19) + " 64", "aes-ccm-8-128", ""},
		{"aead rfc4543(gcm(aes)) " + key(20) + " 128", "null-auth-aes-gmac-128", ""},
		{"aead rfc7539esp(chacha20,poly1305) " + key(36) + " 128", "chacha20-poly1305", ""},
		{"auth-trunc hmac(md5) " + key(16) + " 96", "", "hmac-md5-96"},
		{"auth-trunc hmac(sha1) " + key(20) + " (160 bits) 96", "", "hmac-sha1-96"},
		{"auth hmac(sha1) " + key(20), "", "hmac-sha1-96"},
		{"auth hmac(sha1) " + key(20) + " (160 bits)", "", "hmac-sha1-96"},
		{"auth-trunc hmac(sha256) " + key(32) + " 128", "", "hmac-sha2-256-128"},
		{"auth-trunc hmac(sha256) " + key(32) + " 96", "", "hmac-sha2-256-96"},
		{"auth-trunc hmac(sha384) " + key(48) + " 192", "", "hmac-sha2-384-192"},
		{"auth-trunc hmac(sha512) " + key(64) + " 256", "", "hmac-sha2-512-256"},
		{"auth-trunc xcbc(aes) " + key(16) + " 96", "", "aes-xcbc-96"},
		{"auth-trunc cmac(aes) " + key(16) + " 96", "", "aes-cmac-96"},
		{"auth-trunc digest_null 0", "", "none"},
	} {
		block := xfrmBlock(c.line)
		if c.enc == "" {
			block = xfrmBlock(c.line, "enc cbc(aes) "+key(16))
			c.enc = "aes-cbc-128"
		}
		got, ws := read(t, "x", block)
		noWarnings(t, ws)
		if len(got.ESPs) != 1 {
			t.Errorf("%s: %d entries", c.line, len(got.ESPs))
			continue
		}
		if e := got.ESPs[0]; e.Encryption != c.enc || e.Integrity != c.integ {
			t.Errorf("%s: got %q and %q, want %q and %q", c.line, e.Encryption, e.Integrity, c.enc, c.integ)
		}
	}
}

func TestXfrmForms(t *testing.T) {
	lines := strings.Split(strings.TrimSuffix(xfrmBlock(sha1Line, "enc cbc(des) 0x0102030405060708 (64 bits)"), "\n"), "\n")
	block := strings.Join(lines, "\n")
	want, _ := read(t, "x", block)
	if len(want.ESPs) != 1 {
		t.Fatal("no entry to compare with")
	}
	for name, text := range map[string]string{
		"one line":     strings.Join(lines, `\`),
		"updated":      "Updated " + block,
		"deleted":      "Deleted " + block,
		"time":         "[2026-11-24T00:18:01.123456] Updated " + block,
		"time, label":  "[2026-11-24T00:18:01.123456] [nsid 0]" + block,
		"indented":     "    " + strings.ReplaceAll(block, "\n", "\n    "),
		"quoted":       "> " + strings.ReplaceAll(block, "\n", "\n> "),
		"twice quoted": "> > " + strings.ReplaceAll(block, "\n", "\n> > "),
		"upper case":   strings.ReplaceAll(block, "0x", "0X"),
		"blanks":       strings.ReplaceAll(block, "\t", "    "),
		"CRLF":         strings.ReplaceAll(block, "\n", "\r\n"),
		"empty lines":  strings.ReplaceAll(block, "\n", "\n\n"),
		"AH number":    strings.Replace(block, "proto esp", "proto 50", 1),
		"twice":        block + "\n" + block,
	} {
		got, ws := read(t, "x", text)
		noWarnings(t, ws)
		t.Log(name)
		diff(t, got, want, noSource)
	}
}

func TestXfrmPassesOver(t *testing.T) {
	for name, text := range map[string]string{
		"event":       "Async event  (0x20)  timer expired \n\tsrc 192.0.2.1 dst 192.0.2.2  reqid 0x1 protocol esp  SPI 0xc7a8cc9e\n\t" + sha1Line,
		"other block": "src 192.0.2.1 dst 192.0.2.2\nother\n\tproto esp spi 0x1000 reqid 1 mode tunnel\n\t" + sha1Line,
		"no proto":    "src 192.0.2.1 dst 192.0.2.2\n\t" + sha1Line,
		"two tabs":    "src 192.0.2.1 dst 192.0.2.2\n\t\tproto esp spi 0x1000 reqid 1 mode tunnel\n\t" + sha1Line,
		"name":        "src a dst b\n\tproto esp spi 0x1000 reqid 1 mode tunnel\n\t" + sha1Line,
		"bad spi":     "src 192.0.2.1 dst 192.0.2.2\n\tproto esp spi 0x100000000 reqid 1 mode tunnel\n\t" + sha1Line,
	} {
		if _, _, err := Read("x", strings.NewReader(text)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// What stands between the lines of a state, or of another format behind it, is found.
func TestXfrmAmongOthers(t *testing.T) {
	state := "src 192.0.2.1 dst 192.0.2.2\n\tproto esp spi 0x%x reqid 1 mode tunnel\n"
	text := fmt.Sprintf(state, 0x1000) + "\t: PSK \"between\"\n\t" + sha1Line + "\n: PSK \"behind\"\n" +
		fmt.Sprintf(state, 0x1001) + "\tenc ecb(cipher_null) \n\t" + sha1Line + "\n: PSK \"last\"\n"
	got, ws := read(t, "x", text)
	noWarnings(t, ws)
	if len(got.PSKs) != 3 || len(got.ESPs) != 2 || got.ESPs[1].SPI != 0x1001 || got.ESPs[1].Encryption != "null" {
		t.Errorf("got %+v", got)
	}
}

// Policies are recognised, and hold no keys: what looks like a state in one is a template.
func TestXfrmPolicy(t *testing.T) {
	got, ws := read(t, "x", "src 10.1.0.0/24 dst 10.2.0.0/24 \n\tdir out priority 1\n\ttmpl src 192.0.2.1 dst 192.0.2.2\n\t\tproto esp spi 0xc7a8cc9e reqid 1 mode tunnel\n\t"+sha1Line)
	warned(t, ws, 0, "ip xfrm policy alone")
	diff(t, got, &Ring{})
}

// A larval state is no fault and no entry.
func TestXfrmLarval(t *testing.T) {
	got, ws := read(t, "x", "src 192.0.2.1 dst 192.0.2.2\n\tproto esp spi 0x00001000 reqid 1 mode tunnel\n\treplay-window 0 \n")
	warned(t, ws, 0, "no secrets that can be used")
	diff(t, got, &Ring{})
}

func TestXfrmFaults(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"enc cbc(serpent) 0x00112233445566778899aabbccddeeff", "x:5: enc: cipher that this program does not know"},
		{"enc cbc(aes) 0x0011", "x:5: enc: 2 octets are no key length of cbc(aes), or 0 bits no ICV of it"},
		{"enc cbc(aes) 0x001", "x:5: enc: odd number of hex digits (3)"},
		{"enc cbc(aes) 0xsecret", "x:5: enc: not hex: only the digits 0-9 and a-f, blanks and colons may stand here"},
		{"enc cbc(aes) 0x", "x:5: enc: empty"},
		{"enc cbc(aes)", "x:5: enc: 0 octets are no key length of cbc(aes), or 0 bits no ICV of it"},
		{"enc cbc(aes) (ERROR truncated)", "x:5: enc: cut off by ip itself"},
		{"auth-trunc hmac(rmd160) 0x00112233445566778899aabbccddeeff00112233 96", "x:5: auth: integrity algorithm that this program does not know"},
		{"auth-trunc hmac(sha256) 0x0011 17", "x:5: auth: hmac(sha256) cut to 17 bits, which no IPsec transform does"},
		{"auth-trunc hmac(sha256) 0x0011 96", "x:1: integrity_key: 2 octets; hmac-sha2-256-96 has 32 (64 hex digits)"},
	} {
		_, _, err := Read("x", strings.NewReader(xfrmBlock("mark 0/0", c.line)))
		if err == nil || err.Error() != c.want {
			t.Errorf("%s\n got %v\nwant %v", c.line, err, c.want)
		}
		// Beside a good entry it is a warning.
		got, ws := read(t, "x", xfrmBlock("mark 0/0", c.line)+xfrmBlock(sha1Line, "enc cbc(des) 0x0102030405060708"))
		if len(got.ESPs) != 1 || len(ws) != 1 || !strings.HasPrefix(ws[0].String(), c.want) {
			t.Errorf("%s: got %d entries, %v", c.line, len(got.ESPs), ws)
		}
	}
}

func TestXfrmHiddenKeys(t *testing.T) {
	for _, line := range []string{
		"enc cbc(aes) <<Keys hidden>>",
		"auth-trunc hmac(sha256) <<Keys hidden>> 128",
		"enc cbc(aes) 0x00000000000000000000000000000000 (128 bits)",
	} {
		got, ws := read(t, "x", xfrmBlock(line))
		diff(t, got, &Ring{})
		warned(t, ws, 1, "keys are hidden")
	}
}

// A dump cut anywhere gives a part of its entries, and never an entry that is not in the whole.
func TestXfrmTruncated(t *testing.T) {
	block := xfrmBlock(sha1Line, "enc cbc(des) 0x0102030405060708 (64 bits)")
	whole, _ := read(t, "x", block+block)
	for n := range len(block) {
		r, _, err := Read("x", strings.NewReader(block+block[:n]))
		if err != nil {
			t.Fatalf("cut at %d: %v", n, err)
		}
		if len(r.ESPs) > 2 || r.ESPs[0].SPI != whole.ESPs[0].SPI {
			t.Errorf("cut at %d: %+v", n, r.ESPs)
		}
	}
}

// Lines that are not of the format cost nothing: a log may have millions of them.
func TestLineReadersDoNotAllocate(t *testing.T) {
	logLine := []byte("Nov 24 00:15:10.671854: | section 5 keymat extracting all 36 bytes of key@0x552ad7e0e0: done")
	for _, f := range formats {
		if f.lines == nil || f.detect != nil {
			continue
		}
		r := f.lines(newCollector("x"))
		if n := testing.AllocsPerRun(100, func() { r.Line(1, logLine) }); n > 0 {
			t.Errorf("%s: %v allocations", f.Name, n)
		}
	}
}

func BenchmarkLines(b *testing.B) {
	var log strings.Builder
	for i := range 10000 {
		fmt.Fprintf(&log, "Nov 24 00:15:10.671854: | section 5 keymat extracting all %d bytes of key@0x552ad7e0e0: done\n", i)
	}
	text := "src 192.0.2.1 dst 192.0.2.2\n\tproto comp spi 0x1 mode tunnel\n" + log.String()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, _, err := Read("x", strings.NewReader(text)); err != nil {
			b.Fatal(err)
		}
	}
}
