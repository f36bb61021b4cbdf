package decode

import (
	"encoding/binary"
	"hash/maphash"
	"time"
)

const (
	// datagramOverhead is what a waiting datagram costs beyond its octets:
	// its record and its place in the index.
	datagramOverhead = 320

	// remembered is the number of joined datagrams whose fragments are still
	// recognised when they come a second time, and copyAge how long.
	remembered = 1024
	copyAge    = 500 * time.Millisecond

	// A sender on a fast link uses its 65,536 identifications again soon. What
	// began so many frames and so long ago waits for fragments that were lost, and
	// is no part of a datagram of now (Linux: ipfrag_max_dist).
	staleFrames = 1 << 14
	staleAge    = 50 * time.Millisecond
)

// joiner keeps the fragments that wait for others. The work for a fragment
// depends on its own length and on Limits.FragmentPieces, never on how many
// datagrams wait: they are found through the index and age in a list.
type joiner struct {
	limits  Limits
	index   map[datagramKey]*datagram
	waiting ageList // also those given up, so that late fragments of theirs are dropped
	joined  ageList // the last ones joined, without their octets
	bytes   int     // the cost of all in index
	lost    []Incomplete
	seed    maphash.Seed

	whole []byte    // the datagram joined last
	spare *datagram // for the next one opened
	octs  []byte    // likewise
}

func (j *joiner) init(l Limits) {
	j.limits = l
	j.index = make(map[datagramKey]*datagram)
	j.seed = maphash.MakeSeed()
}

// add takes a fragment in. It returns the datagram when that is complete now.
func (j *joiner) add(f *fragment, protocol uint8, now int64, frame uint64, st *FragmentStats) (*datagram, fault) {
	j.expire(now, st)
	g := j.index[f.key]
	if g != nil && g.state == stateJoined {
		if time.Duration(now-g.first) <= copyAge && g.isCopy(f, j.seed) {
			st.Duplicates++
			return nil, faultNone
		}
		j.forget(g)
		g = nil
	}
	if g != nil && g.state == stateWaiting && frame-g.frame > staleFrames && time.Duration(now-g.first) > staleAge {
		j.drop(g, &st.Expired)
		g = nil
	}
	if g == nil {
		g = j.open(f.key, st)
		g.protocol, g.first, g.frame = protocol, now, frame
	}
	if g.state == stateDead {
		st.Dropped++
		return nil, faultNone
	}
	before := g.cost()
	bad := g.put(f, j.limits.FragmentPieces, st)
	j.bytes += g.cost() - before
	for j.bytes > j.limits.FragmentBytes && j.waiting.oldest != nil {
		j.drop(j.waiting.oldest, &st.Evicted)
	}
	if g.state != stateWaiting || !g.complete() {
		return nil, bad
	}
	return g, bad
}

// expire drops the datagrams that have waited too long.
func (j *joiner) expire(now int64, st *FragmentStats) {
	for g := j.waiting.oldest; g != nil && time.Duration(now-g.first) > j.limits.FragmentAge; g = j.waiting.oldest {
		j.drop(g, &st.Expired)
	}
}

// open starts a datagram; the oldest makes room.
func (j *joiner) open(key datagramKey, st *FragmentStats) *datagram {
	if j.waiting.n >= j.limits.FragmentDatagrams {
		j.drop(j.waiting.oldest, &st.Evicted)
	}
	g := j.spare
	if j.spare = nil; g == nil {
		g = new(datagram)
	}
	if g.data == nil {
		g.data, j.octs = j.octs, nil
	}
	g.key, g.state, g.total = key, stateWaiting, unknownTotal
	j.index[key] = g
	j.waiting.push(g)
	j.bytes += g.cost()
	return g
}

// drop gives up a datagram that waits, for the reason counted by n.
func (j *joiner) drop(g *datagram, n *uint64) {
	if g.state == stateWaiting {
		*n++
		if l := g.incomplete(); len(j.lost) < maxIncomplete && l.concernsIPsec() {
			j.lost = append(j.lost, l)
		}
	}
	j.forget(g)
}

// forget removes a datagram and keeps its memory for the next one.
func (j *joiner) forget(g *datagram) {
	if g.state == stateJoined {
		j.joined.remove(g)
	} else {
		j.waiting.remove(g)
	}
	delete(j.index, g.key)
	j.bytes -= g.cost()
	*g = datagram{state: stateGone, header: g.header[:0], data: g.data[:0], pieces: g.pieces[:0]}
	j.spare = g
}

// join puts a complete datagram together, with a header as if it had never
// been divided. The result is valid until the next call. Where the capture
// kept too little of a fragment, the datagram ends there.
func (j *joiner) join(g *datagram, now int64) span {
	w := append(j.whole[:0], g.header...)
	cut := false
	for i := range g.pieces {
		q := &g.pieces[i]
		octets := g.data[q.at : q.at+q.kept]
		q.sum = maphash.Bytes(j.seed, octets)
		if !cut {
			w = append(w, octets...)
		}
		cut = cut || q.kept < q.len
	}
	if g.key.v6 {
		mendIPv6(w, len(g.header)+g.total, g.nextAt, g.next)
	} else {
		mendIPv4(w, len(g.header), len(g.header)+g.total)
	}
	j.whole = w
	s := span{b: w, wire: len(g.header) + g.total}
	j.remember(g, now)
	return s
}

// remember keeps of a joined datagram the checksums of its fragments only.
func (j *joiner) remember(g *datagram, now int64) {
	j.waiting.remove(g)
	j.bytes -= g.cost()
	if cap(g.data) > cap(j.octs) {
		j.octs = g.data[:0]
	}
	g.data, g.header, g.state, g.first = nil, nil, stateJoined, now
	j.bytes += g.cost()
	j.joined.push(g)
	if j.joined.n > remembered {
		j.forget(j.joined.oldest)
	}
}

// mendIPv4 gives a joined datagram its total length, clears the fields of
// fragmentation and renews the checksum.
func mendIPv4(w []byte, headerLen, total int) {
	binary.BigEndian.PutUint16(w[ipv4TotalLengthAt:], uint16(total))
	flags := binary.BigEndian.Uint16(w[ipv4FragmentAt:])
	binary.BigEndian.PutUint16(w[ipv4FragmentAt:], flags&^(ipv4MoreFragments|ipv4FragmentOffset))
	binary.BigEndian.PutUint16(w[ipv4ChecksumAt:], 0)
	binary.BigEndian.PutUint16(w[ipv4ChecksumAt:], checksum(w[:headerLen]))
}

// mendIPv6 gives a joined datagram its payload length and takes the Fragment
// header out of the chain.
func mendIPv6(w []byte, total, nextAt int, next uint8) {
	binary.BigEndian.PutUint16(w[ipv6PayloadLengthAt:], uint16(total-ipv6HeaderLen))
	w[nextAt] = next
}

// checksum is that of RFC 1071 over an even number of octets.
func checksum(b []byte) uint16 {
	sum := uint32(0)
	for ; len(b) >= 2; b = b[2:] {
		sum += uint32(binary.BigEndian.Uint16(b))
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}
