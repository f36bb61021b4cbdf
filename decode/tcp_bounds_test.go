package decode

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"
)

// Of a segment that the capture cut, the message in front of the cut is shown with
// what is missing, and what follows is found again.
func TestTCPCutBySnapLength(t *testing.T) {
	frame := func(seq uint32, snap int, data []byte) (f []byte, wire int) {
		f = tcpSegment(false, seq, 1, 0, data)
		return f[:min(len(f), 40+snap)], len(f)
	}
	first := join([]byte(streamPrefix), inTCP(join(be32(0), ikeMessage(80))))
	big := inTCP(espOf(5, 1000))
	for _, tt := range []struct {
		name    string
		data    []byte
		snap    int
		kind    Kind
		missing int
	}{
		{"one message", big, 200, KindESP, 802},
		{"message and the next", join(inTCP(espOf(4, 100)), big), 50, KindESP, 52},
	} {
		d := NewDecoder(Limits{})
		receive(d, tcpSegment(false, 0, 1, 0, first))
		var p Packet
		f, wire := frame(uint32(len(first)), tt.snap, tt.data)
		d.Decode(&p, linkRaw, f, wire, 0)
		if p.Kind != tt.kind || p.Missing != tt.missing {
			t.Errorf("%s: %v, %d missing", tt.name, p.Kind, p.Missing)
		}
		for d.More(&p) {
			t.Errorf("%s: more", tt.name)
		}
		next := uint32(len(first) + len(tt.data))
		got := receive(d, tcpSegment(false, next, 1, 0, inTCP(espOf(6, 100))), tcpSegment(false, next+102, 1, 0, inTCP(espOf(7, 100))))
		if !slices.Equal(got, []string{"esp 6/100", "esp 7/100"}) {
			t.Errorf("%s: then %q, %+v", tt.name, got, d.Stats().TCP)
		}
	}
	// A message of two segments, the first of them cut: the rest of it is skipped.
	d := NewDecoder(Limits{})
	receive(d, tcpSegment(false, 0, 1, 0, first))
	var p Packet
	f, wire := frame(uint32(len(first)), 100, big[:600])
	d.Decode(&p, linkRaw, f, wire, 0)
	got := receive(d, tcpSegment(false, uint32(len(first)+600), 1, 0, join(big[600:], inTCP(espOf(6, 100)))))
	if !slices.Equal(got, []string{"esp 6/100"}) {
		t.Errorf("two segments: %q, %+v", got, d.Stats().TCP)
	}
}

// Bounds: streams, what they hold, what waits in one.
func TestTCPBounds(t *testing.T) {
	d := NewDecoder(Limits{Streams: 8, StreamBytes: 100_000})
	partial := join([]byte(streamPrefix), be16(60_000), espOf(1, 1000))
	for n := range 200 {
		f := portSegment(1000+n, 4500, false, 0, 1, 0, partial)
		receive(d, f)
		receive(d, portSegment(1000+n, 4500, false, 50_000, 1, 0, make([]byte, 60_000))) // waits
	}
	st := d.Stats().TCP
	if st.Forgotten == 0 || len(d.streams.byFlow) > 8 {
		t.Errorf("%d streams, %+v", len(d.streams.byFlow), st)
	}
	held := 0
	for _, s := range d.streams.byFlow {
		held += s.size()
	}
	if held != d.streams.octets || held > 100_000+70_000 || st.Dropped == 0 {
		t.Errorf("%d octets held, counted %d, %+v", held, d.streams.octets, st)
	}
	one := NewDecoder(Limits{})
	receive(one, tcpSegment(false, 0, 1, 0, partial))
	for n := range 100 {
		receive(one, tcpSegment(false, uint32(100_000+2000*n), 1, 0, make([]byte, 1000)))
	}
	if st := one.Stats().TCP; st.Waiting > maxAhead {
		t.Errorf("%d segments wait", st.Waiting)
	}
	// Connections without data cost nothing.
	empty := NewDecoder(Limits{})
	for n := range 1000 {
		receive(empty, portSegment(n, 4500, false, 0, 0, tcpSYN, nil))
	}
	if n := len(empty.streams.byFlow); n != 0 {
		t.Errorf("%d streams from nothing", n)
	}
}

// Messages that lie in their segment are not copied, and TCP that is not IPsec is
// not looked into.
func TestTCPAllocatesNothing(t *testing.T) {
	d := NewDecoder(Limits{})
	receive(d, tcpSegment(false, 0, 1, 0, []byte(streamPrefix)))
	data := join(inTCP(espOf(1, 700)), inTCP(espOf(2, 700)))
	f := tcpSegment(false, 6, 1, 0, data)
	other := portSegment(5000, 80, false, 0, 0, 0, pattern(1000))
	var p Packet
	seq := uint32(6)
	messages := 0
	n := testing.AllocsPerRun(100, func() {
		binary.BigEndian.PutUint32(f[24:], seq)
		seq += uint32(len(data))
		d.Decode(&p, linkRaw, f, len(f), 0)
		for more := true; more; more = d.More(&p) {
			messages++
		}
		d.Decode(&p, linkRaw, other, len(other), 0)
	})
	if n != 0 || messages != 202 {
		t.Errorf("%v allocations, %d messages", n, messages)
	}
}

// FuzzTCP: whatever a stream holds, its messages lie in it and nothing is lost by a
// different cut where nothing is damaged.
func FuzzTCP(f *testing.F) {
	octets, _ := client()
	f.Add(octets[:2000], uint16(100), true)
	f.Add(octets[7:2000], uint16(1460), false)
	f.Add([]byte{0, 0, 0, 0, 0, 1, 0, 2, 0, 3}, uint16(3), true)
	f.Fuzz(func(t *testing.T, stream []byte, size uint16, prefix bool) {
		if prefix {
			stream = join([]byte(streamPrefix), stream)
		}
		d := NewDecoder(Limits{})
		var p Packet
		total := 0
		for at, n := 0, int(size)%1460+1; at < len(stream); at += n {
			frame := tcpSegment(false, uint32(at), 1, 0, stream[at:min(at+n, len(stream))])
			d.Decode(&p, linkRaw, frame, len(frame), 0)
			for more := true; more; more = d.More(&p) {
				if p.Kind != KindOther && !bytes.Contains(stream, p.Payload) {
					t.Fatalf("a message that is not in the stream: %x", p.Payload)
				}
				total += len(p.Payload)
			}
		}
		if total > len(stream) {
			t.Errorf("%d octets of messages in %d", total, len(stream))
		}
	})
}
