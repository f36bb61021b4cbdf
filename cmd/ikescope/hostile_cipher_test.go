package main

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ikescope/pcaps/samples"
)

// Behind the encryption, where other analyzers are never tested: ciphertext that
// was changed decrypts to rubbish under the right keys.
func TestHostileCiphertext(t *testing.T) {
	rounds := 5
	if testing.Short() {
		rounds = 2
	}
	for _, name := range []string{
		"mm-psk-3des-sha1-modp1024", "mm-psk-aes256-sha256-modp2048-pfs", "aggressive-psk-aes128-sha1-modp1536", "xauth-mm-psk-modecfg",
		"mm-rsa-ike-fragmentation", "ikev2-psk-aes256-sha256-modp2048", "ipcomp-tunnel-aes128-sha1", "rekey-isakmp-sa",
	} {
		s := samples.ByName(name)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spoilMessages(t, s, rounds)
		})
	}
}

// spoilMessages changes each message of a sample in turn, behind its header, at
// places that chance chooses.
func spoilMessages(t *testing.T, s samples.Sample, rounds int) {
	file, err := os.ReadFile(s.Capture())
	if err != nil {
		t.Fatal(err)
	}
	keys, dir := secretsFile(t, s), t.TempDir()
	spoiled := filepath.Join(dir, "spoiled.pcap")
	rng := rand.New(rand.NewPCG(1, uint64(len(s.Name))))
	const headers = 16 + 14 + 20 + 8 + 28 // of the record, Ethernet, IP, UDP and IKE
	for _, r := range spans(t, s.Capture()) {
		if !r.ike || r.start+headers >= r.end {
			continue
		}
		for round := range rounds {
			b := bytes.Clone(file)
			for range 1 << (round % 5) {
				b[r.start+headers+rng.IntN(r.end-r.start-headers)] ^= byte(1 << rng.IntN(8))
			}
			if err := os.WriteFile(spoiled, b, 0o600); err != nil {
				t.Fatal(err)
			}
			for _, args := range [][]string{
				{"report", spoiled, "-k", keys}, {"messages", "-v", spoiled, "-k", keys}, {"decrypt", spoiled, "-k", keys, "--ike", "-o", "OUT"},
			} {
				runHostile(t, dir, args).check(t, hostile{})
			}
		}
	}
}

// The keys of another conversation open nothing, and nothing is shown as if they
// had.
func TestKeysOfOthers(t *testing.T) {
	a, b := samples.ByName("mm-psk-3des-sha1-modp1024"), samples.ByName("mm-psk-aes256-sha256-modp2048-pfs")
	sec, err := b.Secrets()
	if err != nil {
		t.Fatal(err)
	}
	wrong := filepath.Join(t.TempDir(), "wrong.toml")
	ladder := "[[isakmp]]\nskeyid_d = \"" + sec.IKE[0].SKEYIDd.String()[:40] + "\"\nskeyid_a = \"" + sec.IKE[0].SKEYIDa.String()[:40] +
		"\"\nencryption_key = \"" + sec.IKE[0].CipherKey.String()[:48] + "\"\n"
	if err := os.WriteFile(wrong, []byte(ladder), 0o600); err != nil {
		t.Fatal(err)
	}
	shown := execute(t, exitDone, "messages", a.Capture(), "-k", wrong, "--format", "json")
	if strings.Contains(shown, `"verified":true`) || strings.Contains(shown, `"encrypted":true,"decrypted":true`) {
		t.Errorf("rubbish is shown as content:\n%s", shown)
	}
	execute(t, exitAbsent, "decrypt", a.Capture(), "-k", wrong, "-o", filepath.Join(t.TempDir(), "inner.pcapng"))
}
