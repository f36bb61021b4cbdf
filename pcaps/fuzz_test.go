package pcaps

import (
	"bytes"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzReader reads any octets as a capture. Whatever they are, the frames do not
// depend on the size of blocks or on whether the file is a pipe, each has an
// interface, and a capture is either complete or says what is missing. The seeds
// are files under testdata/fuzz: the small and hostile files of the other tests.
func FuzzReader(f *testing.F) {
	f.Fuzz(func(t *testing.T, file []byte) {
		if len(file) > 1<<20 {
			t.Skip()
		}
		want, info, err := fuzzRead(t, file, 0, false)
		for _, c := range []struct {
			size int
			pipe bool
		}{{1, false}, {100, true}} {
			frames, other, err2 := fuzzRead(t, file, c.size, c.pipe)
			if (err == nil) != (err2 == nil) {
				t.Fatalf("%v, in blocks of %d %v", err, c.size, err2)
			}
			if d := cmp.Diff(want, frames); d != "" {
				t.Fatalf("in blocks of %d: %s", c.size, d)
			}
			if info.counts != other.counts {
				t.Fatalf("problems %v, in blocks of %d %v", info.counts, c.size, other.counts)
			}
		}
	})
}

func fuzzRead(t *testing.T, file []byte, size int, pipe bool) ([]got, CaptureInfo, error) {
	s, err := openBytes(file, pipe, Options{BlockSize: size})
	if err != nil {
		return nil, CaptureInfo{}, err
	}
	defer s.Close()
	frames := drain(t, s)
	info := s.Captures()[0]
	for _, f := range frames {
		if f.Interface >= len(info.Interfaces) || f.WireLen < len(f.Data) || len(f.Data) > MaxFrameLen {
			t.Fatalf("frame %+v of %d interfaces", f, len(info.Interfaces))
		}
	}
	if info.Complete == info.Incomplete() || info.Packets != int64(len(frames)) {
		t.Fatalf("%+v", info)
	}
	return frames, info, nil
}

// FuzzRoundTrip writes a packet and reads it again.
func FuzzRoundTrip(f *testing.F) {
	f.Fuzz(func(t *testing.T, nanos int64, wireLen uint16, name, comment string, data []byte) {
		for _, format := range []Format{FormatPcap, FormatPcapng} {
			var out bytes.Buffer
			w := NewWriter(&out, format, WriterOptions{Comment: comment, Application: name})
			w.AddInterface(Interface{Name: name, Link: LinkRaw})
			if err := w.WriteComment(0, nanos, int(wireLen), comment, data); err != nil {
				t.Skip()
			}
			w.Flush()
			want := max(0, nanos)
			if format == FormatPcap {
				want = min(want, math.MaxUint32*1e9+999999999)
			}
			frames, info := readAll(t, out.Bytes(), 0)
			if len(frames) != 1 || frames[0].Nanos != want || frames[0].Data != string(data) ||
				frames[0].WireLen != max(len(data), int(wireLen)) || !info.Complete {
				t.Fatalf("%v: %+v %+v", format, frames, info)
			}
		}
	})
}
