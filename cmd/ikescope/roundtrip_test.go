package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"ikescope/pcaps/samples"
)

// backFrom are the formats of keys that are read again, and the samples whose keys
// each cannot say, with the reason.
var backFrom = []struct {
	format string
	cannot map[string]string
}{
	{"toml", nil},
	{"json", nil},
	{"xfrm", nil},
	{"wireshark", wiresharkLacks},
	{"esp-dsb", wiresharkLacks},
	{"tcpdump", map[string]string{
		"ah-tunnel-sha1": "AH", "esp-null-sha1": "no cipher", "esp-aes128ctr-sha1": "CTR",
		"esp-aes128ccm16": "CCM", "esp-aes128gcm16": "GCM", "esp-aes128gmac": "GMAC", "ikev2-psk-aes128gcm16-x25519": "GCM",
		"mm-psk-aes256-sha256-modp2048-pfs": sha2, "mm-rsa-aes256-sha256-modp2048": sha2, "mm-rsa-ike-fragmentation": sha2,
		"mm-psk-camellia128-sha256-modp2048": sha2, "mm-psk-aes128-sha256-ecp256": sha2, "mm-psk-aes256-sha512-x25519": sha2,
		"esp-aes128-esn": sha2, "ikev2-psk-aes256-sha256-modp2048": sha2, "ikev2-rekey-pfs": sha2,
	}},
}

const sha2 = "ICVs of SHA-2 are longer than 96 bits"

var wiresharkLacks = map[string]string{
	"mm-psk-camellia128-sha256-modp2048": "Camellia", "esp-aes128ccm16": "CCM", "esp-aes128gmac": "GMAC", "ah-tunnel-sha1": "AH",
}

// backUnverified are samples of which integrity keys do not come back.
func backUnverified(format, sample string) bool {
	if format == "wireshark" || format == "esp-dsb" {
		return sample == "esp-aes128-aesxcbc" || sample == "esp-aes128-esn" // see tsharkUnverified
	}
	return format == "tcpdump"
}

// opening is what a report says of packets: opened, those of them of which no ICV
// was verified, and all.
type opening struct{ opened, unverified, failed, all int }

// espOpened runs report with a file of secrets, or none.
func espOpened(t *testing.T, capture, keys string) (o opening) {
	t.Helper()
	args := []string{"report", capture, "--format", "json"}
	if keys != "" {
		args = append(args, "-k", keys)
	}
	var got struct {
		IPsec []struct {
			Packets    int `json:"packets"`
			Decrypted  int `json:"decrypted"`
			Unverified int `json:"unverified"`
			ICVFailed  int `json:"icv_failed"`
		} `json:"ipsec_sas"`
	}
	if err := json.Unmarshal([]byte(execute(t, exitDone, args...)), &got); err != nil {
		t.Fatal(err)
	}
	for _, sa := range got.IPsec {
		o.opened += sa.Decrypted
		o.unverified += sa.Unverified
		o.failed += sa.ICVFailed
		o.all += sa.Packets
	}
	return o
}

// TestKeysComeBack writes the keys of each sample in each format and opens the
// capture with nothing but that.
func TestKeysComeBack(t *testing.T) {
	for _, s := range samples.All() {
		for _, f := range backFrom {
			if f.cannot[s.Name] != "" {
				continue
			}
			t.Run(s.Name+"/"+f.format, func(t *testing.T) {
				t.Parallel()
				want := opening{opened: s.ESP, all: s.ESP}
				if backUnverified(f.format, s.Name) {
					want.unverified = s.ESP
				}
				if got := comeBack(t, s, f.format); got != want {
					t.Errorf("%+v, want %+v", got, want)
				}
			})
		}
	}
}

func comeBack(t *testing.T, s samples.Sample, format string) opening {
	t.Helper()
	out := filepath.Join(t.TempDir(), "keys.pcapng")
	execute(t, exitDone, "keys", s.Capture(), "-k", secretsFile(t, s), "--format", format, "-o", out)
	if format == "esp-dsb" {
		return espOpened(t, out, "")
	}
	return espOpened(t, s.Capture(), out)
}

// TestTcpdumpReadsOurKeys counts the packets that tcpdump opens. With DES tcpdump
// 4.99.3 crashes where OpenSSL 3 has no legacy ciphers.
func TestTcpdumpReadsOurKeys(t *testing.T) {
	path, err := exec.LookPath("tcpdump")
	if err != nil {
		t.Skip("tcpdump is not installed")
	}
	for _, name := range []string{"mm-psk-3des-sha1-modp1024", "mm-psk-aes128-sha1-modp1536", "natt-masquerade", "v6-outer-v4-inner"} {
		s := samples.ByName(name)
		keys := filepath.Join(t.TempDir(), "keys")
		execute(t, exitDone, "keys", s.Capture(), "-k", secretsFile(t, s), "--format", "tcpdump", "-o", keys)
		args := []string{"-nn", "-r", s.Capture(), "-E", "file " + keys}
		if os.Getuid() == 0 {
			args = append(args, "-Z", "root") // or it gives up the right to read the keys
		}
		text, err := exec.Command(path, args...).Output()
		if err != nil {
			t.Fatal(err)
		}
		opened := 0
		for line := range strings.Lines(string(text)) {
			if _, inner, ok := strings.Cut(line, "ESP(spi="); ok && strings.Contains(inner, " > ") {
				opened++
			}
		}
		if opened != s.ESP {
			t.Errorf("%s: tcpdump opened %d of %d packets", name, opened, s.ESP)
		}
	}
}

// Keys of an SA whose packets stand inside those of another one only are among the
// keys of a capture, from a file and from a pipe.
func TestKeysOfSAsInsideOthers(t *testing.T) {
	dir := t.TempDir()
	capture, keys := filepath.Join(dir, "made.pcap"), filepath.Join(dir, "secrets.toml")
	b := raw(tunnelled(0x1001, 1, tunnelled(0x1000, 1, ip4(17, udp(9, fill(30))), 4), 4))
	if os.WriteFile(capture, b, 0o600) != nil || os.WriteFile(keys, []byte(espKeys(0x1000, 0x1001)), 0o600) != nil {
		t.Fatal("cannot write")
	}
	fromFile := execute(t, exitDone, "keys", capture, "-k", keys, "--format", "xfrm")
	if strings.Count(fromFile, "spi 0x0000100") != 2 {
		t.Errorf("not the keys of both SAs:\n%s", fromFile)
	}
	var out, diag bytes.Buffer
	if status := run(t.Context(), []string{"keys", "-", "-k", keys, "--format", "xfrm"}, bytes.NewReader(b), &out, &diag); status != exitDone || out.String() != fromFile {
		t.Errorf("from a pipe: status %d, %s\n%s", status, &diag, &out)
	}
}
