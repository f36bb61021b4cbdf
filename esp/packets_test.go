package esp

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// publishedPacket is a row of testdata/packets.json.gz.
type publishedPacket struct {
	algorithms
	Name       string `json:"name"`
	Starts     string `json:"starts"` // esp, ipv4, ipv6
	Packet     octets `json:"packet"`
	SeqHi      uint32 `json:"seq_hi"`
	Fails      bool   `json:"fails"`
	Plaintext  octets `json:"plaintext"` // trailer included
	HasTrailer bool   `json:"has_trailer"`
	Payload    octets `json:"payload"`
	NextHeader uint8  `json:"next_header"`
	OddPadding bool   `json:"odd_padding"`
}

// esp returns the case's octets from the SPI on.
func (c publishedPacket) esp() []byte {
	switch c.Starts {
	case "ipv4":
		return bytes.Clone(c.Packet[int(c.Packet[0]&15)*4 : binary.BigEndian.Uint16(c.Packet[2:])])
	case "ipv6":
		return bytes.Clone(c.Packet[40:])
	}
	return bytes.Clone(c.Packet)
}

func (c publishedPacket) verdict() Verdict {
	switch {
	case c.Fails:
		return ICVFailed
	case !c.HasTrailer:
		return BadPadding
	case c.Integrity == "" && c.icvLen() == 0:
		return NotVerified
	}
	return OK
}

func (c publishedPacket) icvLen() int {
	for _, n := range []string{"gcm", "ccm", "gmac", "poly1305"} {
		if bytes.Contains([]byte(c.Encryption), []byte(n)) {
			return 16
		}
	}
	return 0
}

func TestPublishedPackets(t *testing.T) {
	opened, refused := 0, 0
	var w Worker
	for _, c := range load[publishedPacket](t, "packets", 87) {
		t.Run(c.Name, func(t *testing.T) {
			sa := c.sa(t)
			batch := []Packet{{Data: c.esp(), SeqHi: c.SeqHi}}
			w.Open(sa, batch)
			p := &batch[0]
			if p.Verdict != c.verdict() {
				t.Fatalf("verdict %v, want %v", p.Verdict, c.verdict())
			}
			if c.Fails {
				refused++
				if !bytes.Equal(p.Data, c.esp()) || p.Inner != nil {
					t.Error("a refused packet was touched")
				}
				return
			}
			opened++
			if got := sa.body(p); !bytes.Equal(got, c.Plaintext) {
				t.Errorf("plaintext\n%x, want\n%x", got, c.Plaintext)
			}
			if !c.HasTrailer {
				return
			}
			if !bytes.Equal(p.Inner, c.Payload) || p.NextHeader != c.NextHeader || p.OddPadding != c.OddPadding {
				t.Errorf("next header %d, odd padding %v, payload\n%x\nwant %d, %v,\n%x",
					p.NextHeader, p.OddPadding, p.Inner, c.NextHeader, c.OddPadding, c.Payload)
			}
		})
	}
	if opened != 86 || refused != 1 {
		t.Errorf("opened %d, refused %d; want 86 and 1", opened, refused)
	}
}

// Verify alone must agree with Open and leave the packet as it is.
func TestVerifyPublishedPackets(t *testing.T) {
	for _, c := range load[publishedPacket](t, "packets", 87) {
		data := c.esp()
		want := c.verdict() == OK || c.verdict() == BadPadding
		if got := c.sa(t).Verify(data, c.SeqHi); got != want {
			t.Errorf("%s: Verify is %v, want %v", c.Name, got, want)
		}
		if !bytes.Equal(data, c.esp()) {
			t.Errorf("%s: Verify changed the packet", c.Name)
		}
	}
}

// Every octet that a packet's ICV covers must matter.
func TestOneOctetChanged(t *testing.T) {
	var w Worker
	for _, c := range load[publishedPacket](t, "packets", 87) {
		if c.verdict() != OK {
			continue
		}
		sa := c.sa(t)
		for i := range c.esp() {
			data := c.esp()
			data[i] ^= 0x40
			before := bytes.Clone(data)
			batch := []Packet{{Data: data, SeqHi: c.SeqHi}}
			w.Open(sa, batch)
			if batch[0].Verdict != ICVFailed || batch[0].Inner != nil || !bytes.Equal(data, before) {
				t.Fatalf("%s: octet %d changed: %v", c.Name, i, batch[0].Verdict)
			}
		}
		batch := []Packet{{Data: c.esp(), SeqHi: c.SeqHi + 1}}
		w.Open(sa, batch)
		if c.ESN != (batch[0].Verdict == ICVFailed) {
			t.Errorf("%s: wrong high half: %v with ESN %v", c.Name, batch[0].Verdict, c.ESN)
		}
	}
}
