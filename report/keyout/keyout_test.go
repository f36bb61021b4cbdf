package keyout

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ikescope/analysis"
	"ikescope/keymat"
	"ikescope/pcaps"
	"ikescope/pcaps/samples"
	"ikescope/report"
	"ikescope/secrets"
)

// run analyses a sample with the secrets of a ring.
func run(t *testing.T, s samples.Sample, ring *secrets.Ring) *analysis.Result {
	t.Helper()
	set, err := pcaps.OpenSet([]string{s.Capture()}, nil, pcaps.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	r, err := analysis.Run(context.Background(), set, analysis.Options{Strict: true, Ring: ring})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// collect analyses a sample with what its initiator knows.
func collect(t *testing.T, s samples.Sample) Keys {
	t.Helper()
	known, err := s.Secrets()
	if err != nil {
		t.Fatal(err)
	}
	ring, _, err := secrets.Read("secrets.toml", strings.NewReader(known.TOML(samples.Shared)))
	if err != nil {
		t.Fatal(err)
	}
	return Collect(run(t, s, ring))
}

// kernel lists the SAs as the kernels of the sample had them, in the words that
// name makes.
func kernel(t *testing.T, s samples.Sample, name func(samples.ESP) string) (lines []string) {
	t.Helper()
	known, err := s.Secrets()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range known.ESP {
		if l := name(e); !slices.Contains(lines, l) {
			lines = append(lines, l)
		}
	}
	slices.Sort(lines)
	return lines
}

func sorted(text string) []string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	slices.Sort(lines)
	return lines
}

func TestWiresharkRowsAreTheKernelsKeys(t *testing.T) {
	for sample, names := range map[string][3]string{
		"mm-psk-3des-sha1-modp1024":         {"IPv4", "TripleDES-CBC [RFC2451]", "HMAC-SHA-1-96 [RFC2404]"},
		"mm-psk-aes256-sha256-modp2048-pfs": {"IPv4", "AES-CBC [RFC3602]", "HMAC-SHA-256-128 [RFC4868]"},
		"mm-psk-des-md5-modp768":            {"IPv4", "DES-CBC [RFC2405]", "HMAC-MD5-96 [RFC2403]"},
		"rekey-quick-modes-pfs":             {"IPv4", "TripleDES-CBC [RFC2451]", "HMAC-SHA-1-96 [RFC2404]"},
		"v6-outer-v4-inner":                 {"IPv6", "AES-CBC [RFC3602]", "HMAC-SHA-1-96 [RFC2404]"},
	} {
		t.Run(sample, func(t *testing.T) {
			s := samples.ByName(sample)
			want := kernel(t, s, func(e samples.ESP) string {
				return fmt.Sprintf(`"%s","%s","%s","%s","%s","0x%x","%s","0x%x"`,
					names[0], e.Src, e.Dst, e.SPIText, names[1], []byte(e.EncKey), names[2], []byte(e.AuthKey))
			})
			p := Wireshark(collect(t, s))
			if diff := cmp.Diff(want, sorted(string(p.Files[FileESP]))); diff != "" {
				t.Errorf("esp_sa (-kernel +ours):\n%s", diff)
			}
			if len(p.Skipped) != 0 {
				t.Errorf("skipped: %v", p.Skipped)
			}
			known, _ := s.Secrets()
			want = []string{known.IKE[0].CookieI.String() + "," + known.IKE[0].CipherKey.String()}
			if diff := cmp.Diff(want, sorted(string(p.Files[FileIKEv1]))); diff != "" {
				t.Errorf("ikev1_decryption_table (-daemon +ours):\n%s", diff)
			}
		})
	}
}

func TestTcpdumpLines(t *testing.T) {
	s := samples.ByName("mm-psk-3des-sha1-modp1024")
	var out bytes.Buffer
	skipped, err := Tcpdump(&out, collect(t, s))
	if err != nil || len(skipped) != 0 {
		t.Fatal(skipped, err)
	}
	want := kernel(t, s, func(e samples.ESP) string {
		return fmt.Sprintf("%s@%s des3-hmac96:0x%x", e.SPIText, e.Dst, []byte(e.EncKey))
	})
	if diff := cmp.Diff(want, sorted(out.String())); diff != "" {
		t.Errorf("-kernel +ours:\n%s", diff)
	}
}

func TestTcpdumpSkipsLongICVs(t *testing.T) {
	var out bytes.Buffer
	skipped, err := Tcpdump(&out, collect(t, samples.ByName("mm-psk-aes256-sha256-modp2048-pfs")))
	if err != nil || out.Len() != 0 || len(skipped) != 2 {
		t.Fatal(out.String(), skipped, err)
	}
	if want := "tcpdump knows ICVs of 96 bits only, and hmac-sha2-256-128 has 128"; skipped[0].Reason != want {
		t.Errorf("reason %q, want %q", skipped[0].Reason, want)
	}
}

func TestXFRMLines(t *testing.T) {
	s := samples.ByName("natt-forced-aes128-sha1")
	var out bytes.Buffer
	skipped, err := XFRM(&out, collect(t, s))
	if err != nil || len(skipped) != 0 {
		t.Fatal(skipped, err)
	}
	want := kernel(t, s, func(e samples.ESP) string {
		return fmt.Sprintf("ip xfrm state add src %s dst %s proto esp spi %s mode tunnel enc 'cbc(aes)' 0x%x "+
			"auth-trunc 'hmac(sha1)' 0x%x 96 encap espinudp 4500 4500 0.0.0.0", e.Src, e.Dst, e.SPIText, []byte(e.EncKey), []byte(e.AuthKey))
	})
	if diff := cmp.Diff(want, sorted(out.String())); diff != "" {
		t.Errorf("-kernel +ours:\n%s", diff)
	}
}

// What was written opens the capture again without any other secret.
func TestTOMLOpensTheCapture(t *testing.T) {
	for _, name := range []string{"mm-psk-3des-sha1-modp1024", "mm-psk-aes256-sha256-modp2048-pfs", "two-tunnels", "natt-masquerade"} {
		s := samples.ByName(name)
		var out bytes.Buffer
		k := collect(t, s)
		if err := TOML(&out, k); err != nil {
			t.Fatal(err)
		}
		ring, warnings, err := secrets.Read("keys.toml", &out)
		if err != nil || len(warnings) > 0 {
			t.Fatal(warnings, err)
		}
		r := run(t, s, ring)
		if r.Opened.Decrypted != int64(s.ESP) {
			t.Errorf("%s: %d packets opened of %d", name, r.Opened.Decrypted, s.ESP)
		}
		for i, i1 := range ring.ISAKMPs {
			want := k.ISAKMP[i].secrets()
			if !i1.CipherKey.Equal(want.CipherKey) || !i1.SKEYIDd.Equal(want.SKEYIDd) || *i1.CookieI != *want.CookieI {
				t.Errorf("%s: ISAKMP SA %d is another one when read again", name, i)
			}
		}
	}
}

func TestJSON(t *testing.T) {
	s := samples.ByName("mm-psk-3des-sha1-modp1024")
	known, err := s.Secrets()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := JSON(&out, collect(t, s)); err != nil {
		t.Fatal(err)
	}
	var d document
	if err := json.Unmarshal(out.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	if d.Schema != Schema || len(d.ISAKMP) != 1 || len(d.IPsec) != 2 || d.IKEv2 == nil {
		t.Fatalf("%+v", d)
	}
	if got, want := *d.ISAKMP[0].SKEYIDd, known.IKE[0].SKEYIDd.String(); got != want {
		t.Errorf("SKEYID_d %s, want %s", got, want)
	}
	for _, sa := range d.IPsec {
		i := slices.IndexFunc(known.ESP, func(e samples.ESP) bool { return e.SPIText == sa.SPI })
		if i < 0 || *sa.EncryptionKey != known.ESP[i].EncKey.String() || *sa.IntegrityKey != known.ESP[i].AuthKey.String() {
			t.Errorf("%s: not the kernel's keys", sa.SPI)
		}
	}
}

func TestTableOfNothing(t *testing.T) {
	var out bytes.Buffer
	if err := Table(&out, Keys{}, report.Options{}); err != nil || out.String() != "No key is known.\n" {
		t.Errorf("%q, %v", out.String(), err)
	}
}

func TestTableHasEveryKey(t *testing.T) {
	k := collect(t, samples.ByName("mm-psk-3des-sha1-modp1024"))
	var out bytes.Buffer
	if err := Table(&out, k, report.Options{}); err != nil {
		t.Fatal(err)
	}
	for _, s := range []keymat.Secret{
		k.ISAKMP[0].Ladder.GXY, k.ISAKMP[0].Ladder.CipherKey.Secret(), k.IPsec[0].Keys.Encryption, k.IPsec[1].Keys.Integrity,
	} {
		if !strings.Contains(out.String(), hex.EncodeToString(s.Bytes())) {
			t.Error("a key is missing")
		}
	}
}

// Without secrets the SAs are unknown, and no format invents any.
func TestNoKeys(t *testing.T) {
	k := Collect(run(t, samples.ByName("mm-psk-3des-sha1-modp1024"), nil))
	if !k.Empty() {
		t.Fatalf("keys from nowhere: %d, %d", len(k.ISAKMP), len(k.IPsec))
	}
	if p := Wireshark(k); len(p.Files) != 1 || p.Files[FilePreferences] == nil {
		t.Errorf("files of an empty profile: %d", len(p.Files))
	}
}
