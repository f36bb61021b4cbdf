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
	set, err := pcaps.OpenSet([]string{from}, nil, pcaps.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	f, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := pcaps.NewWriter(f, pcaps.FormatPcap, pcaps.WriterOptions{})
	if _, err := w.AddInterface(pcaps.Interface{Link: pcaps.LinkEthernet}); err != nil {
		t.Fatal(err)
	}
	var first, rest [][]byte
	for {
		b, err := set.Next()
		if err != nil {
			break
		}
		for _, fr := range b.Frames {
			if bytes.Contains(fr.Data, []byte{192, 0, 2, 1}) && fr.Data[23] == 50 {
				rest = append(rest, bytes.Clone(fr.Data))
			} else {
				first = append(first, bytes.Clone(fr.Data))
			}
		}
	}
	for i, data := range append(rest, first...) {
		if err := w.Write(0, int64(i)*1e6, data); err != nil {
			t.Fatal(err)
		}
	}
	if len(first) != n || w.Flush() != nil {
		t.Fatalf("%d frames that are no ESP, want %d", len(first), n)
	}
}
