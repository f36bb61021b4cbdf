package decode

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// A joined datagram has the header it would have had in one piece.
func TestJoinedHeader(t *testing.T) {
	udp := udpDatagram(500, 500, ikeMessage(3000))
	whole := setFragment(ipv4Options(protoUDP, []byte{0x94, 4, 0, 0}, udp), 9, 0, false)
	mendIPv4(whole, 24, len(whole)) // its checksum
	d := NewDecoder(Limits{})
	decodeWith(d, linkRaw, setFragment(ipv4Options(protoUDP, []byte{0x94, 4, 0, 0}, udp[:1480]), 9, 0, true))
	decodeWith(d, linkRaw, setFragment(ipv4Datagram(protoUDP, udp[2960:]), 9, 2960, false))
	p := decodeWith(d, linkRaw, setFragment(ipv4Datagram(protoUDP, udp[1480:2960]), 9, 1480, true))
	if p.Kind != KindIKE || p.Fragments != 3 || p.IPHeaderLen != 24 || p.SrcPort != 500 || !bytes.Equal(p.IP, whole) {
		t.Errorf("%v from %d fragments, header %x, want %x", p.Kind, p.Fragments, p.IP[:24], whole[:24])
	}

	// Destination options before the Fragment header stay, those behind it
	// are part of what was divided.
	options := func(next byte) []byte { return []byte{next, 0, 1, 4, 0, 0, 0, 0} }
	upper := join(options(protoUDP), udp)
	piece := func(off, end int, more bool) []byte {
		return ipv6Datagram(protoDestination, options(protoFragment),
			fragmentHeader(protoDestination, 9, off, more), upper[off:end])
	}
	whole = ipv6Datagram(protoDestination, options(protoDestination), upper)
	decodeWith(d, linkRaw, piece(1232, len(upper), false))
	p = decodeWith(d, linkRaw, piece(0, 1232, true))
	if p.Kind != KindIKE || p.Fragments != 2 || p.IPHeaderLen != 56 || p.NextHeaderOffset != 48 || !bytes.Equal(p.IP, whole) {
		t.Errorf("%v from %d fragments, header %x, want %x", p.Kind, p.Fragments, p.IP[:56], whole[:56])
	}
}

// Any order, any division, with copies: the datagram comes out as it was.
func TestFragmentsShuffled(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 300 {
		body := espPacket(64 + 8*r.IntN(8000/8) + r.IntN(8))
		var frames [][]byte
		for off := 0; off < len(body); {
			n := min(8*(1+r.IntN(min(150, len(body)/16))), len(body)-off)
			frames = append(frames, ipv4Fragment(round, off, off+n < len(body), body[off:off+n]))
			if r.IntN(4) == 0 {
				frames = append(frames, frames[len(frames)-1])
			}
			off += n
		}
		r.Shuffle(len(frames), func(i, j int) { frames[i], frames[j] = frames[j], frames[i] })
		d, joined := NewDecoder(Limits{}), 0
		for _, frame := range frames {
			if p := decodeWith(d, linkRaw, frame); p.Fragments > 0 {
				joined++
				if !bytes.Equal(p.Payload, body) || p.Problem != nil {
					t.Fatalf("round %d: other octets, %v", round, p.Problem)
				}
			}
		}
		if joined != 1 {
			t.Fatalf("round %d: joined %d times from %d frames", round, joined, len(frames))
		}
	}
}

// A sender uses its identifications again: a fragment whose others were lost does
// not get into the datagram that has its number next.
func TestIdentificationUsedAgain(t *testing.T) {
	lost, body := espPacket(400), espPacket(400)
	for i := range lost[8:] {
		lost[8+i] ^= 0xff
	}
	for name, c := range map[string]struct {
		held     []byte // the fragment that waits
		frames   int
		millis   int64
		separate bool
	}{
		"the first waits":    {ipv4Fragment(9, 0, true, lost[:200]), staleFrames + 1, 100, true},
		"the last waits":     {ipv4Fragment(9, 200, false, lost[200:]), staleFrames + 1, 100, true},
		"few frames between": {ipv4Fragment(9, 0, true, lost[:200]), 100, 100, false},
		"all at once":        {ipv4Fragment(9, 0, true, lost[:200]), staleFrames + 1, 1, false},
	} {
		d, p, other := NewDecoder(DefaultLimits()), new(Packet), ipv4Datagram(17, udpDatagram(1, 2))
		d.Decode(p, linkRaw, c.held, len(c.held), 0)
		for range c.frames {
			d.Decode(p, linkRaw, other, len(other), 0)
		}
		joined := false
		for _, frame := range [][]byte{ipv4Fragment(9, 0, true, body[:200]), ipv4Fragment(9, 200, false, body[200:])} {
			if d.Decode(p, linkRaw, frame, len(frame), c.millis*1e6); p.Fragments > 0 {
				joined = bytes.Equal(p.Payload, body)
			}
		}
		if joined != c.separate || (d.Stats().Fragments.Expired == 1) != c.separate {
			t.Errorf("%s: joined %v, %+v", name, joined, d.Stats().Fragments)
		}
	}
}

