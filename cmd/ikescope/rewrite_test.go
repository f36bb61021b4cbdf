package main

import (
	"bytes"
	"errors"
	"os"
	"testing"

	"ikescope/pcaps"
	"ikescope/pcaps/samples"
)

// rewrite writes what change makes of the frames of a capture, as a classic pcap
// file with the snap length given; 0 is none.
func rewrite(t *testing.T, from, to string, snapLen int, change func([]pcaps.Frame) []pcaps.Frame) {
	t.Helper()
	frames := change(samples.Frames(t, from))
	var b bytes.Buffer
	w := pcaps.NewWriter(&b, pcaps.FormatPcap, pcaps.WriterOptions{})
	if _, err := w.AddInterface(pcaps.Interface{Link: frames[0].Link, SnapLen: uint32(snapLen)}); err != nil {
		t.Fatal(err)
	}
	for _, f := range frames {
		if err := w.WriteComment(0, f.Nanos, f.WireLen, "", f.Data); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Flush(), os.WriteFile(to, b.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
}
