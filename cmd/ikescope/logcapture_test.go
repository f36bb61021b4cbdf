package main

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"ikescope/pcaps/samples"
)

// Logs that hold whole IKE messages are captures of IKE.
func TestLogsAsCaptures(t *testing.T) {
	for file, sample := range map[string]string{
		"fortigate-ike-debug.log": "mm-psk-3des-sha1-modp1024",
		"charon-enc3.log":         "ikev2-psk-aes256-sha256-modp2048",
	} {
		s := samples.ByName(sample)
		log := filepath.Join("..", "..", "pcaps", "testdata", file)
		var got struct {
			ISAKMP []struct {
				CookieI   string `json:"initiator_cookie"`
				Messages  int    `json:"messages"`
				Decrypted int    `json:"decrypted_messages"`
				State     string `json:"state"`
			} `json:"isakmp_sas"`
			IPsec []ipsecJSON `json:"ipsec_sas"`
		}
		text := execute(t, exitDone, "report", log, "-k", secretsFile(t, s), "--format", "json", "--show-keys")
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatal(err)
		}
		if len(got.ISAKMP) != 1 || got.ISAKMP[0].Messages != s.IKE || got.ISAKMP[0].Decrypted == 0 || got.ISAKMP[0].State != "established" {
			t.Fatalf("%s: %+v", file, got.ISAKMP)
		}
		sec, err := s.Secrets()
		if err != nil {
			t.Fatal(err)
		}
		want := wantIPsec(t, s, sec)
		for spi, sa := range bySPI(got.IPsec) {
			if want[spi].Keys != sa.Keys {
				t.Errorf("%s: %s: keys differ from the kernel's", file, spi)
			}
		}
		if len(got.IPsec) != len(want) {
			t.Errorf("%s: %d IPsec SAs, want %d", file, len(got.IPsec), len(want))
		}
	}
}