// Overlapping garbage: whatever comes out has for every octet the one that
// came first.
func TestFirstOctetsWin(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	joined := 0
	for range 500 {
		d := NewDecoder(Limits{})
		const size = 512
		var first [size]byte
		var known [size]bool
		for range 60 {
			off := 8 * r.IntN(size/8)
			end := min(off+8*(1+r.IntN(12)), size)
			body := make([]byte, end-off)
			for i := range body {
				body[i] = byte(r.IntN(256))
			}
			p := decodeWith(d, linkRaw, ipv4Fragment(9, off, end < size, body))
			for i, v := range body {
				if !known[off+i] {
					first[off+i], known[off+i] = v, true
				}
			}
			if p.Fragments > 0 {
				joined++
				if !bytes.Equal(p.Payload, first[:]) {
					t.Fatal("not the octets that came first")
				}
				break
			}
		}
	}
	if joined < 100 {
		t.Errorf("only %d datagrams were completed", joined)
	}
}

// Fragments that the capture cut: what is before the cut is there.
func TestFragmentsCut(t *testing.T) {
	d := NewDecoder(Limits{})
	body := espPacket(3000)
	var p Packet
	for off := 0; off < len(body); off += 1000 {
		frame := ipv4Fragment(9, off, off < 2000, body[off:off+1000])
		d.Decode(&p, linkRaw, frame[:200], len(frame), 0)
	}
	const kept = 200 - ipv4HeaderLen
	if p.Kind != KindESP || !bytes.Equal(p.Payload, body[:kept]) || p.Missing != 3000-kept || p.Problem != nil {
		t.Errorf("%v with %d octets, %d missing, %v", p.Kind, len(p.Payload), p.Missing, p.Problem)
	}
}

func TestIncomplete(t *testing.T) {
	d := NewDecoder(Limits{FragmentDatagrams: 2})
	ike := udpDatagram(500, 500, ikeMessage(2000))
	decodeWith(d, linkRaw, setFragment(ipv4Datagram(protoUDP, ike[:1480]), 1, 0, true))
	decodeWith(d, linkRaw, setFragment(ipv4Datagram(protoUDP, pattern(80)), 2, 0, true)) // not on a port of IPsec
	decodeWith(d, linkRaw, ipv4Fragment(3, 1480, false, pattern(20)))
	decodeWith(d, linkRaw, setFragment(ipv4Datagram(protoUDP, ike[1480:]), 4, 1480, false))
	got := d.Stats().Incomplete
	want := []Incomplete{
		{Src: srcIPv4, Dst: dstIPv4, SrcPort: 500, DstPort: 500, Protocol: 17, HasFirst: true, Fragments: 1, Octets: 1480, Frame: 1},
		{Src: srcIPv4, Dst: dstIPv4, Protocol: 50, Fragments: 1, Octets: 20, Total: 1500, Frame: 3},
		{Src: srcIPv4, Dst: dstIPv4, Protocol: 17, Fragments: 1, Octets: len(ike) - 1480, Total: len(ike), Frame: 4},
	}
	if len(got) != len(want) {
		t.Fatalf("got %+v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got  %+v\nwant %+v", got[i], want[i])
		}
	}
}

// Fragments in a tunnel, and a joined datagram that is again a fragment.
func TestFragmentsNested(t *testing.T) {
	d := NewDecoder(Limits{})
	for i, inner := range [][]byte{f4(esp48, 0, 16, true), f4(esp48, 16, 48, false)} {
		outer := ipv6Datagram(protoIPv4, inner)[ipv6HeaderLen:]
		var p Packet
		for _, frame := range [][]byte{
			ipv6Datagram(protoFragment, fragmentHeader(protoIPv4, i, 0, true), outer[:16]),
			ipv6Datagram(protoFragment, fragmentHeader(protoIPv4, i, 16, false), outer[16:]),
		} {
			p = decodeWith(d, linkRaw, frame)
		}
		if i == 1 && (p.Kind != KindESP || p.Fragments != 2 || !bytes.Equal(p.Payload, esp48)) {
			t.Errorf("%v from %d fragments, %v", p.Kind, p.Fragments, p.Problem)
		}
	}
	if s := d.Stats().Fragments; s.Joined != 3 {
		t.Errorf("counted %+v", s)
	}

	// Fragment headers one behind the other: each level completes the next
	// only if the nesting limit allows.
	d = NewDecoder(Limits{})
	body := espPacket(16)
	next := protoESP
	for level := range 20 {
		body = join(fragmentHeader(next, 100+level, 8, false), body)
		next = protoFragment
	}
	p := decodeWith(d, linkRaw, ipv6Datagram(protoFragment, body))
	if p.Kind != KindOther || !p.Fragment {
		t.Errorf("%v", p.Kind)
	}
}
