package decode

import (
	"encoding/binary"
	"slices"
)

// lengthLen is the size of the Length field before each message; the length counts
// the field itself (RFC 9329 section 3).
const lengthLen = 2

const (
	// maxAhead is how many segments wait for one that is missing.
	maxAhead = 32

	// maxStreamOctets bounds what they hold.
	maxStreamOctets = 256 << 10
)

// stream is one direction of a TCP connection that carries IKE and ESP.
//
// The octets that arrive first win. Where a segment is missing, those behind it
// wait; if the peer acknowledges what is missing, or too many wait, the capture has
// lost it, and the stream goes on behind it at the next place where messages are
// recognised.
type stream struct {
	key     direction
	started bool
	first   uint32 // sequence number of the first octet seen
	expect  uint32 // of the next octet
	synced  bool   // what comes next is the Length of a message
	sure    bool   // the connection is known to carry IPsec
	skip    int    // octets of a message that is lost in part
	spis    [4]uint32

	ahead  []early
	octets int // in ahead

	// What no message was made of yet: a segment while its frame lasts, or a copy of
	// several, never both.
	fresh  span
	held   []byte
	at     int // of held, taken already
	pieces int // segments in held
}

// early is a segment that came before one that is missing.
type early struct {
	seq  uint32
	data []byte
	wire int
}

// size is the number of octets that the stream holds beyond a frame.
func (t *stream) size() int { return cap(t.held) + t.octets }

// put adds a segment.
func (t *stream) put(g segment, st *TCPStats) {
	t.settle()
	switch {
	case g.flags&tcpRST != 0:
		*t = stream{key: t.key, sure: t.sure}
		return
	case g.flags&tcpSYN != 0:
		*t = stream{key: t.key, started: true, first: g.seq + 1, expect: g.seq + 1, synced: true}
		return
	case !t.started:
		t.started, t.first, t.expect = true, g.seq, g.seq
	}
	before := int32(g.seq - t.expect)
	switch end := before + int32(g.body.wire); {
	case g.body.wire == 0:
	case end <= 0:
		st.Repeated++
	case before > 0:
		t.wait(g, st)
	default:
		if before < 0 {
			st.Overlaps++
		}
		t.append(g.body.from(int(-before)))
		t.expect += uint32(end)
		t.advance(st)
	}
}

// precedes reports whether a segment lies before everything seen of the stream: the
// capture has it out of order.
func (t *stream) precedes(g segment) bool {
	return t.started && g.body.wire > 0 && int32(g.seq-t.first)+int32(g.body.wire) <= 0
}

// from returns the span behind its first n octets on the wire.
func (s span) from(n int) span {
	if n <= len(s.b) {
		return s.skip(n)
	}
	return span{wire: s.wire - n, off: s.off + len(s.b)}
}

// append adds octets in order. They stay where they are while nothing is held.
func (t *stream) append(s span) {
	cut := min(t.skip, s.wire)
	t.skip -= cut
	if s = s.from(cut); s.wire == 0 {
		return
	}
	if len(t.held) == t.at && t.fresh.wire == 0 {
		t.fresh = s
		return
	}
	t.settle()
	t.hold(s)
}

// settle keeps what is left of a segment beyond its frame.
func (t *stream) settle() {
	if t.at > 0 {
		t.held, t.at = append(t.held[:0], t.held[t.at:]...), 0
	}
	if len(t.held) == 0 {
		t.pieces = 0
	}
	f := t.fresh
	t.fresh = span{}
	if f.wire > 0 {
		t.hold(f)
	}
}

func (t *stream) hold(s span) {
	t.held = append(t.held, s.b...)
	t.pieces++
	if s.missing() > 0 {
		t.lose(s.missing())
	}
}

// lose gives up the message in which, behind what is held, n octets are missing.
// Where its length is known, the rest of it is skipped.
func (t *stream) lose(n int) {
	want, known := t.wanted()
	t.held, t.at, t.pieces = t.held[:0], 0, 0
	switch {
	case t.skip >= n && t.skip > 0:
		t.skip -= n
	case t.synced && known && want >= n:
		t.skip = want - n
	default:
		t.skip, t.synced = 0, false
	}
}

// wanted is how many octets the message at the end of what is held still needs; ok
// is false where its length is not known.
func (t *stream) wanted() (n int, ok bool) {
	for rest := t.held[t.at:]; len(rest) >= lengthLen; {
		switch want := int(binary.BigEndian.Uint16(rest)); {
		case want <= lengthLen:
			return 0, false
		case want > len(rest):
			return want - len(rest), true
		default:
			rest = rest[want:]
		}
	}
	return 0, false
}

// wait keeps a segment that came too early.
func (t *stream) wait(g segment, st *TCPStats) {
	at, again := slices.BinarySearchFunc(t.ahead, g.seq, func(e early, seq uint32) int { return int(int32(e.seq - seq)) })
	if again {
		st.Repeated++
		return
	}
	st.Early++
	t.ahead = slices.Insert(t.ahead, at, early{g.seq, slices.Clone(g.body.b), g.body.wire})
	t.octets += len(g.body.b)
	for len(t.ahead) > maxAhead || t.octets > maxStreamOctets {
		t.giveUp(st)
	}
}

// advance takes in the segments that waited for the one that came.
func (t *stream) advance(st *TCPStats) {
	for len(t.ahead) > 0 && int32(t.ahead[0].seq-t.expect) <= 0 {
		e := t.ahead[0]
		t.octets -= len(e.data)
		t.ahead = slices.Delete(t.ahead, 0, 1)
		before := int32(e.seq - t.expect)
		if end := before + int32(e.wire); end > 0 {
			t.append(span{b: e.data, wire: e.wire}.from(int(-before)))
			t.expect += uint32(end)
		} else {
			st.Repeated++
		}
	}
}

// acknowledged tells that the other side has every octet before ack. What is missing
// before it was lost by the capture.
func (t *stream) acknowledged(ack uint32, st *TCPStats) {
	for len(t.ahead) > 0 && int32(ack-t.ahead[0].seq) >= int32(t.ahead[0].wire) {
		t.giveUp(st)
	}
}

// giveUp goes on behind what is missing.
func (t *stream) giveUp(st *TCPStats) {
	n := t.ahead[0].seq - t.expect
	st.Gaps++
	st.Lost += uint64(n)
	t.settle()
	t.lose(int(n))
	t.expect += n
	t.advance(st)
}
