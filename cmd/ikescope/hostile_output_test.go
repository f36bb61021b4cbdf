package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"ikescope/pcaps"
	"ikescope/pcaps/samples"
)

// evils are texts that a terminal, a browser, a spreadsheet or a shell would obey.
var evils = map[string]string{
	"escapes":    "\x1b]0;owned\x07\x1b[2J\x9b31m\u009b31m\r\n\x00\x7f",
	"bidi":       "\u202egnp.exe\u2066\u200b\ufeff\u2060",
	"separators": "line\u2028para\u2029next\u0085",
	"markup":     "</td><script>alert(1)</script><img src=x onerror=alert(1)><!--",
	"formulas":   "=cmd|' /C calc'!A0\t+1\u00a0=2",
	"shell":      "$(reboot)`reboot`';reboot;'\"",
	"octets":     "\xff\xfe\x80\xc3\x28\xed\xa0\x80",
	"long":       strings.Repeat("A", 30000),
}

// Texts of strangers in every place where one fits: names and comments of the
// file, identities, vendor IDs, notifications, certificates.
func TestHostileTexts(t *testing.T) {
	for name, evil := range evils {
		path := filepath.Join(t.TempDir(), "made.pcapng")
		hostileCapture(t, path, evil)
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) {
			survive(t, hostile{capture: b, file: "made.pcapng", says: "1 packet"})
			table := runHostile(t, t.TempDir(), []string{"report", path, "--format", "csv"})
			rows, err := csv.NewReader(strings.NewReader(table.out)).ReadAll() // rows of unlike length are an error
			if err != nil {
				t.Errorf("CSV: %v", err)
			}
			for _, row := range rows {
				for _, cell := range row {
					if begin := strings.TrimLeft(cell, " \u00a0\r\n"); begin != "" && strings.ContainsAny(begin[:1], "=+-@\t") {
						t.Errorf("a cell is a formula: %q", cell)
					}
				}
			}
			page := runHostile(t, t.TempDir(), []string{"report", path, "--format", "html"})
			if strings.Count(page.out, "<script") != 1 { // its own, which the policy names by its hash
				t.Error("the page has a script that is not its own")
			}
			for _, never := range []string{"<img", "onerror=alert(1)>", "javascript:", "http://", "https://"} {
				if strings.Contains(page.out, never) {
					t.Errorf("the page has %s", never)
				}
			}
		})
	}
}

// Names of files are texts of strangers too; and what is offered for copying must
// not run anything.
func TestHostileFileNames(t *testing.T) {
	s := samples.ByName("vlan")
	good, err := os.ReadFile(s.Capture())
	if err != nil {
		t.Fatal(err)
	}
	for name, evil := range evils {
		dir := t.TempDir()
		path := filepath.Join(dir, strings.ReplaceAll(strings.ReplaceAll(evil[:min(len(evil), 60)], "/", "_"), "\x00", "_")+".pcap")
		if err := os.WriteFile(path, good, 0o600); err != nil {
			continue // the file system does not take the name
		}
		for _, args := range [][]string{
			{"report", path}, {"report", path, "--format", "json"}, {"report", path, "--format", "html"}, {"report", path, "-k", path},
			{"decrypt", path, "-o", "OUT"}, {"secrets", path}, {"report", path + "x"}, {"decrypt", path, "-o", path + "/no"},
		} {
			v := runHostile(t, dir, args)
			for line := range strings.Lines(v.out + v.diag) {
				if r := unsafeRune(strings.TrimSuffix(line, "\n")); r != "" {
					t.Errorf("%s: %s lets %s through: %q", name, args[0], r, line)
				}
			}
			for line := range strings.Lines(v.out) {
				if strings.HasPrefix(line, "Next: ") && strings.Contains(line, "$(reboot)`") && !strings.Contains(line, `'\''`) {
					t.Errorf("offered to copy: %s", line)
				}
			}
		}
	}
}

