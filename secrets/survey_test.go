package secrets

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSurvey asks for the format of each entry of a bundle, and for a description without values.
func TestSurvey(t *testing.T) {
	var bundle strings.Builder
	for _, name := range []string{"racoon", "setkey", "charon-ikev2"} {
		content, err := os.ReadFile(filepath.Join("testdata", "readers", name+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		bundle.Write(content)
	}
	s, err := Take("bundle", strings.NewReader(bundle.String()))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range s.Ring.Entries() {
		got = append(got, fmt.Sprintf("%s: %s %s: %s", s.Format(e.Source), e.Kind, e.Of, strings.Join(e.Holds, "; ")))
	}
	want := []string{
		"racoon or RouterOS log: dh-private : 128 octets",
		"racoon or RouterOS log: dh-shared : 128 octets; modp1024; modp1024s160",
		"racoon or RouterOS log: psk : 13 octets",
		"racoon or RouterOS log: isakmp 79a5e96b074d6202:c5126332872f0110: SKEYID SKEYID_d SKEYID_a SKEYID_e: 20 octets; cipher key: 24 octets; IV: 8 octets",
		"racoon or RouterOS log: esp 0x03aa2123: 3des-cbc; hmac-sha1-96",
		"racoon or RouterOS log: esp 0x077ae366: 3des-cbc; hmac-sha1-96",
		"setkey -D: esp 0x0a7578de 192.0.2.1 > 192.0.2.2: 3des-cbc; hmac-sha1-96",
		"setkey -D: esp 0x0990b32b 192.0.2.2 > 192.0.2.1: 3des-cbc; hmac-sha1-96",
		"strongSwan log: dh-shared : 32 octets; ecp256; brainpoolp256r1; curve25519; mlkem512; mlkem768; mlkem1024",
		"strongSwan log: ike 21471da53ee63082:c5293f82590c1753: aes-gcm-16-128; SKEYSEED SK_d: 32 octets; SK_ei SK_er: 20 octets; SK_pi SK_pr: 32 octets",
		"strongSwan log: psk : 12 octets",
		"strongSwan log: esp 0xc998579d 192.0.2.1 > 192.0.2.2: aes-gcm-16-128; extended sequence numbers",
		"strongSwan log: esp 0xc73194d8 192.0.2.2 > 192.0.2.1: aes-gcm-16-128; extended sequence numbers",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

func TestReadSecretsBlock(t *testing.T) {
	rows := `"IPv4","192.0.2.1","192.0.2.2","0xcd633fe2","AES-CBC [RFC3602]","0xb6c6bfc68a52e8b3e0e8d87c37281c44","HMAC-SHA-1-96 [RFC2404]","0xfd7cd3df6eeff7d094890fea2fd1647c6d874abe","32-bit","0"` + "\n"
	for _, c := range []struct {
		name     string
		kind     uint32
		data     string
		esps, ws int
	}{
		{"ESP", BlockESP, rows, 1, 0},
		{"ESP, padded", BlockESP, rows + "\x00\x00", 1, 0},
		{"ESP, not ended", BlockESP, strings.TrimSuffix(rows, "\n"), 1, 0},
		{"ESP, empty", BlockESP, "", 0, 1},
		{"ESP, cut off", BlockESP, rows[:150], 0, 1},
		{"TLS", 0x544c534b, rows, 0, 0},
	} {
		r, ws, err := ReadSecretsBlock("f", c.kind, []byte(c.data))
		if err != nil || len(r.ESPs) != c.esps || len(ws) != c.ws {
			t.Errorf("%s: %v, %v, %v", c.name, r, ws, err)
		}
	}
}
