package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"testing"

	"ikescope/pcaps"
)

// rewrite writes what change makes of the frames of a capture, as a classic pcap
// file with the snap length given; 0 is none.
func rewrite(t *testing.T, from, to string, snapLen int, change func([]pcaps.Frame) []pcaps.Frame) {
	t.Helper()
	frames := change(allFrames(t, from))
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

// allFrames are the frames of a capture, with octets of their own.
func allFrames(t *testing.T, path string) (frames []pcaps.Frame) {
	t.Helper()
	set, err := pcaps.OpenSet([]string{path}, nil, pcaps.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	for {
		b, err := set.Next()
		if errors.Is(err, io.EOF) {
			return frames
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range b.Frames {
			f.Data = bytes.Clone(f.Data)
			frames = append(frames, f)
		}
		b.Release()
	}
}
