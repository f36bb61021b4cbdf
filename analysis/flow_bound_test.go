package analysis

import (
	"encoding/binary"
	"net/netip"
	"testing"

	"ikescope/decode"
)

func espPacket(spi, seq uint32) *decode.Packet {
	p := &decode.Packet{
		Kind: decode.KindESP, Src: netip.MustParseAddr("192.0.2.1"), Dst: netip.MustParseAddr("192.0.2.2"),
		SPI: spi, Seq: seq, IP: make([]byte, 60),
	}
	p.Payload = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(p.IP[:20], spi), seq)
	p.Payload = p.IP[20:]
	return p
}

// A flood of SPIs pushes out itself: a flow with more packets stays, one whose SA
// is known as well, and no packet goes uncounted.
func TestFloodOfSPIs(t *testing.T) {
	const (
		busy  = 1
		known = 2
		flood = 4 * maxUnknown
	)
	flows := newFlows()
	bound := flows.note(espPacket(known, 1), 1, 1)
	bound.sa = new(SA)
	total := int64(1)
	for i := range uint32(flood) {
		if i%1000 == 0 {
			flows.note(espPacket(busy, i), 1, 1)
			total++
		}
		flows.note(espPacket(1000+i, 1), int64(i), 1)
		total++
	}
	if n := len(flows.order); n > maxUnknown+1 || n != len(flows.byKey) {
		t.Errorf("%d flows kept, %d indexed", n, len(flows.byKey))
	}
	counted := flows.more
	for _, f := range flows.order {
		counted += f.Packets
	}
	if counted != total {
		t.Errorf("%d packets counted, want %d", counted, total)
	}
	f := flows.find(keyOf(espPacket(busy, 0)))
	if f == nil || f.Packets != (flood+999)/1000 {
		t.Errorf("the busy flow: %+v", f)
	}
	if flows.find(keyOf(espPacket(known, 0))) != bound {
		t.Error("the flow of a known SA is forgotten")
	}
	if n := len(flows.fresh); n > maxUnknown+1 {
		t.Errorf("%d flows wait for the resolver", n)
	}
	if flows.sampled > maxSampleOctets {
		t.Errorf("samples of %d octets", flows.sampled)
	}
	if flows.find(keyOf(espPacket(1000, 0))) != nil {
		t.Error("the oldest of the flood is still there")
	}
}
