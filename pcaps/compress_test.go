package pcaps

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

func gzipped(b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write(b)
	w.Close()
	return out.Bytes()
}

func zstdPacked(b []byte) []byte {
	w, _ := zstd.NewWriter(nil)
	return w.EncodeAll(b, nil)
}

func TestCompressed(t *testing.T) {
	plain := readFile(t, "testdata/vlan.pcap")
	want, _ := readAll(t, plain, 0)
	half := len(plain) / 2
	skippable := cat(join(little, uint32(0x184d2a53), 3, "xyz"), zstdPacked(plain))
	for name, c := range map[string]struct {
		file   []byte
		format string
	}{
		"gzip":                 {gzipped(plain), "pcap.gz"},
		"gzip of two members":  {cat(gzipped(plain[:half]), gzipped(plain[half:])), "pcap.gz"},
		"zstd":                 {zstdPacked(plain), "pcap.zst"},
		"zstd of two frames":   {cat(zstdPacked(plain[:half]), zstdPacked(plain[half:])), "pcap.zst"},
		"zstd, skippable head": {skippable, "pcap.zst"},
	} {
		for _, pipe := range []bool{false, true} {
			s, err := openBytes(c.file, pipe, Options{BlockSize: 3000})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if d := cmp.Diff(want, drain(t, s)); d != "" {
				t.Errorf("%s: %s", name, d)
			}
			info := s.Captures()[0]
			if info.Format != c.format || !info.Complete {
				t.Errorf("%s: %q, %v", name, info.Format, info.Problems)
			}
			if s.Position() != int64(len(c.file)) {
				t.Errorf("%s: position %d of %d", name, s.Position(), len(c.file))
			}
			s.Close()
		}
	}
}

// A compressed capture that was cut gives the packets before the cut. One whose
// check sum is wrong gives them all, and says that it is.
func TestCompressedDamage(t *testing.T) {
	real := readFile(t, "testdata/vlan.pcap")
	plain := cat(real[:classicHeaderLen], bytes.Repeat(real[classicHeaderLen:], 20))
	want, _ := readAll(t, plain, 0)
	for name, file := range map[string][]byte{"gzip": gzipped(plain), "zstd": zstdPacked(plain)} {
		for n := 20; n < len(file); n += 9973 {
			s, err := openBytes(file[:n], n%2 == 0, Options{})
			if err != nil {
				continue
			}
			frames := drain(t, s)
			if d := cmp.Diff(want[:len(frames)], frames, cmpopts.EquateEmpty()); d != "" {
				t.Errorf("%s cut at %d: %s", name, n, d)
			}
			if info := s.Captures()[0]; info.Count(Cut) != 1 || len(info.Problems) != 1 {
				t.Errorf("%s cut at %d: %v", name, n, info.Problems)
			}
			s.Close()
		}
		file[len(file)-2] ^= 0x55
		s, err := openBytes(file, false, Options{})
		if err != nil {
			t.Fatal(err)
		}
		frames := drain(t, s)
		if info := s.Captures()[0]; info.Count(Unreadable) != 1 || len(frames) > len(want) {
			t.Errorf("%s, wrong sum: %d frames, %v", name, len(frames), info.Problems)
		}
		s.Close()
	}
}
