package decode

import "encoding/binary"

// RFC 9293 section 3.1.
const (
	tcpHeaderLen = 20

	tcpSeqAt    = 4
	tcpAckAt    = 8
	tcpOffsetAt = 12
	tcpFlagsAt  = 13

	tcpSYN = 0x02
	tcpRST = 0x04
	tcpACK = 0x10
)

// segment is a TCP segment: its payload and what places it in its stream.
type segment struct {
	seq, ack uint32
	flags    uint8
	body     span
}

// tcp looks for IPsec in TCP: the streams of RFC 9329, which are joined, and the
// segments of Cisco's port 10000, which hold a packet each. All else passes by.
func (d *Decoder) tcp(p *Packet, s span) {
	if len(s.b) < tcpHeaderLen {
		d.short(p, faultTCPHeader, s)
		return
	}
	p.SrcPort = binary.BigEndian.Uint16(s.b[0:])
	p.DstPort = binary.BigEndian.Uint16(s.b[2:])
	dataAt := int(s.b[tcpOffsetAt]>>4) * 4
	if dataAt < tcpHeaderLen || dataAt > s.wire {
		return
	}
	g := segment{flags: s.b[tcpFlagsAt], body: s.from(dataAt)}
	switch {
	case p.SrcPort == portNATT || p.DstPort == portNATT, hasPrefix(g.body.b), !d.streams.empty() && d.followed(p):
		g.seq = binary.BigEndian.Uint32(s.b[tcpSeqAt:])
		g.ack = binary.BigEndian.Uint32(s.b[tcpAckAt:])
		d.stream(p, g)
	case p.SrcPort == portCisco || p.DstPort == portCisco:
		d.ciscoTCP(p, g.body)
	}
}

// followed reports whether the connection of p is known to carry IPsec.
func (d *Decoder) followed(p *Packet) bool {
	_, ok := d.streams.byFlow[directionOf(p)]
	return ok
}

// streamPrefix begins the stream of the side that opened the connection (RFC 9329
// section 4).
const streamPrefix = "IKETCP"

func hasPrefix(b []byte) bool {
	return len(b) >= len(streamPrefix) && string(b[:len(streamPrefix)]) == streamPrefix
}

// stream puts a segment into its stream and takes out the first message.
func (d *Decoder) stream(p *Packet, g segment) {
	st, k := &d.stats.TCP, directionOf(p)
	back := d.streams.byFlow[k.reversed()]
	if back != nil && g.flags&tcpACK != 0 {
		d.streams.change(back, func() { back.acknowledged(g.ack, st) })
	}
	t := d.streams.byFlow[k]
	if g.body.wire == 0 && t == nil {
		return // a stream begins with data: a flood of connections costs nothing
	}
	if t == nil {
		t = d.streams.open(k, st)
	}
	if hasPrefix(g.body.b) && back == nil { // the other side speaks after it
		back = d.streams.open(k.reversed(), st)
		back.sure, back.synced = true, true
	}
	if g.body.wire > 0 {
		p.Encap = EncapTCP
		st.Segments++
	}
	if t.precedes(g) { // read by itself, since what follows it was read already
		t.first = g.seq
		t = &stream{sure: t.sure, started: true, first: g.seq, expect: g.seq}
		t.put(g, st)
	} else {
		d.streams.change(t, func() { t.put(g, st) })
		d.streams.bound(d.limits.StreamBytes, t, st)
	}
	d.current = t
	d.take(p)
}

// More fills p with the next message of the frame that Decode was given last: a TCP
// segment may hold, or complete, several (RFC 9329 section 3). It returns false
// when there are no more; p is then as it was. Of other frames there never are.
func (d *Decoder) More(p *Packet) bool {
	if d.current == nil {
		return false
	}
	next := *p
	next.Kind, next.Payload, next.SPI, next.Seq = KindOther, nil, 0, 0
	next.Missing, next.Fragments, next.Problem = 0, 0, nil
	if !d.take(&next) {
		return false
	}
	*p = next
	d.stats.Kinds[p.Kind]++
	if p.Missing > 0 {
		d.stats.Truncated++
	}
	return true
}

// leave ends the work on a frame: what is left of a segment is kept, since the
// frame's memory is reused.
func (d *Decoder) leave() {
	if t := d.current; t != nil {
		before := t.size()
		t.settle()
		d.streams.octets += t.size() - before
		d.current = nil
	}
}

// take takes the next whole message out of the current stream, if there is one.
func (d *Decoder) take(p *Packet) bool {
	m, pieces, ok := d.current.next(&d.stats.TCP)
	if !ok {
		d.leave()
		return false
	}
	p.Missing, p.Fragments = m.missing(), pieces
	d.stats.TCP.Messages++
	switch {
	case len(m.b) >= markerLen && hasMarker(m.b):
		d.ike(p, m.skip(markerLen))
	case isKeepalive(m):
		p.Kind, p.Payload = KindKeepalive, m.b
	default:
		d.esp(p, m)
	}
	return true
}
