package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ikescope/pcaps/samples"
)

// tsharkFalls are captures of which tshark 4.0.17 shows less than this program, or
// something else: what it does with the packets of ESP, of how many encrypted
// messages it shows the payloads, and why.
var tsharkFalls = map[string]struct {
	sight
	ike int
	why string
}{
	"mm-psk-camellia128-sha256-modp2048": {sight{seen: 70}, 0, "Camellia is no cipher of its tables"},
	"mm-psk-cast128-sha1-modp1536":       {sight{72, 72, 72, 72, 0}, 0, "CAST is no cipher of its IKEv1"},
	"mm-psk-blowfish128-sha1-modp1536":   {sight{70, 70, 70, 70, 0}, 0, "Blowfish is no cipher of its IKEv1"},
	"esp-aes128ccm16":                    {sight{seen: 63}, 7, "CCM is no cipher of its table"},
	"esp-aes128gmac":                     {sight{seen: 64}, 7, "GMAC is no cipher of its table"},
	"ah-tunnel-sha1":                     {sight{}, 7, "it has no table for AH"},
	"esp-aes128-esn":                     {sight{63, 63, 63, 0, 0}, 7, "it does not know the high half of sequence numbers, which ICVs cover"},
	"esp-aes128-aesxcbc":                 {sight{65, 65, 65, 0, 0}, 7, "AES-XCBC is passed over"},
	"ikev2-psk-aes128gcm16-x25519":       {sight{65, 65, 65, 0, 65}, 6, "as with ESN above, but GCM cannot be passed over"},
	"format-pcapng":                      {sight{126, 126, 126, 126, 0}, 10, "repeated messages are decrypted with the wrong IV"},
	"libreswan-mm-psk-3des-sha1-pfs":     {sight{83, 83, 83, 83, 0}, 15, "as above"},
	"net-loss-20":                        {sight{177, 177, 177, 177, 0}, 11, "as above"},
	"fail-wrong-psk":                     {sight{}, 1, "as above"},
	"capture-late-quick-mode":            {sight{72, 72, 72, 72, 0}, 0, "it needs phase 1 in the capture"},
	"capture-snaplen-200":                {sight{64, 38, 38, 38, 0}, 0, "it needs phase 1 whole"},
}

// TestTsharkOpensTheSamePackets decrypts every capture with tshark, by the profile
// that this program exports, and compares ICVs, inner packets and messages with ours.
func TestTsharkOpensTheSamePackets(t *testing.T) {
	if testing.Short() {
		t.Skip("tshark takes its time")
	}
	v40 := findTshark(t).is40(t)
	for _, s := range samples.All() {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			compareWithTshark(t, v40, s.Name, s.Capture(), secretsFile(t, s), s.ESP, s.Transport)
		})
	}
	for _, k := range keyFiles(t) {
		if !ofDaemonAlone[k.scenario+"/"+k.name] {
			continue
		}
		t.Run(k.scenario, func(t *testing.T) {
			t.Parallel()
			outer, _, _ := scenarioCaptures(t, k.scenario)
			compareWithTshark(t, v40, k.scenario, outer, unpack(t, daemonsPath(k.scenario, k.name)), k.esp, false)
		})
	}
}

// ofDaemonAlone are the logs that open captures which lack what the other samples have.
var ofDaemonAlone = map[string]bool{
	"capture-late-quick-mode/charon-a.log": true, "capture-snaplen-200/charon-a.log": true, "fail-wrong-psk/charon-a.log": true,
	"fail-proxy-id-mismatch/charon-a.log": true, "net-loss-20/charon-a.log": true, "racoon-natt-force/racoon-a.log": true,
	"savekeys-ikev1/charon-a.log": true, "savekeys-ikev2/charon-a.log": true, "vpnc-strongswan-xauth/vpnc-a.log": true,
}

// compareWithTshark logs a row: what each program opens. With another tshark than
// 4.0 the falls may be none.
func compareWithTshark(t *testing.T, v40 bool, name, capture, secrets string, esp int, transport bool) {
	w := findTshark(t)
	want := sight{esp, esp, esp, esp, 0}
	fall, falls := tsharkFalls[name]
	got, ours, read := sight{}, 0, w.ike(t, capture, secrets)
	wantRead := read.ours
	if esp > 0 {
		got, ours = w.esp(t, capture, secrets, transport)
	}
	if falls {
		want, wantRead = fall.sight, fall.ike
	}
	t.Logf("%-36s packets: ikescope opens %d; tshark sees %d, opens %d, %d of them alike, ICV right %d, wrong %d; %d encrypted messages: ikescope reads %d, tshark %d  %s",
		name, ours, got.seen, got.opened, got.same, got.good, got.bad, read.encrypted, read.ours, read.theirs, fall.why)
	if falls && !v40 {
		return
	}
	if got != want {
		t.Errorf("tshark shows %+v, want %+v", got, want)
	}
	if read.theirs != wantRead {
		t.Errorf("tshark reads %d messages, want %d", read.theirs, wantRead)
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
