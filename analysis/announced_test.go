package analysis_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"ikescope/analysis"
	"ikescope/pcaps"
	"ikescope/pcaps/samples"
)

// announcements is a sink that checks when it is told of SAs.
type announcements struct {
	t     *testing.T
	known []*analysis.SA
}

func (a *announcements) Announce(s *analysis.SA) error {
	if a.known = append(a.known, s); s.Order != len(a.known) {
		a.t.Errorf("SA %#x is announced as number %d and is %d", s.SPI, len(a.known), s.Order)
	}
	return nil
}

func (a *announcements) Append(dst []byte, p analysis.Inner) []byte {
	return append(dst, byte(p.SA.Order))
}

func (a *announcements) Write(orders []byte) error {
	for _, n := range orders {
		if n == 0 || int(n) > len(a.known) {
			a.t.Errorf("a packet of SA %d, of which %d are announced", n, len(a.known))
		}
	}
	return nil
}

func (a *announcements) Restart() error { a.known = nil; return nil }

// Each SA is announced once, before its first packet and in the order of these, in a
// second reading as well.
func TestSAsAreAnnounced(t *testing.T) {
	for _, name := range []string{"rekey-quick-modes-pfs", "two-tunnels", "esp-aes128-esn"} {
		s := samples.ByName(name)
		for _, path := range []string{s.Capture(), keysLast(t, s)} {
			sink := &announcements{t: t}
			res := runOver(t, path, nil, analysis.Options{Strict: true, Ring: ringOf(t, s), Sink: sink, Workers: 3, Lookahead: 1})
			var last int64
			for i, sa := range sink.known {
				if sa.Flow.First <= last {
					t.Errorf("%s: SA %d comes first in packet %d, the one before in %d", name, i+1, sa.Flow.First, last)
				}
				last = sa.Flow.First
			}
			if len(sink.known) != s.SAs || res.Opened.Written != int64(s.ESP) {
				t.Errorf("%s: %d SAs, %+v", name, len(sink.known), res.Opened)
			}
		}
	}
}

// keysLast is a file of a sample's packets with IKE behind ESP, in which the packet of
// number n has the time n.
func keysLast(t *testing.T, s samples.Sample) string {
	t.Helper()
	all := datagrams(t, s)
	slices.SortStableFunc(all, func(a, b []byte) int { return int(b[9]) - int(a[9]) }) // 50 is ESP, 17 UDP
	var out bytes.Buffer
	w := pcaps.NewWriter(&out, pcaps.FormatPcap, pcaps.WriterOptions{})
	w.AddInterface(pcaps.Interface{Link: pcaps.LinkRaw})
	for i, d := range all {
		w.Write(0, int64(i+1), d)
	}
	w.Flush()
	path := filepath.Join(t.TempDir(), "capture.pcap")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// What is not selected is counted once, however often a file is read.
func TestSelectionOfTwoReadings(t *testing.T) {
	const until = 40
	s := samples.ByName("two-tunnels")
	o := analysis.Options{Strict: true, Ring: ringOf(t, s), Sink: &announcements{t: t}, Workers: 2, Lookahead: 1}
	o.Select.Until = until
	res := runOver(t, keysLast(t, s), nil, o)
	if n := res.Opened.Decrypted; n == 0 || n > until || res.Opened.Skipped != int64(s.ESP)-n {
		t.Errorf("%+v", res.Opened)
	}
}
