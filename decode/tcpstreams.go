package decode

// streams holds the TCP connections that carry IPsec, or may, by direction; the
// oldest make room.
type streams struct {
	limit  int
	octets int // that all of them hold
	byFlow map[direction]*stream
	order  []*stream // a ring once it is full
	oldest int
}

// direction is one direction of a connection.
type direction struct {
	src, dst         [16]byte
	srcPort, dstPort uint16
}

func directionOf(p *Packet) direction {
	return direction{p.Src.As16(), p.Dst.As16(), p.SrcPort, p.DstPort}
}

func (d direction) reversed() direction { return direction{d.dst, d.src, d.dstPort, d.srcPort} }

func (ss *streams) init(limit int) {
	ss.limit = limit
	ss.byFlow = make(map[direction]*stream)
}

// empty reports whether there is no stream, so that most segments need no look.
func (ss *streams) empty() bool { return len(ss.byFlow) == 0 }

// change does what may make a stream hold more or less, and counts it.
func (ss *streams) change(t *stream, do func()) {
	before := t.size()
	do()
	ss.octets += t.size() - before
}

// open returns the stream of a direction and begins it if need be.
func (ss *streams) open(k direction, st *TCPStats) *stream {
	if t := ss.byFlow[k]; t != nil {
		return t
	}
	t := &stream{key: k}
	if len(ss.order) < ss.limit {
		ss.order = append(ss.order, t)
	} else {
		old := ss.order[ss.oldest]
		ss.octets -= old.size()
		delete(ss.byFlow, old.key)
		ss.order[ss.oldest] = t
		ss.oldest = (ss.oldest + 1) % ss.limit
		st.Forgotten++
	}
	ss.byFlow[k] = t
	return t
}

// bound drops what the oldest streams hold while all hold more than limit octets.
func (ss *streams) bound(limit int, keep *stream, st *TCPStats) {
	for i := 0; ss.octets > limit && i < len(ss.order); i++ {
		t := ss.order[(ss.oldest+i)%len(ss.order)]
		if n := t.size(); n > 0 && t != keep {
			ss.octets -= n
			st.Dropped += uint64(n)
			*t = stream{key: t.key, sure: t.sure}
		}
	}
}
