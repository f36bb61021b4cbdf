//go:build oracle

package pcaps

import (
	"bytes"
	"io"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/gopacket"
	"github.com/google/gopacket/pcapgo"
)

// oracle reads a sound capture with gopacket's pcapgo.
func oracle(t *testing.T, b []byte) []got {
	t.Helper()
	var next func() ([]byte, gopacket.CaptureInfo, error)
	link := func(gopacket.CaptureInfo) LinkType { return 0 }
	if bytes.HasPrefix(b, []byte{0x0a, 0x0d, 0x0d, 0x0a}) {
		r, err := pcapgo.NewNgReader(bytes.NewReader(b), pcapgo.NgReaderOptions{WantMixedLinkType: true})
		if err != nil {
			t.Fatal(err)
		}
		next = r.ReadPacketData
		link = func(ci gopacket.CaptureInfo) LinkType {
			i, err := r.Interface(ci.InterfaceIndex)
			if err != nil {
				t.Fatal(err)
			}
			return LinkType(i.LinkType)
		}
	} else {
		r, err := pcapgo.NewReader(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		next = r.ReadPacketData
		link = func(gopacket.CaptureInfo) LinkType { return LinkType(r.LinkType()) }
	}
	var out []got
	for {
		data, ci, err := next()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, got{
			Number: int64(len(out) + 1), Nanos: ci.Timestamp.UnixNano(), Data: string(data),
			WireLen: ci.Length, Link: link(ci), Interface: ci.InterfaceIndex,
		})
	}
}

func TestRealCapturesAgainstOracle(t *testing.T) {
	for _, path := range realCaptures {
		b := readFile(t, path)
		want := oracle(t, b)
		for _, size := range []int{0, 1, 100, 4096, 65536} {
			frames, info := readAll(t, b, size)
			if d := cmp.Diff(want, withoutOffsets(frames)); d != "" {
				t.Errorf("%s in blocks of %d: %s", path, size, d)
			}
			if !info.Complete || info.Problems != nil || info.Packets != int64(len(want)) {
				t.Errorf("%s: %+v", path, info)
			}
		}
	}
}

func TestGeneratedAgainstOracle(t *testing.T) {
	at := time.Unix(1700000000, 123456789).UTC()
	var classic, ng bytes.Buffer
	cw := pcapgo.NewWriterNanos(&classic)
	if err := cw.WriteFileHeader(65535, 101); err != nil {
		t.Fatal(err)
	}
	nw, err := pcapgo.NewNgWriterInterface(&ng, pcapgo.NgInterface{Name: "a", LinkType: 1, SnapLength: 65535}, pcapgo.DefaultNgWriterOptions)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := nw.AddInterface(pcapgo.NgInterface{Name: "b", LinkType: 101}); err != nil {
		t.Fatal(err)
	}
	for i := range 2000 {
		data := bytes.Repeat([]byte{byte(i)}, 1+i*37%1600)
		ci := gopacket.CaptureInfo{Timestamp: at.Add(time.Duration(i) * 777777), CaptureLength: len(data), Length: len(data) + i%3, InterfaceIndex: i % 2}
		if err := cw.WritePacket(ci, data); err != nil {
			t.Fatal(err)
		}
		if err := nw.WritePacket(ci, data); err != nil {
			t.Fatal(err)
		}
	}
	if err := nw.Flush(); err != nil {
		t.Fatal(err)
	}
	for _, b := range [][]byte{classic.Bytes(), ng.Bytes()} {
		frames, info := readAll(t, b, 5000)
		if d := cmp.Diff(oracle(t, b), withoutOffsets(frames)); d != "" {
			t.Error(d)
		}
		if info.Format == "pcapng" && (info.Interfaces[1].Name != "b" || info.Interfaces[1].Link != LinkRaw) {
			t.Errorf("interfaces: %+v", info.Interfaces)
		}
	}
}