// Two runs that write the same file at once: one of the two whole outputs is there
// in the end, and nothing else.
func TestTwoRunsAtOnce(t *testing.T) {
	s := samples.ByName("bulk-aes128-sha1")
	keys, dir := secretsFile(t, s), t.TempDir()
	out := filepath.Join(dir, "inner.pcapng")
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			var diag bytes.Buffer
			if status := run(t.Context(), []string{"decrypt", s.Capture(), "-k", keys, "-o", out}, nil, &diag, &diag); status != exitDone {
				t.Errorf("status %d: %s", status, diag.String())
			}
		})
	}
	all.Wait()
	if left := filesOf(t, dir); len(left) != 1 || !left["inner.pcapng"] {
		t.Errorf("left behind: %v", left)
	}
	if n := len(datagrams(t, out)); n != s.ESP {
		t.Errorf("%d packets, want %d", n, s.ESP)
	}
}

// Outputs of keys obey the same rules as those of decrypt.
func TestKeysOutputsAreWholeOrAbsent(t *testing.T) {
	s := samples.ByName("mm-psk-3des-sha1-modp1024")
	keys, dir := secretsFile(t, s), t.TempDir()
	capture := filepath.Join(dir, "in.pcap")
	good, err := os.ReadFile(s.Capture())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(capture, good, 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(capture, link); err != nil {
		t.Skip(err)
	}
	for _, format := range []string{"table", "json", "toml", "tcpdump", "xfrm", "esp-dsb", "wireshark"} {
		for _, to := range []string{capture, link, keys, filepath.Join(dir, "no", "such"), "/dev/full"} {
			if _, err := os.Stat("/dev/full"); to == "/dev/full" && err != nil {
				continue
			}
			var diag bytes.Buffer
			status := run(t.Context(), []string{"keys", capture, "-k", keys, "--format", format, "-o", to}, nil, &diag, &diag)
			if status != exitFailed || strings.Count(diag.String(), "\n") != 1 {
				t.Errorf("%s to %s: status %d, %s", format, to, status, diag.String())
			}
		}
	}
	if left := filesOf(t, dir); len(left) != 2 {
		t.Errorf("left behind: %v", left)
	}
	if b, err := os.ReadFile(capture); err != nil || !bytes.Equal(b, good) {
		t.Errorf("the input was touched (%v)", err)
	}
}

// A decrypted capture is read by others: what was inside is passed on as data, with
// lengths that are those of the records.
func TestHostileInnerPacketsStayInTheirRecords(t *testing.T) {
	inner := ip4(17, udp(53, fill(30)))
	var packets [][]byte
	for i, lie := range [][]byte{inner, put(inner, 2, 0xff, 0xff), put(inner, 2, 0, 0), put(inner, 0, 0x4f), put(inner, 0, 0x60), inner[:21]} {
		packets = append(packets, tunnelled(0x1000, int64(i+1), lie, 4))
	}
	dir := t.TempDir()
	capture, keys, out := filepath.Join(dir, "made.pcap"), filepath.Join(dir, "secrets.toml"), filepath.Join(dir, "inner.pcap")
	if os.WriteFile(capture, raw(packets...), 0o600) != nil || os.WriteFile(keys, []byte(espKeys(0x1000)), 0o600) != nil {
		t.Fatal("cannot write")
	}
	var diag bytes.Buffer
	if status := run(t.Context(), []string{"decrypt", capture, "-k", keys, "-o", out}, nil, &diag, &diag); status != exitDone {
		t.Fatal(diag.String())
	}
	set, err := pcaps.OpenSet([]string{out}, nil, pcaps.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	written := int64(0)
	for {
		b, err := set.Next()
		if err != nil {
			break
		}
		written += int64(len(b.Frames))
	}
	if c := set.Captures()[0]; len(c.Problems) > 0 || written != c.Packets {
		t.Errorf("%+v", c)
	}
	if want := fmt.Sprintf("%d inner packet", written); !strings.Contains(diag.String(), want) {
		t.Errorf("%s, want %s", diag.String(), want)
	}
	if written < int64(len(packets)) && !strings.Contains(diag.String(), "inside") {
		t.Errorf("%d of %d written, and nothing said:\n%s", written, len(packets), diag.String())
	}
}
