package pcaps

// Magic numbers of classic pcap, as read in the file's own byte order, and the
// lengths of its headers in octets (draft-ietf-opsawg-pcap section 4).
const (
	magicMicros   = 0xa1b2c3d4
	magicNanos    = 0xa1b23c4d
	magicModified = 0xa1b2cd34 // Kuznetzov's libpcap: longer record headers

	classicHeaderLen  = 24
	classicRecordLen  = 16
	modifiedRecordLen = 24 // then: interface index (4), protocol (2), type of packet (1), padding (1)
)

// maxPassOver is the longest classic record that is passed over. No link type of
// libpcap has larger ones, so a longer one is damage.
const maxPassOver = 128 << 20

// classicMagics says what the magic numbers mean.
var classicMagics = map[uint32]classic{
	magicMicros:   {header: classicRecordLen, perSecond: 1e6, resolution: Microseconds},
	magicNanos:    {header: classicRecordLen, perSecond: 1e9, resolution: Nanoseconds},
	magicModified: {header: modifiedRecordLen, perSecond: 1e6, resolution: Microseconds},
}

// lengthOrder says which of the two lengths of a record comes first.
type lengthOrder uint8

const (
	capturedFirst lengthOrder = iota
	wireFirst                 // before version 2.3
	smallerFirst              // version 2.3 was written both ways
)

// classic reads classic pcap.
type classic struct {
	header     int // octets of a record header
	perSecond  uint32
	resolution Resolution

	order   order
	link    LinkType
	snapLen uint32
	lengths lengthOrder

	doubt  bool // the last record was passed over: this one must look right
	doubtN uint64
	doubtO int64
}

func matchClassic(head []byte) int {
	for _, o := range []order{false, true} {
		if _, ok := classicMagics[o.u32(head)]; ok {
			return classicHeaderLen
		}
	}
	return 0
}

// openClassic reads the file header:
//
//	0  magic  4  version  8  zone  12  sigfigs  16  snap length  20  FCS and link type
func openClassic(c *capture, head []byte) parser {
	p, ok := classicMagics[order(false).u32(head)]
	if !ok {
		p = classicMagics[order(true).u32(head)]
		p.order = true
	}
	p.snapLen = p.order.u32(head[16:])
	network := p.order.u32(head[20:])
	p.link = LinkType(network)
	p.version(c, p.order.u16(head[4:]), p.order.u16(head[6:]))
	c.win.pos += classicHeaderLen
	c.info.Interfaces = []InterfaceInfo{{
		Link: p.link, SnapLen: p.snapLen, Resolution: p.resolution, FCSLen: fcsLen(c, network),
	}}
	return &p
}

// fcsLen takes the link type word apart: the length of the frame check sequence
// in 16-bit units (4 bits), reserved, whether that length is given, reserved
// (10 bits), link type (16 bits). It returns octets, or -1.
func fcsLen(c *capture, network uint32) int {
	if network&0x0bff0000 != 0 {
		p := c.problem(BadHeader, 20)
		p.Text = "header: reserved bits are set beside the link type ({a}); read nevertheless"
		c.log.add(p, nil, uint64(network), 0)
	}
	if network&0x04000000 == 0 {
		return -1
	}
	return int(network>>28) * 2
}

func (p *classic) version(c *capture, major, minor uint16) {
	switch {
	case major == 2 && minor < 3:
		p.lengths = wireFirst
	case major == 2 && minor == 3:
		p.lengths = smallerFirst
	case major != 2 || minor != 4:
		c.note(BadHeader, 4, uint64(major), uint64(minor))
	}
}

// parse reads records:
//
//	0  seconds  4  fraction  8  captured length  12  wire length  16  data
func (p *classic) parse(c *capture, b *Block) verdict {
	w := &c.win
	for len(b.store) < c.limits.frames {
		rec := w.rest()
		if len(rec) < p.header {
			return c.short(p.header)
		}
		capLen, wireLen := p.order.u32(rec[8:]), p.order.u32(rec[12:])
		if p.lengths != capturedFirst {
			capLen, wireLen = p.swapped(capLen, wireLen)
		}
		if capLen > MaxFrameLen || p.doubt {
			if p.unlikely(c, capLen, wireLen, p.order.u32(rec[4:])) {
				return finished
			}
			continue
		}
		end := p.header + int(capLen)
		if end > len(rec) {
			return c.short(end)
		}
		frac := p.order.u32(rec[4:])
		if capLen > wireLen || capLen == 0 || frac >= p.perSecond || capLen > p.snapLen {
			p.noteOddities(c, capLen, wireLen, frac)
		}
		c.last = int64(p.order.u32(rec))*1e9 + int64(frac)*(1e9/int64(p.perSecond))
		b.store = append(b.store, Frame{
			Nanos: c.last, Data: rec[p.header:end:end], WireLen: wireLength(capLen, wireLen),
			Link: p.link, Capture: c.index, Offset: w.offset(),
		})
		w.pos += end
	}
	return blockFull
}

// swapped puts the lengths of an old file in today's order.
func (p *classic) swapped(first, second uint32) (capLen, wireLen uint32) {
	if p.lengths == wireFirst || first > second {
		return second, first
	}
	return first, second
}

// unlikely handles a record that is larger than can be, or follows one that was.
// It reports whether the way is lost.
func (p *classic) unlikely(c *capture, capLen, wireLen, frac uint32) (lost bool) {
	w := &c.win
	if p.doubt {
		p.doubt = false
		if capLen == 0 || capLen > MaxFrameLen || capLen > wireLen || frac >= p.perSecond {
			c.note(Damaged, p.doubtO, p.doubtN, 0)
			return true
		}
		return false
	}
	if capLen > maxPassOver {
		c.note(Damaged, w.offset(), uint64(capLen), 0)
		return true
	}
	p.doubt, p.doubtN, p.doubtO = true, uint64(capLen), w.offset()
	c.note(Oversized, w.offset(), uint64(capLen), MaxFrameLen)
	w.passOver(int64(p.header) + int64(capLen))
	return false
}

func (p *classic) noteOddities(c *capture, capLen, wireLen, frac uint32) {
	at := c.win.offset()
	if frac >= p.perSecond {
		c.note(BadTime, at, uint64(frac), uint64(p.perSecond-1))
	}
	noteLengths(c, at, capLen, wireLen, p.snapLen)
}

// noteLengths counts what is odd about the lengths of a packet. A snap length of
// zero is none.
func noteLengths(c *capture, at int64, capLen, wireLen, snapLen uint32) {
	most := wireLen
	if snapLen > 0 {
		most = min(most, snapLen)
	}
	switch {
	case capLen > most:
		c.note(LengthMismatch, at, uint64(capLen), uint64(most))
	case capLen == 0:
		c.note(EmptyRecord, at, 0, 0)
	}
}

// wireLength returns the wire length of a frame: at least what was captured, and
// no more than an int has everywhere.
func wireLength(capLen, wireLen uint32) int {
	return int(min(max(capLen, wireLen), 1<<31-1))
}
