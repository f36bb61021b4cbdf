package decode

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// tcpSegment is a segment of a connection from port 40000 to 4500, or back.
func tcpSegment(back bool, seq, ack uint32, flags byte, data []byte) []byte {
	return portSegment(40000, 4500, back, seq, ack, flags, data)
}

func portSegment(client, server int, back bool, seq, ack uint32, flags byte, data []byte) []byte {
	src, dst := client, server
	if back {
		src, dst = dst, src
	}
	b := ipv4Datagram(protoTCP, be16(src), be16(dst), be32(seq), be32(ack), []byte{0x50, flags | tcpACK}, be16(1024), be32(0), data)
	if back {
		copy(b[12:16], dstIPv4.AsSlice())
		copy(b[16:20], srcIPv4.AsSlice())
	}
	return b
}

// inTCP puts the Length before a message (RFC 9329 section 3).
func inTCP(message []byte) []byte { return join(be16(len(message)+lengthLen), message) }

// espOf is an ESP packet with a sequence number and the noise of ciphertext.
func espOf(n, size int) []byte {
	r, b := rand.New(rand.NewPCG(uint64(n), uint64(size))), make([]byte, size)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	binary.BigEndian.PutUint32(b, 0xc0000001)
	binary.BigEndian.PutUint32(b[4:], uint32(n))
	return b
}

// received is what a decoder made of frames: kind, number of ESP or length of IKE.
func receive(d *Decoder, frames ...[]byte) (got []string) {
	var p Packet
	for _, f := range frames {
		d.Decode(&p, linkRaw, f, len(f), 0)
		for more := true; more; more = d.More(&p) {
			switch p.Kind {
			case KindIKE:
				got = append(got, fmt.Sprint("ike ", len(p.Payload)))
			case KindESP:
				got = append(got, fmt.Sprint("esp ", p.Seq, "/", len(p.Payload)))
			case KindKeepalive:
				got = append(got, "keepalive")
			}
			if p.Kind != KindOther && p.Encap != EncapTCP {
				got = append(got, "not in tcp")
			}
		}
	}
	return got
}

// client is what the side that opens a connection sends: the prefix, IKE, ESP, a
// keepalive, ESP of every length around a segment.
func client() (octets []byte, want []string) {
	octets = []byte(streamPrefix)
	octets = append(octets, inTCP(join(be32(0), ikeMessage(300)))...)
	want = append(want, "ike 300")
	octets = append(octets, inTCP([]byte{keepalive})...)
	want = append(want, "keepalive")
	for n, size := range []int{24, 100, 1400, 1460, 3000, 60000, 20, 52} {
		octets = append(octets, inTCP(espOf(n+1, size))...)
		want = append(want, fmt.Sprintf("esp %d/%d", n+1, size))
	}
	return octets, want
}

// cut divides a stream into segments of random sizes.
func cut(r *rand.Rand, seq uint32, octets []byte, most int) (frames [][]byte) {
	for len(octets) > 0 {
		n := min(1+r.IntN(most), len(octets))
		frames = append(frames, tcpSegment(false, seq, 1, 0, octets[:n]))
		seq, octets = seq+uint32(n), octets[n:]
	}
	return frames
}

// However a stream is cut into segments, its messages are the same. Sequence
// numbers pass zero.
func TestTCPStreamsHoweverCut(t *testing.T) {
	octets, want := client()
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 3))
		most := []int{1, 2, 7, 300, 1460, 65000}[seed%6]
		if most < 3 {
			octets, want := octets[:2000], want[:5]
			frames := cut(r, 0xffffff00, octets, most)
			if got := receive(NewDecoder(Limits{}), frames...); !slices.Equal(got, want) {
				t.Errorf("pieces of %d: %q", most, got)
			}
			continue
		}
		frames := cut(r, 0xffffff00, octets, most)
		if got := receive(NewDecoder(Limits{}), frames...); !slices.Equal(got, want) {
			t.Errorf("pieces of at most %d: %q", most, got)
		}
	}
}

