package main

import (
	"bytes"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"ikescope/pcaps/samples"
)

// tshark is another implementation, run where it is installed.
type tshark struct {
	path, home string
}

func findTshark(t *testing.T) tshark {
	t.Helper()
	path, err := exec.LookPath("tshark")
	if err != nil {
		t.Skip("tshark is not installed")
	}
	home := t.TempDir()
	if err := os.Mkdir(filepath.Join(home, "profiles"), 0o700); err != nil {
		t.Fatal(err)
	}
	return tshark{path, home}
}

// profile is where keys --format wireshark puts a profile of that name.
func (w tshark) profile(name string) string { return filepath.Join(w.home, "profiles", name) }

func (w tshark) run(t *testing.T, args ...string) string {
	t.Helper()
	c := exec.Command(w.path, args...)
	c.Env = append(os.Environ(), "WIRESHARK_CONFIG_DIR="+w.home)
	out, err := c.Output()
	if err != nil {
		t.Fatalf("tshark %v: %v", args, err)
	}
	return string(out)
}

// Samples that tshark 4.0 cannot follow, and why. Those in tsharkCannot it does not
// decrypt with any table; in tsharkUnverified it decrypts and checks no ICV.
var (
	tsharkCannot = map[string]string{
		"mm-psk-camellia128-sha256-modp2048": "Camellia is no cipher of its table",
		"esp-aes128ccm16":                    "CCM is no cipher of its table",
		"esp-aes128gmac":                     "GMAC is no algorithm of its table",
		"ah-tunnel-sha1":                     "it has no table for AH",
		"ipcomp-tunnel-aes128-sha1":          "it does not expand IPComp inside ESP",
	}
	tsharkUnverified = map[string]string{
		"esp-aes128-esn":               "the high half of sequence numbers is not in its ICV",
		"esp-aes128-aesxcbc":           "AES-XCBC is not checked",
		"ikev2-psk-aes128gcm16-x25519": "extended sequence numbers, as above",
	}
)

// TestTsharkReadsTheSamePackets decrypts every sample with tshark, by the profile
// that this program exports, and compares ICVs and inner packets with ours.
func TestTsharkReadsTheSamePackets(t *testing.T) {
	if testing.Short() {
		t.Skip("tshark takes its time")
	}
	for _, s := range samples.All() {
		if tsharkCannot[s.Name] != "" {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			w := findTshark(t)
			keys := secretsFile(t, s)
			execute(t, exitDone, "keys", s.Capture(), "-k", keys, "--format", "wireshark", "-o", w.profile(s.Name))
			good := w.run(t, "-C", s.Name, "-r", s.Capture(), "-Y", "esp.icv_good == 1", "-T", "fields", "-e", "frame.number")
			if n := strings.Count(good, "\n"); n != s.ESP && tsharkUnverified[s.Name] == "" {
				t.Errorf("tshark verified %d of %d packets", n, s.ESP)
			}
			if s.Transport {
				return // tshark shows no rebuilt datagram
			}
			out := filepath.Join(t.TempDir(), "inner.pcapng")
			execute(t, exitDone, "decrypt", s.Capture(), "-k", keys, "-o", out)
			theirs := decrypted(t, w.run(t, "-C", s.Name, "-r", s.Capture(), "-Y", "esp", "-x"))
			ours := datagrams(t, out)
			if len(theirs) != len(ours) {
				t.Fatalf("tshark decrypted %d packets, we %d", len(theirs), len(ours))
			}
			for i := range ours {
				if !bytes.HasPrefix(theirs[i], ours[i]) {
					t.Fatalf("packet %d differs:\n% x\n% x", i, theirs[i], ours[i])
				}
			}
		})
	}
}

func secretsFile(t *testing.T, s samples.Sample) string {
	t.Helper()
	sec, err := s.Secrets()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "secrets.toml")
	if err := os.WriteFile(path, []byte(sec.TOML(samples.PrivateA)), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// decrypted takes the data sources "Decrypted Data" from the hex dump of tshark
// -x: lines "0000  45 00 …  text".
func decrypted(t *testing.T, dump string) (out [][]byte) {
	t.Helper()
	const title, digits = "Decrypted Data (", 16*3 + 6
	inside := false
	for line := range strings.Lines(dump) {
		switch {
		case strings.HasPrefix(line, title):
			inside = true
			out = append(out, nil)
		case strings.TrimSpace(line) == "" || !strings.HasPrefix(line, "0"):
			inside = false
		case inside:
			text := strings.ReplaceAll(line[6:min(digits, len(line))], " ", "")
			b, err := hex.DecodeString(strings.TrimSpace(text))
			if err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			out[len(out)-1] = append(out[len(out)-1], b...)
		}
	}
	return out
}

// TestTsharkReadsMessagesInTheClear lets tshark dissect what decrypt --ike writes:
// nothing malformed, nothing encrypted, and all lengths and checksums right.
func TestTsharkReadsMessagesInTheClear(t *testing.T) {
	for _, name := range []string{"mm-psk-3des-sha1-modp1024", "natt-masquerade", "v6-outer-v4-inner", "rekey-quick-modes-pfs"} {
		s := samples.ByName(name)
		w := findTshark(t)
		out := filepath.Join(t.TempDir(), "clear.pcap")
		execute(t, exitDone, "decrypt", s.Capture(), "-k", secretsFile(t, s), "--ike", "-o", out)
		fields := w.run(t, "-r", out, "-Y", "isakmp", "-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE",
			"-T", "fields", "-e", "isakmp.flag_e", "-e", "udp.checksum.status", "-e", "_ws.malformed")
		lines := strings.Split(strings.TrimSpace(fields), "\n")
		if len(lines) != s.IKE {
			t.Errorf("%s: %d messages, want %d", name, len(lines), s.IKE)
		}
		for _, l := range lines {
			if strings.TrimRight(l, "\t") != "0\t1" {
				t.Errorf("%s: encrypted, checksum, malformed: %q", name, l)
			}
		}
		if bad := w.run(t, "-r", out, "-Y", "ip.checksum.status == 0 || udp.checksum.status == 0", "-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE"); bad != "" {
			t.Errorf("%s: wrong checksums:\n%s", name, bad)
		}
	}
}
