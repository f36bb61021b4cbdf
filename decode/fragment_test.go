package decode

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"
	"time"
)

// A script sends fragments of one ESP packet of 48 octets (or what its bodies
// make of it) and says what comes of it.
type fragmentScript struct {
	name   string
	frames [][]byte
	joined []byte // the joined datagram's payload, nil for none
	at     int    // the frame that completes it
	err    error  // of a problem on some frame
	stats  FragmentStats
}

var (
	esp48   = espPacket(48)
	changed = set(esp48, 16, 0xff) // differs in the third unit of 8 octets
)

func f4(b []byte, off, end int, more bool) []byte { return ipv4Fragment(9, off, more, b[off:end]) }
func f6(b []byte, off, end int, more bool) []byte { return ipv6Fragment(9, off, more, b[off:end]) }

var fragmentScripts = []fragmentScript{
	{
		name:   "in order",
		frames: [][]byte{f4(esp48, 0, 16, true), f4(esp48, 16, 32, true), f4(esp48, 32, 48, false)},
		joined: esp48, at: 2,
		stats: FragmentStats{Seen: 3, Joined: 1},
	},
	{
		name:   "reversed",
		frames: [][]byte{f4(esp48, 32, 48, false), f4(esp48, 16, 32, true), f4(esp48, 0, 16, true)},
		joined: esp48, at: 2,
		stats: FragmentStats{Seen: 3, Joined: 1},
	},
	{
		name:   "duplicated",
		frames: [][]byte{f4(esp48, 0, 16, true), f4(esp48, 0, 16, true), f4(esp48, 16, 48, false), f4(esp48, 16, 48, false)},
		joined: esp48, at: 2,
		stats: FragmentStats{Seen: 4, Joined: 1, Duplicates: 2},
	},
	{
		name:   "captured twice",
		frames: [][]byte{f4(esp48, 0, 16, true), f4(esp48, 16, 48, false), f4(esp48, 0, 16, true), f4(esp48, 16, 48, false)},
		joined: esp48, at: 1,
		stats: FragmentStats{Seen: 4, Joined: 1, Duplicates: 2},
	},
	{
		name:   "tiny first",
		frames: [][]byte{f4(esp48, 0, 8, true), f4(esp48, 8, 48, false)},
		joined: esp48, at: 1,
		stats: FragmentStats{Seen: 2, Joined: 1, TinyFirst: 1},
	},
	{
		name:   "missing",
		frames: [][]byte{f4(esp48, 0, 16, true), f4(esp48, 32, 48, false)},
		stats:  FragmentStats{Seen: 2, Waiting: 1},
	},
	{
		name:   "overlap with the same octets",
		frames: [][]byte{f4(esp48, 0, 24, true), f4(esp48, 16, 32, true), f4(esp48, 24, 48, false)},
		joined: esp48, at: 2,
		stats: FragmentStats{Seen: 3, Joined: 1, Overlaps: 2},
	},
	{
		name:   "overlap with other octets: the first win",
		frames: [][]byte{f4(esp48, 0, 24, true), f4(changed, 8, 32, true), f4(esp48, 32, 48, false)},
		joined: esp48, at: 2, err: ErrAmbiguous,
		stats: FragmentStats{Seen: 3, Joined: 1, Overlaps: 1, Ambiguous: 1},
	},
	{
		name:   "overlap before with other octets: the first win",
		frames: [][]byte{f4(changed, 16, 32, true), f4(esp48, 0, 40, true), f4(esp48, 40, 48, false)},
		joined: changed, at: 2, err: ErrAmbiguous,
		stats: FragmentStats{Seen: 3, Joined: 1, Overlaps: 1, Ambiguous: 1},
	},
	{
		name: "one fragment fills two holes",
		frames: [][]byte{f4(esp48, 8, 16, true), f4(esp48, 24, 32, true), f4(esp48, 0, 40, true),
			f4(esp48, 40, 48, false)},
		joined: esp48, at: 3,
		stats: FragmentStats{Seen: 4, Joined: 1, Overlaps: 1},
	},
	{
		name:   "two different last ones",
		frames: [][]byte{f4(esp48, 24, 48, false), f4(esp48, 24, 40, false), f4(esp48, 0, 24, true)},
		joined: esp48, at: 2, err: ErrAmbiguous,
		stats: FragmentStats{Seen: 3, Joined: 1, ConflictingEnds: 1},
	},
	{
		name:   "beyond the last one",
		frames: [][]byte{f4(esp48, 24, 40, false), f4(esp48, 40, 48, true), f4(esp48, 0, 24, true)},
		joined: esp48[:40], at: 2, err: ErrAmbiguous,
		stats: FragmentStats{Seen: 3, Joined: 1, ConflictingEnds: 1},
	},
	{
		name:   "a last one before the end",
		frames: [][]byte{f4(esp48, 32, 48, true), f4(esp48, 16, 32, false), f4(esp48, 0, 32, true)},
		err:    ErrAmbiguous,
		stats:  FragmentStats{Seen: 3, ConflictingEnds: 1, Waiting: 1},
	},
	{
		name:   "past 65,535 octets",
		frames: [][]byte{ipv4Fragment(9, 65528, false, pattern(16)), ipv4Fragment(9, 65512, true, pattern(8))},
		err:    ErrLength,
		stats:  FragmentStats{Seen: 2},
	},
	{
		name:   "length no multiple of 8",
		frames: [][]byte{f4(esp48, 0, 17, true), f4(esp48, 16, 48, false)},
		err:    ErrLength,
		stats:  FragmentStats{Seen: 2, Waiting: 1},
	},
	{
		name:   "empty",
		frames: [][]byte{f4(esp48, 0, 0, true), f4(esp48, 16, 16, false)},
		err:    ErrLength,
		stats:  FragmentStats{Seen: 2},
	},
	{
		name: "other identification, protocol or source",
		frames: [][]byte{
			f4(esp48, 0, 16, true),
			ipv4Fragment(8, 16, false, esp48[16:]),
			setFragment(ipv4Datagram(protoAH, esp48[16:]), 9, 16, false),
			set(f4(esp48, 16, 48, false), ipv4SourceAt, 198),
		},
		stats: FragmentStats{Seen: 4, Waiting: 4},
	},
	{
		name: "of TCP",
		frames: [][]byte{
			setFragment(ipv4Datagram(protoTCP, esp48[:16]), 9, 0, true),
			setFragment(ipv4Datagram(protoTCP, esp48[16:]), 9, 16, false),
		},
		stats: FragmentStats{Seen: 2, Ignored: 2},
	},

	{
		name:   "IPv6 in order",
		frames: [][]byte{f6(esp48, 0, 16, true), f6(esp48, 16, 32, true), f6(esp48, 32, 48, false)},
		joined: esp48, at: 2,
		stats: FragmentStats{Seen: 3, Joined: 1},
	},
	{
		name:   "IPv6 reversed and duplicated",
		frames: [][]byte{f6(esp48, 16, 48, false), f6(esp48, 16, 48, false), f6(esp48, 0, 16, true), f6(esp48, 0, 16, true)},
		joined: esp48, at: 2,
		stats: FragmentStats{Seen: 4, Joined: 1, Duplicates: 2},
	},
	{
		name:   "IPv6 overlap drops all (RFC 5722)",
		frames: [][]byte{f6(esp48, 0, 24, true), f6(esp48, 16, 48, false), f6(esp48, 24, 48, false)},
		err:    ErrAmbiguous,
		stats:  FragmentStats{Seen: 3, Overlaps: 1, Dropped: 2},
	},
	{
		name:   "IPv6 copy with other octets drops all",
		frames: [][]byte{f6(esp48, 0, 24, true), f6(changed, 0, 24, true), f6(esp48, 24, 48, false)},
		err:    ErrAmbiguous,
		stats:  FragmentStats{Seen: 3, Overlaps: 1, Dropped: 2},
	},
	{
		name:   "IPv6 two different last ones",
		frames: [][]byte{f6(esp48, 24, 48, false), f6(esp48, 24, 40, false), f6(esp48, 0, 24, true)},
		err:    ErrAmbiguous,
		stats:  FragmentStats{Seen: 3, ConflictingEnds: 1, Dropped: 2},
	},
	{
		name:   "IPv6 past 65,535 octets",
		frames: [][]byte{ipv6Fragment(9, 65528, false, pattern(16))},
		err:    ErrLength,
		stats:  FragmentStats{Seen: 1},
	},
}

