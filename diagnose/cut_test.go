package diagnose_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"ikescope/diagnose"
	"ikescope/pcaps"
	"ikescope/pcaps/samples"
)

// cutTo are the frames of a recording as a snap length of n octets leaves them.
func (r recorded) cutTo(n int) (frames []pcaps.Frame) {
	for _, f := range r.frames {
		f.WireLen = max(f.WireLen, len(f.Data))
		f.Data = f.Data[:min(n, len(f.Data))]
		frames = append(frames, f)
	}
	return frames
}

// Whatever the snap length, the report says that it was one, how much was kept,
// and nothing that would follow from what is missing only because of it. The
// headers before ESP are 34 octets here, with UDP 42; those before IKE 42, on port
// 4500 46.
func TestSnapLengths(t *testing.T) {
	for _, c := range []struct {
		sample  string
		n       int
		summary string
		lines   string
	}{
		{"esp-aes128gcm16", 10, "the capture cut 78 other packets short (snap length 10)", "whether they are IKE or IPsec is unknown"},
		{"esp-aes128gcm16", 33, "the capture cut 76 other packets short (snap length 33)", "76 packets without the addresses"},
		{"esp-aes128gcm16", 34, "the capture cut 63 IPsec packets and 13 other packets short (snap length 34)", "63 IPsec packets without SPI"},
		{"esp-aes128gcm16", 41, "the capture cut 63 IPsec packets and 13 other packets short (snap length 41)", "of which SA they are is unknown"},
		{"esp-aes128gcm16", 42, "the capture cut 11 IKE messages, 63 IPsec packets and 2 other packets short (snap length 42)", "On the ports of IKE: 11 packets without the whole IKE header."},
		{"esp-aes128gcm16", 69, "the capture cut 11 IKE messages and 63 IPsec packets short (snap length 69)", "On the ports of IKE: 11 packets"},
		{"esp-aes128gcm16", 70, "the capture cut 11 IKE messages and 63 IPsec packets short (snap length 70)", "What is cut off cannot be decrypted"},
		{"natt-forced-aes128-sha1", 44, "", "IPsec packets without SPI"},
		{"natt-forced-aes128-sha1", 50, "the capture cut 11 IKE messages and 74 IPsec packets short (snap length 50)", "On the ports of IKE: 11 packets"},
		{"natt-forced-aes128-sha1", 70, "the capture cut 11 IKE messages and 74 IPsec packets short (snap length 70)", "On the ports of IKE: 7 packets"},
		{"ikev2-rekey-pfs", 69, "the capture cut 18 IKE messages and 80 IPsec packets short (snap length 69)", "On the ports of IKE: 18 packets"},
		{"ikev2-rekey-pfs", 100, "the capture cut 18 IKE messages and 80 IPsec packets short (snap length 100)", "IKE: packets 3, 4, 5, 6, 27"},
		{"ah-tunnel-sha1", 40, "", "IPsec packets without SPI"},
	} {
		r := record(t, samples.ByName(c.sample))
		got := findings(t, write(t, pcaps.LinkEthernet, r.cutTo(c.n)), nil)
		i := slices.IndexFunc(got, func(f diagnose.Finding) bool { return f.Code == diagnose.CaptureTruncated })
		if i < 0 {
			t.Fatalf("%s, %d octets: %v", c.sample, c.n, got)
		}
		if f := got[i]; c.summary != "" && f.Summary != c.summary || !strings.Contains(f.Detail, c.lines) || !strings.Contains(f.Advice, "tcpdump -s 0") {
			t.Errorf("%s, %d octets: %q\n%s\n%s", c.sample, c.n, f.Summary, f.Detail, f.Advice)
		}
		for _, f := range got {
			if f.Severity == diagnose.Error || f.Code == diagnose.CaptureStartsLate || strings.Contains(f.Summary, " 0 ") || strings.HasPrefix(f.Summary, "0 ") {
				t.Errorf("%s, %d octets: %+v", c.sample, c.n, f)
			}
		}
	}
}

func TestCutFile(t *testing.T) {
	s := samples.ByName("mm-psk-3des-sha1-modp1024")
	b, err := os.ReadFile(s.Capture())
	if err != nil {
		t.Fatal(err)
	}
	path := t.TempDir() + "/cut.pcap"
	if err := os.WriteFile(path, b[:len(b)-7], 0o600); err != nil {
		t.Fatal(err)
	}
	check(t, findings(t, path, nil), []want{{diagnose.CaptureTruncated, warning, proved, []int{115}}})
}
