package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"ikescope/pcaps"
	"ikescope/pcaps/samples"
)

// TestPacketsBeforeTheirKeys puts all ESP in front of the exchange that made its
// keys. The output must be the same as ever, the order of packets aside.
func TestPacketsBeforeTheirKeys(t *testing.T) {
	s := samples.ByName("bulk-aes128-sha1")
	keys, dir := secretsFile(t, s), t.TempDir()
	turned := filepath.Join(dir, "turned.pcap")
	turn(t, s.Capture(), turned, s.Packets-s.ESP)
	for _, ike := range [][]string{nil, {"--ike"}} {
		out := filepath.Join(dir, "inner.pcapng")
		execute(t, exitDone, append([]string{"decrypt", turned, "-k", keys, "-o", out}, ike...)...)
		inner := datagrams(t, out)
		if ike != nil {
			inner = inner[:len(inner)-s.IKE]
		}
		compareTraffic(t, inner, datagrams(t, s.Path(s.Inner)), 1)
		streamed := execute(t, exitDone, append([]string{"decrypt", turned, "-k", keys, "-o", "-"}, ike...)...)
		if b, err := os.ReadFile(out); err != nil || !bytes.Equal(b, []byte(streamed)) {
			t.Errorf("standard output and a file get different octets (%v)", err)
		}
	}
}

// turn writes a capture with its n frames that are no ESP at the end, further
// behind the first ESP than the pipeline looks ahead.
func turn(t *testing.T, from, to string, n int) {
	t.Helper()
	rewrite(t, from, to, 0, func(frames []pcaps.Frame) (turned []pcaps.Frame) {
		var rest []pcaps.Frame
		for _, f := range frames {
			if bytes.Contains(f.Data, []byte{192, 0, 2, 1}) && f.Data[23] == 50 {
				turned = append(turned, f)
			} else {
				rest = append(rest, f)
			}
		}
		if len(rest) != n {
			t.Fatalf("%d frames that are no ESP, want %d", len(rest), n)
		}
		turned = append(turned, rest...)
		for i := range turned {
			turned[i].Nanos = int64(i) * 1e6
		}
		return turned
	})
}
