package decode

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"net/netip"
	"slices"
	"sort"
	"unsafe"
)

// datagramKey tells the datagrams apart that fragments belong to: RFC 791
// section 3.2 with the protocol, RFC 8200 section 4.5 without it.
type datagramKey struct {
	src, dst [16]byte
	id       uint32
	protocol uint8
	v6       bool
}

type datagramState uint8

const (
	stateWaiting datagramState = iota
	stateDead                  // given up: later fragments are dropped
	stateJoined
	stateGone
)

const unknownTotal = -1

// datagram is what is known of one that came in fragments.
type datagram struct {
	key          datagramKey
	older, newer *datagram
	state        datagramState
	protocol     uint8  // as the first fragment to arrive names it
	first        int64  // time of that fragment; once joined, of the last
	frame        uint64 // and its frame

	header []byte  // from the fragment at offset 0
	nextAt int     // see fragment
	next   uint8   // see fragment
	data   []byte  // octets of the pieces, in order of arrival
	pieces []piece // by offset, disjoint

	fragments int // taken in
	total     int // octets of the fragmentable part, or unknownTotal
	reach     int // largest end of a piece
	got       int // octets that pieces cover
}

// piece is a part of the fragmentable part that one fragment brought.
type piece struct {
	off, len uint32
	kept     uint32 // octets that the capture holds, from the piece's start
	at       uint32 // of the first of them in datagram.data
	sum      uint64 // of them, once the datagram was joined
}

func (q *piece) end() int { return int(q.off) + int(q.len) }

func (g *datagram) cost() int {
	return datagramOverhead + cap(g.header) + cap(g.data) + cap(g.pieces)*int(unsafe.Sizeof(piece{}))
}

func (g *datagram) complete() bool {
	return g.got == g.total && len(g.header) > 0
}

// kill gives the datagram up and its memory back.
func (g *datagram) kill() {
	g.state, g.header, g.data, g.pieces = stateDead, nil, nil, nil
}

// put takes a fragment in, by the policy of the package comment.
func (g *datagram) put(f *fragment, limit int, st *FragmentStats) fault {
	if !g.endFits(f) {
		st.ConflictingEnds++
		if f.v6 {
			st.Dropped++
			g.kill()
		}
		return faultFragmentLast
	}
	overlaps, isCopy := g.overlap(f)
	switch {
	case isCopy:
		st.Duplicates++
		return faultNone
	case overlaps && f.v6:
		st.Overlaps++
		st.Dropped++
		g.kill()
		return faultFragmentOverlap
	case overlaps:
		st.Overlaps++
	}
	return g.fill(f, limit, st)
}

// fill takes the octets that are new, and the header of the first fragment.
func (g *datagram) fill(f *fragment, limit int, st *FragmentStats) fault {
	same := g.cover(f)
	g.fragments++
	if f.off == 0 && len(g.header) == 0 {
		g.header = append(g.header, f.header...)
		g.nextAt, g.next = f.nextAt, f.next
	}
	switch {
	case len(g.pieces) > limit:
		st.Dropped++
		g.kill()
		return faultFragmentCount
	case g.complete() && g.tooLong():
		st.Dropped++
		g.kill()
		return faultFragmentEnd
	case !same:
		st.Ambiguous++
		return faultFragmentOverlap
	}
	return faultNone
}

// endFits notes where the datagram ends when f is its last fragment, and
// reports whether that agrees with what came before.
func (g *datagram) endFits(f *fragment) bool {
	end := f.end()
	switch {
	case f.more:
		return g.total == unknownTotal || end <= g.total
	case g.total != unknownTotal:
		return end == g.total
	case end < g.reach:
		return false
	}
	g.total = end
	return true
}

// tooLong reports whether the header of the first fragment, which may have
// more options than the others', makes the joined datagram too long.
func (g *datagram) tooLong() bool {
	n := len(g.header) + g.total
	if g.key.v6 {
		n -= ipv6HeaderLen
	}
	return n > maxDatagram
}

// find returns the index of the first piece that ends behind off.
func (g *datagram) find(off int) int {
	return sort.Search(len(g.pieces), func(i int) bool { return g.pieces[i].end() > off })
}