// Segments doubled, swapped with their neighbours, sent again with other limits.
func TestTCPSegmentsOutOfOrder(t *testing.T) {
	octets, want := client()
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 4))
		frames := [][]byte{tcpSegment(false, 99, 0, tcpSYN, nil)}
		frames = append(frames, tcpSegment(false, 100, 1, 0, octets[:400])) // the stream is known from here
		rest := cut(r, 500, octets[400:], 1460)
		again := cut(r, 500, octets[400:], 900)
		for i := 0; i+1 < len(rest); i += 1 + r.IntN(3) {
			rest[i], rest[i+1] = rest[i+1], rest[i]
		}
		for range 20 {
			from := r.IntN(len(again))
			at := min(len(rest), from*len(rest)/len(again)+r.IntN(4))
			rest = slices.Insert(rest, at, again[from])
		}
		d := NewDecoder(Limits{})
		if got := receive(d, append(frames, rest...)...); !slices.Equal(got, want) {
			t.Errorf("seed %d: %q, %+v", seed, got, d.Stats().TCP)
		}
	}
}

// The capture lost a segment: what lies in it is lost, what follows is found again,
// at once when the peer acknowledges it, else when enough has piled up.
func TestTCPSegmentsLost(t *testing.T) {
	var octets []byte
	octets = append(octets, streamPrefix...)
	const each = 200
	for n := range 60 {
		octets = append(octets, inTCP(espOf(n, each-lengthLen))...)
	}
	const size = 500
	var frames [][]byte
	for at := 0; at < len(octets); at += size {
		frames = append(frames, tcpSegment(false, uint32(at), 1, 0, octets[at:min(at+size, len(octets))]))
	}
	for lost := 1; lost+1 < len(frames); lost++ {
		var want []string
		for n := range 60 {
			from, to := len(streamPrefix)+n*each, len(streamPrefix)+(n+1)*each
			if to <= lost*size || from >= (lost+1)*size {
				want = append(want, fmt.Sprintf("esp %d/%d", n, each-lengthLen))
			}
		}
		acked := slices.Insert(slices.Delete(slices.Clone(frames), lost, lost+1), lost+1,
			tcpSegment(true, 1, uint32(min((lost+2)*size, len(octets))), 0, nil))
		d := NewDecoder(Limits{})
		got := receive(d, acked...)
		if st := d.Stats().TCP; !slices.Equal(got, want) && lost+2 < len(frames) || st.Gaps != 1 || st.Lost != size {
			t.Errorf("segment %d lost, acknowledged: %d of %d messages, %+v\n%q", lost, len(got), len(want), st, got)
		}
	}
	// Without acknowledgements the stream waits for maxAhead segments.
	for n := range 40 {
		frames = append(frames, tcpSegment(false, uint32(len(octets)+n*each), 1, 0, inTCP(espOf(60+n, each-lengthLen))))
	}
	d := NewDecoder(Limits{})
	got := receive(d, slices.Delete(slices.Clone(frames), 10, 11)...)
	if st := d.Stats().TCP; len(got) < 95 || st.Gaps != 1 || st.Waiting != 0 {
		t.Errorf("not acknowledged: %d messages, %+v", len(got), st)
	}
}

// A capture that starts in the middle of a connection, at every octet.
func TestTCPStartsInTheMiddle(t *testing.T) {
	octets, want := client()
	octets, want = octets[:1900], want[:5] // the prefix, IKE, keepalive, three ESP
	octets = octets[:len(streamPrefix)+306+3+26+102+1402]
	for start := range octets {
		rest := octets[start:]
		frames := [][]byte{tcpSegment(false, uint32(start), 1, 0, rest)}
		for n := range 3 {
			frames = append(frames, tcpSegment(false, uint32(len(octets)+n*102), 1, 0, inTCP(espOf(50+n, 100))))
		}
		got := receive(NewDecoder(Limits{}), frames...)
		if len(got) < 3 || !slices.Equal(got[len(got)-3:], []string{"esp 50/100", "esp 51/100", "esp 52/100"}) {
			t.Fatalf("from octet %d: %q", start, got)
		}
		for _, g := range got[:len(got)-3] {
			if !slices.Contains(want, g) {
				t.Errorf("from octet %d: %q is no message", start, g)
			}
		}
	}
	// The server's side, whose first message comes in two segments.
	server := inTCP(join(be32(0), ikeMessage(2000)))
	got := receive(NewDecoder(Limits{}),
		tcpSegment(false, 0, 1, 0, join([]byte(streamPrefix), inTCP(join(be32(0), ikeMessage(80))))),
		tcpSegment(true, 1, 0, 0, server[:1460]), tcpSegment(true, 1461, 0, 0, server[1460:]))
	if !slices.Equal(got, []string{"ike 80", "ike 2000"}) {
		t.Errorf("server: %q", got)
	}
}

