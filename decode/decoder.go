package decode

// Decoder decodes frames one after the other, in capture order. It keeps the
// fragments that wait for others and the flows in which IKE was seen, so one
// decoder serves one run over the captures. It is not safe for use by several
// goroutines at once.
type Decoder struct {
	limits Limits
	joiner joiner
	flows  flows

	streams streams
	current *stream // of the current frame, if messages may be left in it

	// Of the current frame:
	now     int64
	level   int
	loose   bool  // the IP header gives no length, so the frame's end is taken for the datagram's
	problem Error // what Packet.Problem points at

	stats       Stats
	faults      [faults]uint64
	cut         [faults]uint64    // headers that the capture cut
	unreadLinks map[uint16]uint64 // frames of link types that are not read
}

// NewDecoder returns a decoder with the given limits; the zero Limits means
// the default ones.
func NewDecoder(l Limits) *Decoder {
	d := &Decoder{limits: l.withDefaults()}
	d.joiner.init(d.limits)
	d.flows.init(d.limits.Flows)
	d.streams.init(d.limits.Streams)
	return d
}

// Decode fills p from a frame: its link type (as in pcap), the captured
// octets, its length on the wire in octets, and its time in Unix nanoseconds,
// by which waiting fragments age. Everything in p is replaced. A frame may hold
// more than one message: see More.
func (d *Decoder) Decode(p *Packet, link uint16, data []byte, wireLen int, nanos int64) {
	*p = Packet{}
	d.leave()
	d.now, d.level, d.loose = nanos, 0, false
	d.stats.Frames++
	s := span{b: data, wire: max(wireLen, len(data))}
	d.link(p, link, s)
	d.stats.Kinds[p.Kind]++
	if p.Missing > 0 {
		d.stats.Truncated++
	}
}

// link decodes what is on a link type.
func (d *Decoder) link(p *Packet, link uint16, s span) {
	if int(link) < len(links) && links[link] != nil {
		links[link](d, p, s)
	} else {
		d.foreignLink(p, link, s)
	}
}

// maxUnread bounds the link types that are counted one by one.
const maxUnread = 16

// unread counts a frame of a link type that is not read.
func (d *Decoder) unread(p *Packet, link uint16, s span) {
	d.note(p, faultLinkType, s.off, ErrUnsupported)
	if _, ok := d.unreadLinks[link]; !ok && len(d.unreadLinks) >= maxUnread {
		d.faults[faultLinkType]++
		return
	}
	if d.unreadLinks == nil {
		d.unreadLinks = map[uint16]uint64{}
	}
	d.unreadLinks[link]++
}

// enter goes one level deeper, if the limit allows.
func (d *Decoder) enter(p *Packet, s span) bool {
	d.level++
	if d.level > d.limits.Nesting {
		d.fail(p, faultNesting, s.off)
		return false
	}
	return true
}
