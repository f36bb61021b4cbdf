package pcaps

import (
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"testing"
)

// builder writes capture files of either byte order, right or wrong. It shares
// nothing with Writer.
type builder struct {
	bytes.Buffer
	o binary.ByteOrder
}

var (
	little = binary.ByteOrder(binary.LittleEndian)
	big    = binary.ByteOrder(binary.BigEndian)
)

func (b *builder) put(values ...any) *builder {
	for _, v := range values {
		switch v := v.(type) {
		case string:
			b.WriteString(v)
		case []byte:
			b.Write(v)
		case int:
			binary.Write(&b.Buffer, b.o, uint32(v))
		default:
			binary.Write(&b.Buffer, b.o, v)
		}
	}
	return b
}

func join(o binary.ByteOrder, values ...any) []byte {
	return (&builder{o: o}).put(values...).Bytes()
}

// classicHeader is a file header of version 2.4.
func classicHeader(o binary.ByteOrder, magic uint32, snap int, network uint32) []byte {
	return join(o, magic, uint16(2), uint16(4), 0, 0, snap, network)
}

func classicRecord(o binary.ByteOrder, sec, frac, capLen, wireLen int64, data string) []byte {
	return join(o, uint32(sec), uint32(frac), uint32(capLen), uint32(wireLen), data)
}

// ngBlock is a block with right lengths.
func ngBlock(o binary.ByteOrder, kind uint32, body ...any) []byte {
	b := pad(join(o, body...))
	return join(o, kind, len(b)+12, b, len(b)+12)
}

func pad(b []byte) []byte { return append(b, make([]byte, -len(b)&3)...) }

func ngSection(o binary.ByteOrder, options ...[]byte) []byte {
	return ngBlock(o, blockSection, uint32(byteOrderMagic), uint16(1), uint16(0), uint64(1<<64-1), bytes.Join(options, nil))
}

func ngInterface(o binary.ByteOrder, link LinkType, snap int, options ...[]byte) []byte {
	return ngBlock(o, blockInterface, uint16(link), uint16(0), snap, bytes.Join(options, nil))
}

func ngOption(o binary.ByteOrder, code uint16, value ...any) []byte {
	v := join(o, value...)
	return join(o, code, uint16(len(v)), pad(v))
}

func ngPacket(o binary.ByteOrder, iface int, stamp uint64, data string, options ...[]byte) []byte {
	return ngBlock(o, blockEnhanced, iface, uint32(stamp>>32), uint32(stamp), len(data), len(data),
		pad([]byte(data)), bytes.Join(options, nil))
}

func cat(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// got is a frame that outlives its block.
type got struct {
	Number, Nanos int64
	Data          string
	WireLen       int
	Link          LinkType
	Interface     int
	Capture       int
	Offset        int64
}

// onlyReader hides everything but Read: a pipe.
type onlyReader struct{ io.Reader }

// openBytes opens one capture out of memory, as a file or as a pipe.
func openBytes(b []byte, pipe bool, opts Options) (*Set, error) {
	var r io.Reader = bytes.NewReader(b)
	if pipe {
		r = onlyReader{r}
	}
	return OpenSet([]string{"-"}, r, opts)
}

// drain reads s to its end.
func drain(t testing.TB, s *Set) []got {
	t.Helper()
	var out []got
	for {
		b, err := s.Next()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(b.Frames) == 0 {
			t.Fatal("block without frames")
		}
		for _, f := range b.Frames {
			out = append(out, got{f.Number, f.Nanos, string(f.Data), f.WireLen, f.Link, f.Interface, f.Capture, f.Offset})
		}
		b.Release()
	}
}

// readAll reads b as one capture, in blocks of size octets.
func readAll(t testing.TB, b []byte, size int) ([]got, CaptureInfo) {
	t.Helper()
	s, err := openBytes(b, false, Options{BlockSize: size})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	frames := drain(t, s)
	return frames, s.Captures()[0]
}

// Real captures: two interfaces in pcapng written by dumpcap 4.0.17, and pcap
// written by tcpdump, both of tunnels of our own between strongSwan daemons.
var realCaptures = []string{"testdata/two-interfaces.pcapng", "testdata/vlan.pcap"}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func withoutOffsets(frames []got) []got {
	for i := range frames {
		frames[i].Offset = 0
	}
	return frames
}