// The second segment of a connection is captured before the first.
func TestTCPFirstSegmentLate(t *testing.T) {
	first := join([]byte(streamPrefix), inTCP(join(be32(0), ikeMessage(80))))
	second := inTCP(espOf(1, 100))
	got := receive(NewDecoder(Limits{}), tcpSegment(false, uint32(len(first)), 1, 0, second), tcpSegment(false, 0, 1, 0, first),
		tcpSegment(false, uint32(len(first)+len(second)), 1, 0, inTCP(espOf(2, 100))))
	if !slices.Equal(got, []string{"esp 1/100", "ike 80", "esp 2/100"}) {
		t.Errorf("%q", got)
	}
}

// Other ports: a connection is recognised by its prefix, and then in both
// directions; without it nothing is taken.
func TestTCPOnOtherPorts(t *testing.T) {
	message := inTCP(join(be32(0), ikeMessage(80)))
	d := NewDecoder(Limits{})
	got := receive(d,
		portSegment(50000, 443, true, 7, 0, 0, message), // before the prefix
		portSegment(50000, 443, false, 0, 1, 0, join([]byte(streamPrefix), message)),
		portSegment(50000, 443, true, 1, 0, 0, join(message, inTCP(espOf(9, 100)))),
		portSegment(50001, 443, false, 0, 1, 0, message))
	if !slices.Equal(got, []string{"ike 80", "ike 80", "esp 9/100"}) {
		t.Errorf("%q", got)
	}
	if st := d.Stats().TCP; st.Segments != 2 || st.Messages != 3 {
		t.Errorf("%+v", st)
	}
}

// A connection ends, another begins between the same ports.
func TestTCPConnectionReopened(t *testing.T) {
	octets, want := client()
	d := NewDecoder(Limits{})
	for _, end := range []byte{tcpRST, tcpSYN} {
		var frames [][]byte
		frames = append(frames, tcpSegment(false, 1000, 0, tcpSYN, nil), tcpSegment(false, 1001, 1, 0, octets[:1000]))
		frames = append(frames, tcpSegment(false, 2001, 0, end, nil))
		frames = append(frames, tcpSegment(false, 70_000, 0, tcpSYN, nil))
		frames = append(frames, cut(rand.New(rand.NewPCG(1, 1)), 70_001, octets, 1460)...)
		got := receive(d, frames...)
		if n := len(got) - len(want); n < 0 || !slices.Equal(got[n:], want) {
			t.Errorf("flag %x: %q", end, got)
		}
	}
}

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

// ciscoSegment puts a packet into a segment of Cisco's port 10000.
func ciscoSegment(seq uint32, protocol byte, body []byte) []byte {
	trailer := join(be32(0), be16(7), be16(0x4000), []byte("magic"), []byte{protocol, 1, 2})
	if protocol == protoUDP {
		body = join(be16(500), be16(500), be16(len(body)+8), be16(0), body)
	}
	return portSegment(1234, portCisco, false, seq, 0, 0, join(body, trailer))
}

func TestCiscoTCP(t *testing.T) {
	d := NewDecoder(Limits{})
	got := receive(d,
		ciscoSegment(0, protoESP, espOf(1, 100)), // no IKE was seen
		ciscoSegment(1, protoUDP, ikeMessage(120)), ciscoSegment(2, protoESP, espOf(2, 100)),
		ciscoSegment(3, 6, espOf(3, 100)), portSegment(1234, portCisco, false, 9, 0, 0, pattern(200)))
	if !slices.Equal(got, []string{"ike 120", "esp 2/100"}) {
		t.Errorf("%q", got)
	}
	for n := range ciscoSegment(0, protoUDP, ikeMessage(60)) {
		var p Packet
		f := ciscoSegment(0, protoUDP, ikeMessage(60))[:n]
		d.Decode(&p, linkRaw, f, n, 0)
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
