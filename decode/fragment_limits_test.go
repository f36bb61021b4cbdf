package decode

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"
)

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