func TestFragments(t *testing.T) {
	for _, tt := range fragmentScripts {
		t.Run(tt.name, func(t *testing.T) {
			d := NewDecoder(Limits{})
			var err error
			var joined []byte
			for i, frame := range tt.frames {
				p := decodeWith(d, linkRaw, frame)
				if p.Problem != nil {
					err = p.Problem.Err
				}
				if p.Fragment == (p.Fragments > 0) {
					t.Errorf("frame %d: Fragment %v, Fragments %d", i, p.Fragment, p.Fragments)
				}
				if p.Fragments > 0 {
					if i != tt.at || p.Kind != KindESP || joined != nil {
						t.Errorf("frame %d completes: %v", i, p.Kind)
					}
					joined = bytes.Clone(p.Payload)
				}
			}
			if !bytes.Equal(joined, tt.joined) {
				t.Errorf("joined %x, want %x", joined, tt.joined)
			}
			if !errors.Is(err, tt.err) {
				t.Errorf("problem %v, want %v", err, tt.err)
			}
			if got := d.Stats().Fragments; got != tt.stats {
				t.Errorf("counted %+v\nwant    %+v", got, tt.stats)
			}
		})
	}
}

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

func TestFragmentLimits(t *testing.T) {
	var p Packet
	first := func(id int) []byte { return ipv4Fragment(id, 0, true, esp48[:16]) }
	last := func(id int) []byte { return ipv4Fragment(id, 16, false, esp48[16:]) }
	send := func(d *Decoder, frame []byte, at time.Duration) { d.Decode(&p, linkRaw, frame, len(frame), int64(at)) }

	t.Run("age", func(t *testing.T) {
		d := NewDecoder(Limits{})
		send(d, first(1), 0)
		send(d, first(2), 60*time.Second)
		send(d, last(1), 60*time.Second)
		if p.Fragments != 2 {
			t.Error("given up before its time")
		}
		send(d, last(2), 120*time.Second+1)
		if p.Fragments != 0 || !p.Fragment {
			t.Error("joined after its time")
		}
		if s := d.Stats().Fragments; s.Expired != 1 || s.Waiting != 1 {
			t.Errorf("counted %+v", s)
		}
	})
	t.Run("a clock that runs backwards", func(t *testing.T) {
		d := NewDecoder(Limits{})
		send(d, first(1), time.Hour)
		send(d, last(1), 0)
		if p.Fragments != 2 {
			t.Error("not joined")
		}
	})
	t.Run("datagrams", func(t *testing.T) {
		d := NewDecoder(Limits{FragmentDatagrams: 3})
		for id := 1; id <= 4; id++ {
			send(d, first(id), 0)
		}
		send(d, last(2), 0)
		if p.Fragments != 2 {
			t.Error("the second was not joined")
		}
		send(d, last(1), 0)
		if s := d.Stats().Fragments; p.Fragments != 0 || s.Evicted != 1 || s.Joined != 1 || s.Waiting != 3 {
			t.Errorf("%d fragments, counted %+v", p.Fragments, s)
		}
	})
	t.Run("octets", func(t *testing.T) {
		d := NewDecoder(Limits{FragmentBytes: 10 << 10})
		for id := 1; id <= 100; id++ {
			send(d, ipv4Fragment(id, 0, true, pattern(1024)), 0)
			if d.joiner.bytes > 10<<10 {
				t.Fatalf("%d octets held", d.joiner.bytes)
			}
		}
		if s := d.Stats().Fragments; s.Evicted+s.Waiting != 100 || s.Waiting < 5 {
			t.Errorf("counted %+v", s)
		}
	})
	t.Run("one datagram beyond the octets", func(t *testing.T) {
		d := NewDecoder(Limits{FragmentBytes: 1000})
		send(d, ipv4Fragment(1, 0, true, pattern(1024)), 0)
		if s := d.Stats().Fragments; s.Evicted != 1 || d.joiner.bytes != 0 || len(d.joiner.index) != 0 {
			t.Errorf("%d octets held, counted %+v", d.joiner.bytes, s)
		}
	})
	t.Run("pieces", func(t *testing.T) {
		d := NewDecoder(Limits{FragmentPieces: 3})
		for off := 0; off < 64; off += 16 {
			send(d, ipv4Fragment(1, off, true, pattern(8)), 0)
		}
		if !errors.Is(p.Problem, ErrLimit) {
			t.Errorf("problem %v", p.Problem)
		}
		send(d, ipv4Fragment(1, 8, true, pattern(8)), 0)
		if s := d.Stats().Fragments; s.Dropped != 2 || s.Waiting != 0 {
			t.Errorf("counted %+v", s)
		}
	})
	t.Run("options make it too long", func(t *testing.T) {
		d := NewDecoder(Limits{})
		body := pattern(65512)
		send(d, setFragment(ipv4Options(protoESP, make([]byte, 40), body[:32768]), 1, 0, true), 0)
		send(d, ipv4Fragment(1, 32768, false, body[32768:]), 0)
		if s := d.Stats().Fragments; p.Fragments != 0 || s.Dropped != 1 || !errors.Is(p.Problem, ErrLength) {
			t.Errorf("%d fragments, %v, counted %+v", p.Fragments, p.Problem, s)
		}
	})
	t.Run("copies are old", func(t *testing.T) {
		d := NewDecoder(Limits{})
		for _, at := range []time.Duration{0, copyAge + 1} {
			send(d, first(1), at)
			send(d, last(1), at)
		}
		if s := d.Stats().Fragments; s.Joined != 2 || s.Duplicates != 0 {
			t.Errorf("counted %+v", s)
		}
	})
	t.Run("copies are many", func(t *testing.T) {
		d := NewDecoder(Limits{})
		for id := range remembered + 10 {
			send(d, first(id), 0)
			send(d, last(id), 0)
		}
		checkJoiner(t, &d.joiner)
		if n := d.joiner.joined.n; n != remembered {
			t.Errorf("%d remembered", n)
		}
	})
	t.Run("identification used again", func(t *testing.T) {
		d := NewDecoder(Limits{})
		send(d, first(1), 0)
		send(d, last(1), 0)
		send(d, ipv4Fragment(1, 16, false, changed[16:]), 0)
		send(d, first(1), 0)
		if s := d.Stats().Fragments; p.Fragments != 2 || s.Joined != 2 {
			t.Errorf("counted %+v", s)
		}
	})
}

