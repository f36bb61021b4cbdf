package samples

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"ikescope/pcaps"
)

// Frames returns the frames of a capture, with octets of their own.
func Frames(t testing.TB, path string) (frames []pcaps.Frame) {
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
