package decode

import (
	"encoding/binary"
	"slices"
	"strings"
)

// next takes the next message out of the stream, without its Length; pieces is the
// number of segments that it may have come in, 0 where it lies in the frame.
func (t *stream) next(st *TCPStats) (m span, pieces int, ok bool) {
	s, held := t.pending()
	if hasPrefix(s.b) {
		t.synced, t.sure = true, true
		t.consume(len(streamPrefix), held)
		s = s.skip(len(streamPrefix))
	}
	if !t.synced && !t.resync(&s, held, st) {
		return span{}, 0, false
	}
	if len(s.b) < lengthLen {
		return span{}, 0, false
	}
	n := int(binary.BigEndian.Uint16(s.b))
	if n <= lengthLen {
		st.Malformed++
		t.synced = false
		return t.next(st)
	}
	if n > s.wire {
		return span{}, 0, false
	}
	m = s.trim(n).skip(lengthLen)
	if !recognised(m) && !(t.sure && len(m.b) >= markerLen && hasMarker(m.b)) {
		if t.sure {
			st.Malformed++
		}
		t.synced = false
		return t.next(st)
	}
	t.sure = true
	t.learn(m)
	t.consume(n, held)
	if held {
		pieces = max(t.pieces, 2)
	}
	return m, pieces, true
}

// pending returns the octets that wait to be taken.
func (t *stream) pending() (s span, held bool) {
	if n := len(t.held) - t.at; n > 0 {
		return span{b: t.held[t.at:], wire: n}, true
	}
	return t.fresh, false
}

// consume takes n octets off.
func (t *stream) consume(n int, held bool) {
	if held {
		t.at += n
		return
	}
	t.fresh = t.fresh.from(n)
	if len(t.fresh.b) == 0 && t.fresh.wire > 0 { // the rest was not captured
		t.fresh, t.synced = span{}, false
	}
}

// resync looks for a place where messages begin: where the prefix stands, where the
// header of an IKE message fits its Length, or where Lengths lead to the end of what
// is there. Octets before it are skipped.
func (t *stream) resync(s *span, held bool, st *TCPStats) bool {
	if strings.HasPrefix(streamPrefix, string(s.b)) && s.missing() == 0 {
		return false // the rest of it may follow
	}
	for at := 0; at+lengthLen < len(s.b) && at <= maxResync; at++ {
		if hasPrefix(s.b[at:]) {
			t.sure = true
			at += len(streamPrefix)
		} else if !t.begins(s.skip(at), at) {
			continue
		}
		if at > 0 {
			st.Resyncs++
			st.Skipped += uint64(at)
		}
		t.consume(at, held)
		*s, _ = t.pending()
		t.synced = true
		return true
	}
	st.Skipped += uint64(s.wire)
	t.held, t.at, t.pieces, t.fresh = t.held[:0], 0, 0, span{}
	return false
}

// maxResync bounds how far a beginning is looked for in one segment.
const maxResync = 64 << 10

// maxChain is how many messages are followed to believe that they begin at a place.
const maxChain = 3

// begins reports whether messages begin at the start of s, which is at octets behind
// the last place that is known: there is IKE, or ESP under an SPI that the stream
// had before; or Lengths lead from one ESP packet to others of the same SPI, or
// right to the end.
func (t *stream) begins(s span, at int) bool {
	var spi uint32
	for whole := 0; whole < maxChain; whole++ {
		if s.wire == 0 {
			return whole > 1 || whole == 1 && at == 0
		}
		if len(s.b) < lengthLen {
			return false
		}
		n := int(binary.BigEndian.Uint16(s.b))
		if n <= lengthLen || n > s.wire {
			return false
		}
		m := s.trim(n).skip(lengthLen)
		switch {
		case isIKE(m):
			return true
		case !recognised(m):
			return false
		case isKeepalive(m):
		default:
			next := binary.BigEndian.Uint32(m.b)
			if slices.Contains(t.spis[:], next) {
				return true
			}
			if spi != 0 && spi != next {
				return false
			}
			spi = next
		}
		s = s.from(n)
	}
	return true
}

// learn remembers the SPI of an ESP packet.
func (t *stream) learn(m span) {
	if len(m.b) < markerLen {
		return
	}
	if spi := binary.BigEndian.Uint32(m.b); spi != t.spis[0] && spi != 0 {
		copy(t.spis[1:], t.spis[:])
		t.spis[0] = spi
	}
}

// isIKE reports whether a message is IKE beyond doubt.
func isIKE(m span) bool {
	return len(m.b) > markerLen && hasMarker(m.b) && looksLikeIKE(m.skip(markerLen))
}

// recognised reports whether a message can be one of RFC 9329: IKE behind its
// marker, ESP under an SPI that is not reserved (RFC 4303 section 2.1), or a NAT
// keepalive.
func recognised(m span) bool {
	const lastReservedSPI = 255
	const leastESP = espHeaderLen + 12 // with the shortest ICV
	switch {
	case isKeepalive(m), isIKE(m):
		return true
	case len(m.b) < markerLen:
		return false
	}
	return m.wire >= leastESP && binary.BigEndian.Uint32(m.b) > lastReservedSPI
}
