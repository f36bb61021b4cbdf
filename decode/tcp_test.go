package decode

import (
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
