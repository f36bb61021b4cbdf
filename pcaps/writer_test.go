package pcaps

import (
	"bytes"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// The octets of a small file of each format, field by field as the drafts have
// them (draft-ietf-opsawg-pcap sections 4 and 5, draft-ietf-opsawg-pcapng
// sections 4.1 to 4.3 and 4.7).
func TestWriterOctets(t *testing.T) {
	for name, c := range map[string]struct {
		format Format
		opts   WriterOptions
		want   []byte
	}{
		"pcap": {FormatPcap, WriterOptions{}, join(little,
			uint32(0xa1b23c4d), uint16(2), uint16(4), 0, 0, 262144, 101,
			1, 2003, 5, 5, "abcde")},
		"pcap with microseconds": {FormatPcap, WriterOptions{Microseconds: true}, join(little,
			uint32(0xa1b2c3d4), uint16(2), uint16(4), 0, 0, 262144, 101,
			1, 2, 5, 5, "abcde")},
		"pcapng": {FormatPcapng, WriterOptions{Application: "ikescope", Comment: "hi"}, join(little,
			uint32(0x0a0d0d0a), 52, uint32(0x1a2b3c4d), uint16(1), uint16(0), uint64(1<<64-1),
			uint16(1), uint16(2), "hi\x00\x00", uint16(4), uint16(8), "ikescope", 0, 52,
			1, 40, uint16(101), uint16(0), 262144,
			uint16(2), uint16(2), "in\x00\x00", uint16(9), uint16(1), "\x09\x00\x00\x00", 0, 40,
			6, 40, 0, 0, 1000002003, 5, 5, "abcde\x00\x00\x00", 40)},
	} {
		var out bytes.Buffer
		w := NewWriter(&out, c.format, c.opts)
		i, err := w.AddInterface(Interface{Name: "in", Link: LinkRaw})
		if err != nil || i != 0 {
			t.Fatal(i, err)
		}
		if err := w.Write(i, 1000002003, []byte("ab"), nil, []byte("cde")); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(c.want, out.Bytes()); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestWriterRoundTrip(t *testing.T) {
	var out bytes.Buffer
	w := NewWriter(&out, FormatPcapng, WriterOptions{System: "os", BufferSize: 100})
	first, _ := w.AddInterface(Interface{Name: "inner", Link: LinkRaw})
	if err := w.WriteSecrets(SecretsTLS, []byte("key")); err != nil {
		t.Fatal(err)
	}
	second, _ := w.AddInterface(Interface{Name: "outer", Description: "d", Link: LinkEthernet, SnapLen: 50})
	long := strings.Repeat("0123456789", 1000)
	for _, err := range []error{
		w.Write(first, 1700000000123456789, []byte("abc")),
		w.WriteComment(second, 5, 99, "a comment", []byte(long[:50])),
		w.Write(first, math.MinInt64),
		w.Write(first, math.MaxInt64, []byte(long)),
		w.WriteRecords(w.Append(nil, second, 7, []byte("x"), []byte("yz"))),
		w.WriteRecords(AppendEPB(nil, first, 8, 1000, strings.Repeat("c", 70000), []byte("w"))),
		w.Flush(),
		w.Flush(),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	s, err := openBytes(out.Bytes(), false, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	want := []got{
		{1, 1700000000123456789, "abc", 3, LinkRaw, 0, 0, 0},
		{2, 5, long[:50], 99, LinkEthernet, 1, 0, 0},
		{3, 0, "", 0, LinkRaw, 0, 0, 0},
		{4, math.MaxInt64, long, 10000, LinkRaw, 0, 0, 0},
		{5, 7, "xyz", 3, LinkEthernet, 1, 0, 0},
		{6, 8, "w", 1000, LinkRaw, 0, 0, 0},
	}
	if d := cmp.Diff(want, withoutOffsets(drain(t, s))); d != "" {
		t.Error(d)
	}
	info := s.Captures()[0]
	if !info.Complete || len(info.Comments) != 2 || info.Comments[0].Frame != 2 || info.Comments[0].Text != "a comment" || info.System != "os" {
		t.Errorf("%+v", info)
	}
	wantIfaces := []InterfaceInfo{
		{Name: "inner", Link: LinkRaw, SnapLen: MaxFrameLen, FCSLen: -1, Resolution: Nanoseconds},
		{Name: "outer", Description: "d", Link: LinkEthernet, SnapLen: 50, FCSLen: -1, Resolution: Nanoseconds},
	}
	if d := cmp.Diff(wantIfaces, info.Interfaces); d != "" {
		t.Error(d)
	}
	if secrets := s.Secrets(); len(secrets) != 1 || string(secrets[0].Data) != "key" {
		t.Errorf("%d secrets", len(secrets))
	}
}

// Records built by many goroutines and written in order are the file that Write
// makes.
func TestAppendIsWrite(t *testing.T) {
	for _, f := range []Format{FormatPcap, FormatPcapng} {
		var one, other bytes.Buffer
		w, v := NewWriter(&one, f, WriterOptions{}), NewWriter(&other, f, WriterOptions{BufferSize: 4096})
		w.AddInterface(Interface{Link: LinkRaw})
		v.AddInterface(Interface{Link: LinkRaw})
		var records []byte
		for i := range 3000 {
			data := bytes.Repeat([]byte{byte(i)}, i%90)
			w.Write(0, int64(i)*1e9+5, data)
			records = v.Append(records, 0, int64(i)*1e9+5, data[:i%90/2], data[i%90/2:])
			if i%200 == 199 {
				if err := v.WriteRecords(records); err != nil {
					t.Fatal(err)
				}
				records = records[:0]
			}
		}
		if err := errors.Join(w.Flush(), v.Flush()); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(one.Bytes(), other.Bytes()) {
			t.Errorf("%v: the files differ", f)
		}
	}
}

// Times that classic pcap cannot hold become the nearest that it can.
func TestPcapRecordTimes(t *testing.T) {
	for nanos, want := range map[int64]int64{
		-1: 0, math.MinInt64: 0, math.MaxInt64: math.MaxUint32*1e9 + 999999999, math.MaxUint32*1e9 + 7: math.MaxUint32*1e9 + 7,
	} {
		file := cat(classicHeader(little, magicNanos, 65535, 101), AppendPcapRecord(nil, Nanoseconds, nanos, 0, []byte("a")))
		if frames, _ := readAll(t, file, 0); len(frames) != 1 || frames[0].Nanos != want {
			t.Errorf("%d: %v, want %d", nanos, frames, want)
		}
	}
}

func TestWriterErrors(t *testing.T) {
	var out bytes.Buffer
	w := NewWriter(&out, FormatPcap, WriterOptions{})
	if err := w.Write(0, 1, nil); !errors.Is(err, ErrNoInterface) {
		t.Error(err)
	}
	if err := w.WriteRecords([]byte("x")); !errors.Is(err, ErrNoInterface) {
		t.Error(err)
	}
	if err := w.WriteSecrets(SecretsTLS, nil); !errors.Is(err, ErrPcapngOnly) {
		t.Error(err)
	}
	if i, err := w.AddInterface(Interface{Link: LinkRaw}); i != 0 || err != nil {
		t.Error(i, err)
	}
	if i, err := w.AddInterface(Interface{Link: LinkRaw}); i != 1 || err != nil {
		t.Error(i, err)
	}
	if _, err := w.AddInterface(Interface{Link: LinkEthernet}); !errors.Is(err, ErrOneLinkType) {
		t.Error(err)
	}
	if err := w.Write(0, 1, make([]byte, MaxFrameLen), []byte{0}); err == nil {
		t.Error("a packet that no reader takes was written")
	}
	if err := w.Write(1, 1, make([]byte, MaxFrameLen)); err != nil {
		t.Error(err)
	}
	if err := NewWriter(&out, FormatPcapng, WriterOptions{}).WriteSecrets(1, make([]byte, MaxSecrets)); err == nil {
		t.Error("secrets that no reader takes were written")
	}
}

// A file that nothing was written to is a valid one without packets.
func TestEmptyOutput(t *testing.T) {
	for _, f := range []Format{FormatPcap, FormatPcapng} {
		var out bytes.Buffer
		if err := NewWriter(&out, f, WriterOptions{}).Flush(); err != nil {
			t.Fatal(err)
		}
		frames, info := readAll(t, out.Bytes(), 0)
		if len(frames) != 0 || !info.Complete || info.Format != f.String() {
			t.Errorf("%v: %+v", f, info)
		}
	}
}

// fullDisk takes n octets.
type fullDisk struct{ n int }

var errFull = errors.New("no space left")

func (d *fullDisk) Write(p []byte) (int, error) {
	n := min(d.n, len(p))
	d.n -= n
	if n < len(p) {
		return n, errFull
	}
	return n, nil
}

// The first error stays, whatever is called next.
func TestWriterFullDisk(t *testing.T) {
	for _, direct := range []bool{false, true} {
		w := NewWriter(&fullDisk{1000}, FormatPcapng, WriterOptions{BufferSize: 256})
		w.AddInterface(Interface{Link: LinkRaw})
		var err error
		for i := 0; err == nil && i < 100; i++ {
			if direct {
				err = w.WriteRecords(AppendEPB(nil, 0, 1, 0, "", make([]byte, 200)))
			} else {
				err = w.Write(0, 1, make([]byte, 50))
			}
		}
		_, add := w.AddInterface(Interface{})
		for _, err := range []error{err, w.Flush(), w.Write(0, 1), w.WriteRecords(nil), w.WriteSecrets(1, nil), add} {
			if !errors.Is(err, errFull) {
				t.Errorf("direct %v: %v", direct, err)
			}
		}
	}
}

func TestWriteAllocs(t *testing.T) {
	head, data := make([]byte, 20), make([]byte, 1400)
	for _, f := range []Format{FormatPcap, FormatPcapng} {
		w := NewWriter(io.Discard, f, WriterOptions{BufferSize: 8192})
		w.AddInterface(Interface{Link: LinkRaw})
		dst := make([]byte, 0, 4096)
		write := func() {
			if w.WriteComment(0, 1, 0, "comment", head, data) != nil {
				t.Fatal("error")
			}
			dst = w.Append(dst[:0], 0, 1, head, data)
			if w.WriteRecords(dst) != nil {
				t.Fatal("error")
			}
		}
		for range 20 {
			write()
		}
		if n := testing.AllocsPerRun(100, write); n != 0 {
			t.Errorf("%v: %v allocations", f, n)
		}
	}
}

// What is written of a real capture is what was read of it.
func TestCopyOfRealCaptures(t *testing.T) {
	for _, path := range realCaptures {
		want, info := readAll(t, readFile(t, path), 0)
		var out bytes.Buffer
		w := NewWriter(&out, FormatPcapng, WriterOptions{})
		for _, i := range info.Interfaces {
			w.AddInterface(Interface{Name: i.Name, Link: i.Link, SnapLen: i.SnapLen})
		}
		for _, f := range want {
			if err := w.WriteComment(f.Interface, f.Nanos, f.WireLen, "", []byte(f.Data)); err != nil {
				t.Fatal(err)
			}
		}
		w.Flush()
		frames, _ := readAll(t, out.Bytes(), 0)
		if d := cmp.Diff(want, frames, cmpopts.IgnoreFields(got{}, "Offset")); d != "" {
			t.Error(d)
		}
	}
}
