package esp

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// capturedPacket is a row of testdata/captured.json.gz.
type capturedPacket struct {
	algorithms
	Name             string `json:"name"`
	AH               bool   `json:"ah"`
	Transport        bool   `json:"transport"`
	Outer            octets `json:"outer"` // the IP datagram that was on the wire
	HeaderLen        int    `json:"header_len"`
	NextHeaderOffset int    `json:"next_header_offset"`
	Packet           octets `json:"packet"` // from the SPI, or from the AH
	Inner            octets `json:"inner"`  // what the receiver's kernel saw
	TFC              int    `json:"tfc"`
}

// open returns the payload of the packet.
func (c capturedPacket) open(t *testing.T, w *Worker) (nextHeader uint8, payload []byte) {
	t.Helper()
	if c.AH {
		v, err := w.VerifyAH(c.sa(t), c.Outer, c.HeaderLen, 0)
		if v != OK || err != nil {
			t.Fatalf("%v, %v", v, err)
		}
		ah, err := ParseAH(c.Outer, c.HeaderLen)
		if err != nil {
			t.Fatal(err)
		}
		return ah.NextHeader, ah.Payload
	}
	batch := []Packet{{Data: bytes.Clone(c.Packet)}}
	w.Open(c.sa(t), batch)
	if p := &batch[0]; p.Verdict != OK || p.OddPadding {
		t.Fatalf("verdict %v, odd padding %v", p.Verdict, p.OddPadding)
	}
	return batch[0].NextHeader, batch[0].Inner
}

func TestCapturedPackets(t *testing.T) {
	var w Worker
	for _, c := range load[capturedPacket](t, "captured", 27) {
		t.Run(c.Name, func(t *testing.T) {
			nextHeader, payload := c.open(t, &w)
			inner, tfc, tunnel := InnerDatagram(nextHeader, payload)
			if tunnel == c.Transport {
				t.Fatalf("tunnel %v with next header %d", tunnel, nextHeader)
			}
			if !tunnel {
				var err error
				inner, err = AppendTransport(nil, c.Outer, c.HeaderLen, c.NextHeaderOffset, nextHeader, payload)
				if err != nil {
					t.Fatal(err)
				}
			}
			if d := cmp.Diff([]byte(c.Inner), inner); d != "" {
				t.Error(d)
			}
			if tfc != c.TFC {
				t.Errorf("%d octets of TFC padding, want %d", tfc, c.TFC)
			}
		})
	}
}
