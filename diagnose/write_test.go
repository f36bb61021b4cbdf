package diagnose_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"ikescope/pcaps"
)

// write stores packets as a capture.
func write(t testing.TB, link pcaps.LinkType, frames []pcaps.Frame) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "talk.pcap")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := pcaps.NewWriter(f, pcaps.FormatPcap, pcaps.WriterOptions{})
	iface, err := w.AddInterface(pcaps.Interface{Link: link, SnapLen: 262144})
	if err != nil {
		t.Fatal(err)
	}
	for _, fr := range frames {
		if err := w.WriteComment(iface, fr.Nanos, max(fr.WireLen, len(fr.Data)), "", fr.Data); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Flush(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}