// overlap reports whether f shares octets with a piece, and whether it is a
// copy of one.
func (g *datagram) overlap(f *fragment) (overlaps, isCopy bool) {
	i := g.find(f.off)
	if i == len(g.pieces) || int(g.pieces[i].off) >= f.end() {
		return false, false
	}
	q := &g.pieces[i]
	isCopy = int(q.off) == f.off && int(q.len) == f.body.wire && g.agrees(q, f, f.off, f.end())
	return true, isCopy
}

// agrees compares a fragment with a piece over the octets from and to, as far
// as both were captured.
func (g *datagram) agrees(q *piece, f *fragment, from, to int) bool {
	a := part(g.data[q.at:q.at+q.kept], from-int(q.off), to-int(q.off))
	b := part(f.body.b, from-f.off, to-f.off)
	n := min(len(a), len(b))
	return bytes.Equal(a[:n], b[:n])
}

// part returns b[from:to] as far as b reaches.
func part(b []byte, from, to int) []byte {
	return b[min(from, len(b)):min(to, len(b))]
}

// cover stores the octets of f that no piece has, and reports whether the
// others agree with those that came first.
func (g *datagram) cover(f *fragment) (same bool) {
	same = true
	off, end := f.off, f.end()
	for i := g.find(off); off < end; i++ {
		next := end
		if i < len(g.pieces) {
			next = min(end, int(g.pieces[i].off))
		}
		if off < next {
			g.insert(i, f, off, next)
		} else {
			q := g.pieces[i]
			next = min(end, q.end())
			same = g.agrees(&q, f, off, next) && same
		}
		off = next
	}
	g.reach = max(g.reach, end)
	return same
}

// insert stores the octets from and to of f as the piece of index i.
func (g *datagram) insert(i int, f *fragment, from, to int) {
	octets := part(f.body.b, from-f.off, to-f.off)
	q := piece{off: uint32(from), len: uint32(to - from), kept: uint32(len(octets)), at: uint32(len(g.data))}
	g.data = append(g.data, octets...)
	g.pieces = slices.Insert(g.pieces, i, q)
	g.got += to - from
}

// isCopy reports whether f was part of this joined datagram.
func (g *datagram) isCopy(f *fragment, seed maphash.Seed) bool {
	i := g.find(f.off)
	if i == len(g.pieces) {
		return false
	}
	q := &g.pieces[i]
	return int(q.off) == f.off && int(q.len) == f.body.wire && int(q.kept) == len(f.body.b) &&
		q.sum == maphash.Bytes(seed, f.body.b)
}

func (g *datagram) incomplete() Incomplete {
	l := Incomplete{
		Protocol: g.protocol, Fragments: g.fragments, Octets: g.got, Total: max(g.total, 0),
		First: g.first, Frame: g.frame,
		Src: netip.AddrFrom16(g.key.src).Unmap(), Dst: netip.AddrFrom16(g.key.dst).Unmap(),
	}
	if len(g.pieces) == 0 || g.pieces[0].off != 0 {
		return l
	}
	l.HasFirst = true
	if q := g.pieces[0]; g.protocol == protoUDP && q.kept >= 4 {
		l.SrcPort = binary.BigEndian.Uint16(g.data[q.at:])
		l.DstPort = binary.BigEndian.Uint16(g.data[q.at+2:])
	}
	return l
}

// ageList is a list of datagrams in the order in which they were pushed.
type ageList struct {
	oldest, newest *datagram
	n              int
}

func (l *ageList) push(g *datagram) {
	g.older, g.newer = l.newest, nil
	if l.newest != nil {
		l.newest.newer = g
	} else {
		l.oldest = g
	}
	l.newest = g
	l.n++
}

func (l *ageList) remove(g *datagram) {
	if g.older != nil {
		g.older.newer = g.newer
	} else {
		l.oldest = g.newer
	}
	if g.newer != nil {
		g.newer.older = g.older
	} else {
		l.newest = g.older
	}
	g.older, g.newer = nil, nil
	l.n--
}
