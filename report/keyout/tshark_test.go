package keyout

import (
	"bytes"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"ikescope/keymat"
	"ikescope/pcaps/samples"
	"ikescope/secrets"
	"ikescope/suite"
)

// tshark runs it, where it is installed, on a sample with a profile of these files.
func tshark(t *testing.T, s samples.Sample, files map[string][]byte, args ...string) (out, diag string) {
	t.Helper()
	path, err := exec.LookPath("tshark")
	if err != nil {
		t.Skip("no tshark here")
	}
	home := t.TempDir()
	dir := filepath.Join(home, "profiles", "ikescope")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for file, content := range files {
		if err := os.WriteFile(filepath.Join(dir, file), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var stdout, stderr bytes.Buffer
	c := exec.Command(path, append([]string{"-C", "ikescope", "-r", s.Capture()}, args...)...)
	c.Env = append(os.Environ(), "WIRESHARK_CONFIG_DIR="+home)
	c.Stdout, c.Stderr = &stdout, &stderr
	if err := c.Run(); err != nil {
		t.Fatalf("%s: tshark: %v\n%s", s.Name, err, &stderr)
	}
	return stdout.String(), stderr.String()
}

func TestTsharkDecryptsWithTheProfile(t *testing.T) {
	for _, name := range []string{"mm-psk-aes256-sha256-modp2048-pfs", "natt-forced-aes128-sha1", "v6-outer-v4-inner"} {
		s := samples.ByName(name)
		files := Wireshark(collect(t, s)).Files
		count := func(filter string) int {
			out, _ := tshark(t, s, files, "-Y", filter, "-T", "fields", "-e", "frame.number")
			return strings.Count(out, "\n")
		}
		if got := count("esp.icv_good == 1"); got != s.ESP {
			t.Errorf("%s: tshark verified %d ESP packets of %d", name, got, s.ESP)
		}
		if got := count("isakmp.flag_e == 1 && isakmp.hash"); got == 0 {
			t.Errorf("%s: tshark decrypted no IKE message", name)
		}
	}
}

// A row with a name that tshark does not know would be refused.
func TestTsharkKnowsEveryName(t *testing.T) {
	files := map[string][]byte{FilePreferences: []byte(preferences)}
	put := func(file, row, reason string) {
		if reason != "" {
			t.Fatal(reason)
		}
		files[file] = append(files[file], row+"\n"...)
	}
	names := maps.Clone(wiresharkESPAuth)
	names["aes-xcbc-96"], names["hmac-md5-128"] = "", "" // passed over
	for name := range names {
		for cipher := range wiresharkESP {
			c, _ := suite.CipherByName(cipher)
			i, _ := suite.IntegrityByName(name)
			row, reason := espRow(sa(c, i))
			put(FileESP, row, reason)
		}
	}
	for cipher := range wiresharkIKEv2 {
		c, _ := suite.CipherByName(cipher)
		for name := range wiresharkIKEv2Auth {
			i, _ := suite.IntegrityByName(name)
			if c.KeymatLen() == 0 || c.AEAD() != (i.KeyLen == 0) {
				continue
			}
			spi := [8]byte{1}
			e, a := keymat.NewSecret(make([]byte, c.KeymatLen())), keymat.NewSecret(make([]byte, i.KeyLen))
			row, reason := ikev2Row(secrets.IKEv2{SPIi: &spi, SPIr: &spi, SKei: e, SKer: e, SKai: a, SKar: a, Encryption: cipher, Integrity: name})
			put(FileIKEv2, row, reason)
		}
	}
	files[FileDecodeAs] = []byte("decode_as_entry: udp.port,10001,(none),UDPENCAP\n")
	s := samples.ByName("ikev2-psk-aes256-sha256-modp2048")
	if _, diag := tshark(t, s, files, "-c", "9"); strings.Contains(diag, "Error") || strings.Contains(diag, "invalid") {
		t.Errorf("tshark: %s", diag)
	}
}
