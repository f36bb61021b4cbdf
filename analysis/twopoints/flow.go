package twopoints

import (
	"cmp"
	"net/netip"
	"slices"
)

// Point is one of the two places of capture.
type Point uint8

// The two points, in the order in which the captures were given.
const (
	A Point = iota
	B
)

func (p Point) String() string { return [...]string{"A", "B"}[p&1] }

// Other is the other point.
func (p Point) Other() Point { return p ^ 1 }

// Key identifies the packets of one SA at both points, whose addresses a NAT
// between them may have changed.
type Key struct {
	Protocol uint8 // 50 (ESP) or 51 (AH)
	SPI      uint32
}

// Flow is the packets of one SA.
type Flow struct {
	Key
	Src, Dst   netip.Addr // as seen at the first point that saw it
	Packets    [2]int64   // at each point, doubled ones included
	Twice      [2]int64   // of these: seen there before
	Matched    int64      // seen at both points
	Missing    [2]int64   // seen at the other point, within what both captures hold of the SA
	Outside    [2]int64   // seen only there, before or behind what both hold
	Unsettled  int64      // forgotten before they could be matched
	Lost       [2][]uint32
	First      uint32 // sequence numbers of the first and the highest match
	Last       uint32
	Difference Spread // time at B minus time at A, by the clocks of the captures

	seen  map[uint32]sighting
	queue []uint32 // numbers in the order of their first sighting
}

// sighting is what is known of one packet.
type sighting struct {
	nanos int64
	at    [2]bool
}

// shownLost is how many missing numbers are kept of one flow and point.
const shownLost = 64

// window is how far, in packets, a packet may be behind the highest match before it
// counts as missing.
const window = 4096

// note takes a packet that passed a point, and reports by how much the number of
// packets that are remembered grew.
func (f *Flow) note(at Point, seq uint32, nanos int64, room bool) (grown int) {
	f.Packets[at]++
	s, known := f.seen[seq]
	switch {
	case known && s.at[at]:
		f.Twice[at]++
		return 0
	case known:
		f.match(at, seq, s, nanos)
		return f.settle()
	case !room && len(f.queue) == 0:
		f.Unsettled++
		return 0
	case !room:
		grown = f.forget()
	}
	s = sighting{nanos: nanos}
	s.at[at] = true
	f.seen[seq] = s
	f.queue = append(f.queue, seq)
	return grown + 1
}

func (f *Flow) match(at Point, seq uint32, s sighting, nanos int64) {
	d := nanos - s.nanos
	if at == A {
		d = -d
	}
	f.Difference.add(d)
	s.at[at] = true
	f.seen[seq] = s
	if f.Matched++; f.Matched == 1 {
		f.First, f.Last = seq, seq
	}
	if ahead(seq, f.Last) > 0 {
		f.Last = seq
	}
	if ahead(seq, f.First) < 0 {
		f.First = seq
	}
}

// ahead is how far a number is ahead of another one, around the end of 32 bits.
func ahead(seq, of uint32) int32 { return int32(seq - of) }

// settle judges what is far behind the highest match.
func (f *Flow) settle() (grown int) {
	for len(f.queue) > 0 && ahead(f.Last, f.queue[0]) > window {
		f.judge(f.queue[0])
		f.queue = f.queue[1:]
		grown--
	}
	return grown
}

// forget drops the oldest sighting to make room.
func (f *Flow) forget() (grown int) {
	seq := f.queue[0]
	f.queue = f.queue[1:]
	if s := f.seen[seq]; s.at[A] != s.at[B] {
		f.Unsettled++
	}
	delete(f.seen, seq)
	return -1
}

// judge decides what a sighting was that will find no other.
func (f *Flow) judge(seq uint32) {
	s := f.seen[seq]
	delete(f.seen, seq)
	if s.at[A] && s.at[B] {
		return
	}
	here := A
	if s.at[B] {
		here = B
	}
	if f.Matched == 0 || ahead(seq, f.First) < 0 || ahead(seq, f.Last) > 0 {
		f.Outside[here]++
		return
	}
	there := here.Other()
	f.Missing[there]++
	if len(f.Lost[there]) < shownLost {
		f.Lost[there] = append(f.Lost[there], seq)
	}
}

// close judges all that is left.
func (f *Flow) close() {
	slices.SortFunc(f.queue, func(a, b uint32) int { return cmp.Compare(ahead(a, f.Last), ahead(b, f.Last)) })
	for _, seq := range f.queue {
		f.judge(seq)
	}
	f.queue, f.seen = nil, nil
}
