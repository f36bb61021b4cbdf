package pcaps

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// benchCapture writes 200,000 packets of 1,500 octets, 300 MB.
func benchCapture(b *testing.B, f Format) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "bench."+f.String())
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	w := NewWriter(file, f, WriterOptions{})
	i, _ := w.AddInterface(Interface{Link: LinkRaw})
	data := make([]byte, 1500)
	for n := range 200000 {
		if err := w.Write(i, int64(n)*1000, data); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	return path
}

func benchRead(b *testing.B, f Format, opts Options) {
	path := benchCapture(b, f)
	st, _ := os.Stat(path)
	b.SetBytes(st.Size())
	b.ReportAllocs()
	for b.Loop() {
		s, err := OpenSet([]string{path}, nil, opts)
		if err != nil {
			b.Fatal(err)
		}
		for {
			blk, err := s.Next()
			if err == io.EOF {
				break
			}
			blk.Release()
		}
		s.Close()
	}
}

func BenchmarkReadPcap(b *testing.B)     { benchRead(b, FormatPcap, Options{}) }
func BenchmarkReadPcapng(b *testing.B)   { benchRead(b, FormatPcapng, Options{}) }
func BenchmarkReadPcap1MiB(b *testing.B) { benchRead(b, FormatPcap, Options{BlockSize: 1 << 20}) }

// BenchmarkReadMerged reads two files whose packets take turns.
func BenchmarkReadMerged(b *testing.B) {
	path := benchCapture(b, FormatPcapng)
	st, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(2 * st.Size())
	for b.Loop() {
		countFrames(b, []string{path, path}, nil, 400000)
	}
}

// BenchmarkReadCompressed reads a real capture, repeated, out of memory.
func BenchmarkReadCompressed(b *testing.B) {
	file := readFile(b, "testdata/vlan.pcap")
	file = cat(file[:classicHeaderLen], bytes.Repeat(file[classicHeaderLen:], 1000))
	for name, packed := range map[string][]byte{"gz": gzipped(file), "zst": zstdPacked(file)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(file)))
			for b.Loop() {
				countFrames(b, []string{"-"}, packed, 79000)
			}
		})
	}
}

// countFrames reads captures and checks their number of frames.
func countFrames(b *testing.B, paths []string, stdin []byte, want int) {
	b.Helper()
	s, err := OpenSet(paths, bytes.NewReader(stdin), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	n := 0
	for {
		blk, err := s.Next()
		if err == io.EOF {
			break
		}
		n += len(blk.Frames)
		blk.Release()
	}
	if n != want {
		b.Fatalf("%d frames, want %d", n, want)
	}
}

// BenchmarkPread is what the system takes for the same file in the same pieces.
func BenchmarkPread(b *testing.B) {
	path := benchCapture(b, FormatPcap)
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	st, _ := f.Stat()
	b.SetBytes(st.Size())
	buf := make([]byte, defaultBlockSize)
	for b.Loop() {
		for off := int64(0); off < st.Size(); {
			n, err := f.ReadAt(buf, off)
			off += int64(n)
			if err != nil && err != io.EOF {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkParse reads from memory: parsing and one copy.
func BenchmarkParse(b *testing.B) {
	path := benchCapture(b, FormatPcapng)
	file, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		countFrames(b, []string{"-"}, file, 200000)
	}
}

func BenchmarkWrite(b *testing.B) {
	for _, f := range []Format{FormatPcapng, FormatPcap} {
		b.Run(f.String(), func(b *testing.B) {
			w := NewWriter(io.Discard, f, WriterOptions{})
			i, _ := w.AddInterface(Interface{Link: LinkRaw})
			head, data := make([]byte, 20), make([]byte, 1420)
			b.SetBytes(1440)
			b.ReportAllocs()
			for b.Loop() {
				if err := w.Write(i, 1, head, data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
