package twopoints

import (
	"bytes"
	"context"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"

	"ikescope/pcaps"
	"ikescope/pcaps/samples"
)

const (
	start = 1_795_479_480_000_000_000
	ms    = 1_000_000
)

// sent is a packet as a test plans it: when it passes either point by a true clock,
// 0 where it never does.
type sent struct {
	spi, seq uint32
	fromA    bool
	at       [2]int64
}

// capture writes what a point saw, with a clock that is ahead.
func capture(t testing.TB, all []sent, point Point, ahead int64) *pcaps.Set {
	t.Helper()
	var here []sent
	for _, s := range all {
		if s.at[point] != 0 {
			here = append(here, s)
		}
	}
	slices.SortStableFunc(here, func(a, b sent) int { return int(a.at[point] - b.at[point]) })
	var b bytes.Buffer
	w := pcaps.NewWriter(&b, pcaps.FormatPcapng, pcaps.WriterOptions{})
	if _, err := w.AddInterface(pcaps.Interface{Link: pcaps.LinkRaw}); err != nil {
		t.Fatal(err)
	}
	for _, s := range here {
		ip := []byte{0x45, 0, 0, 60, 0, 0, 0, 0, 64, 50, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2}
		if !s.fromA {
			ip[15], ip[19] = 2, 1
		}
		ip = binary.BigEndian.AppendUint32(ip, s.spi)
		ip = binary.BigEndian.AppendUint32(ip, s.seq)
		if err := w.Write(0, start+s.at[point]+ahead, append(ip, make([]byte, 32)...)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	set, err := pcaps.OpenSet([]string{"-"}, bytes.NewReader(b.Bytes()), pcaps.Options{BlockSize: 1 << 16})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func compare(t testing.TB, all []sent, ahead int64, l Limits) *Result {
	t.Helper()
	a, b := capture(t, all, A, 0), capture(t, all, B, ahead)
	defer a.Close()
	defer b.Close()
	r, err := Compare(context.Background(), a, b, l)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// traffic plans n packets in each direction, 5 ms under way from A to B and 5 ms
// back, up to 3 ms longer; what lose names is lost between the points.
func traffic(n int, lose func(fromA bool, seq uint32) bool) (all []sent) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		for _, fromA := range []bool{true, false} {
			s := sent{spi: 0x1001, seq: uint32(i + 1), fromA: fromA}
			first, second := A, B
			if !fromA {
				s.spi, first, second = 0x2002, B, A
			}
			s.at[first] = int64(i+1) * 2 * ms
			if !lose(fromA, s.seq) {
				s.at[second] = s.at[first] + 5*ms + r.Int64N(3*ms)
			}
			if i == n/2 { // the fastest one
				s.at[second] = s.at[first] + 5*ms
			}
			all = append(all, s)
		}
	}
	return all
}

func TestLossesDelaysAndClock(t *testing.T) {
	lose := func(fromA bool, seq uint32) bool { return fromA && seq%100 == 7 || !fromA && seq == 40 }
	for _, ahead := range []int64{0, 2000 * ms, -3_600_000 * ms, 7} {
		r := compare(t, traffic(5000, lose), ahead, DefaultLimits)
		if len(r.Pairs) != 1 || len(r.Flows) != 2 || !r.Pairs[0].Known || r.Pairs[0].Near != A && r.Flows[0].Src == r.Pairs[0].X && r.Flows[0].SPI == 0x1001 {
			t.Fatalf("ahead %d: %+v", ahead, r)
		}
		if !r.Clock.Known || r.Clock.Ahead != ahead || r.Clock.Error != 5*ms {
			t.Errorf("clock of B is ahead by %d, found %+v", ahead, r.Clock)
		}
		for _, f := range r.Flows {
			to, want := B, int64(50)
			if f.SPI == 0x2002 {
				to, want = A, 1
			}
			if from := r.Pairs[0].From(f); from == to {
				t.Errorf("packets of %x come from %s", f.SPI, from)
			}
			if f.Missing[to] != want || f.Missing[to.Other()] != 0 || f.Matched != 5000-want || f.Lost[to][0] != map[Point]uint32{B: 7, A: 40}[to] {
				t.Errorf("ahead %d: SPI %x: %+v", ahead, f.SPI, f)
			}
			least, most := r.Delay(r.Pairs[0], f, 0), r.Delay(r.Pairs[0], f, 1)
			median := r.Delay(r.Pairs[0], f, 0.5)
			if least != 5*ms || most <= least || most > 8*ms || median < 6*ms || median > 7*ms {
				t.Errorf("ahead %d: delays %d, %d, %d", ahead, least, median, most)
			}
		}
	}
}

func TestTwiceAndReordered(t *testing.T) {
	all := traffic(1000, func(bool, uint32) bool { return false })
	all = append(all, sent{0x1001, 500, true, [2]int64{0, 1100 * ms}}) // doubled on its way
	all[200].at[1] += 300 * ms                                         // overtaken by 150 others
	r := compare(t, all, 0, DefaultLimits)
	f := r.Flows[slices.IndexFunc(r.Flows, func(f *Flow) bool { return f.SPI == 0x1001 })]
	if f.Matched != 1000 || f.Twice != [2]int64{0, 1} || f.Missing != [2]int64{} {
		t.Errorf("%+v", f)
	}
}

// What only one capture reaches back to, or on to, is not lost.
func TestCapturesOfDifferentLength(t *testing.T) {
	all := traffic(1000, func(bool, uint32) bool { return false })
	for i := range all {
		if s := &all[i]; s.fromA && s.seq <= 100 {
			s.at[B] = 0
		} else if s.fromA && s.seq > 900 {
			s.at[A] = 0
		}
	}
	r := compare(t, all, 0, DefaultLimits)
	for _, f := range r.Flows {
		if f.SPI == 0x1001 && (f.Outside != [2]int64{100, 100} || f.Missing != [2]int64{} || f.Matched != 800) {
			t.Errorf("%+v", f)
		}
	}
}

func TestOneDirectionHasNoClock(t *testing.T) {
	all := slices.DeleteFunc(traffic(100, func(_ bool, seq uint32) bool { return seq == 50 }), func(s sent) bool { return !s.fromA })
	r := compare(t, all, 0, DefaultLimits)
	if r.Clock.Known || r.Pairs[0].Known || r.Pairs[0].Near != A || r.Flows[0].Matched < 99 {
		t.Errorf("%+v %+v", r.Clock, r.Flows[0])
	}
}

// Memory is bounded, whatever the captures hold; what it costs is counted.
func TestBounds(t *testing.T) {
	l := Limits{Flows: 1, Packets: 100}
	all := traffic(5000, func(bool, uint32) bool { return true })
	a, b := capture(t, all, A, 0), capture(t, all, B, 0)
	defer a.Close()
	defer b.Close()
	r, err := Compare(context.Background(), a, b, l)
	if err != nil {
		t.Fatal(err)
	}
	f := r.Flows[0]
	total := f.Unsettled + f.Outside[A] + f.Outside[B] + f.Missing[A] + f.Missing[B] + f.Matched
	// The one packet of either flow that arrives stands in both captures.
	if len(r.Flows) != 1 || total < 5000 || total > 5001 || r.More[A]+r.More[B] != 5001 {
		t.Errorf("%d flows, %d of 5000 packets accounted for, %v more", len(r.Flows), total, r.More)
	}
}

func TestSpreadIsBounded(t *testing.T) {
	var s Spread
	for i := range int64(100_000) {
		s.add(i)
	}
	if len(s.kept) > maxKept || s.Quantile(0) != 0 || s.Quantile(1) != 99_999 {
		t.Errorf("%d kept, %d to %d", len(s.kept), s.Min, s.Max)
	}
	if q := s.Quantile(0.5); q < 49_000 || q > 51_000 {
		t.Errorf("median of 0 to 99,999 is %d", q)
	}
}

// A recorded tunnel through a masquerading NAT, captured on both of its sides.
func TestBothSidesOfANAT(t *testing.T) {
	s := samples.ByName("natt-masquerade")
	var sets [2]*pcaps.Set
	for i, name := range s.Captures {
		set, err := pcaps.OpenSet([]string{s.Path(name)}, nil, pcaps.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer set.Close()
		sets[i] = set
	}
	r, err := Compare(context.Background(), sets[0], sets[1], DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	matched := int64(0)
	for _, f := range r.Flows {
		matched += f.Matched
		if f.Missing != [2]int64{} {
			t.Errorf("%+v", f)
		}
	}
	if matched != int64(s.ESP) || !r.Clock.Known || r.Clock.Ahead < -ms || r.Clock.Ahead > ms || !r.Pairs[0].Known || r.Pairs[0].Near != A {
		t.Errorf("%d of %d packets matched; clock %+v; pair %+v", matched, s.ESP, r.Clock, r.Pairs[0])
	}
}