// The bookkeeping is exact after any mixture of fragments.
func TestFragmentAccounting(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	d := NewDecoder(Limits{FragmentBytes: 100 << 10, FragmentDatagrams: 50, FragmentPieces: 20})
	var p Packet
	for i := range 20000 {
		off, n := 8*r.IntN(1<<r.IntN(9)), 8*(1+r.IntN(30))
		frame := ipv4Fragment(r.IntN(80), off, r.IntN(5) > 0, pattern(n))
		if r.IntN(3) == 0 {
			frame = ipv6Fragment(r.IntN(80), off, r.IntN(5) > 0, pattern(n))
		}
		d.Decode(&p, linkRaw, frame, len(frame), int64(i)*int64(time.Millisecond))
		if i%100 == 0 {
			checkJoiner(t, &d.joiner)
		}
	}
	if s := d.Stats().Fragments; s.Joined == 0 || s.Evicted == 0 || s.Dropped == 0 || s.Overlaps == 0 {
		t.Errorf("the mixture leaves something out: %+v", s)
	}
}

func checkJoiner(t *testing.T, j *joiner) {
	t.Helper()
	bytes, n := 0, 0
	for _, l := range []*ageList{&j.waiting, &j.joined} {
		before := n
		for g := l.oldest; g != nil; g = g.newer {
			bytes += g.cost()
			n++
			if j.index[g.key] != g {
				t.Fatal("listed but not in the index")
			}
		}
		if n-before != l.n {
			t.Fatalf("a list of %d counts %d", n-before, l.n)
		}
	}
	if bytes != j.bytes || n != len(j.index) || j.bytes > j.limits.FragmentBytes || j.waiting.n > j.limits.FragmentDatagrams {
		t.Fatalf("%d octets counted of %d, %d datagrams listed of %d", j.bytes, bytes, n, len(j.index))
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
