package pcaps

// Options of pcapng (draft-ietf-opsawg-pcapng section 3.5 and the sections of
// the blocks that have them).
const (
	optEnd     = 0
	optComment = 1

	optSectionHardware    = 2
	optSectionSystem      = 3
	optSectionApplication = 4

	optInterfaceName        = 2
	optInterfaceDescription = 3
	optInterfaceResolution  = 9
	optInterfaceFCSLen      = 13
	optInterfaceTimeOffset  = 14

	optStatisticsReceived = 4
	optStatisticsDropped  = 5
	optStatisticsOSDrop   = 7
)

// option is one option: code, length, value padded to a multiple of 4.
type option struct {
	code  uint16
	value []byte
}

// options walks through the options of a block.
type options struct {
	order order
	rest  []byte
	bad   bool // an option did not fit
}

// next returns the next option, or false at the end.
func (o *options) next() (option, bool) {
	if len(o.rest) == 0 {
		return option{}, false
	}
	if len(o.rest) < 4 {
		o.bad = true
		return option{}, false
	}
	code, n := o.order.u16(o.rest), int(o.order.u16(o.rest[2:]))
	if code == optEnd {
		return option{}, false
	}
	if n > len(o.rest)-4 {
		o.bad = true
		return option{}, false
	}
	value := o.rest[4 : 4+n]
	// The last padding may be missing in a block that is not padded itself.
	o.rest = o.rest[min(4+pad4(n), len(o.rest)):]
	return option{code, value}, true
}

// eachOption calls f for the options in b, which are those of the block at the
// front of the window. f returns false for a value it cannot use.
func (p *pcapng) eachOption(c *capture, b []byte, f func(option) bool) {
	o := options{order: p.order, rest: b}
	for {
		opt, ok := o.next()
		if !ok {
			break
		}
		o.bad = !f(opt) || o.bad
	}
	if o.bad {
		c.note(BadOption, c.win.offset(), 0, 0)
	}
}

// packetOptions reads the options of a packet: of these only comments matter.
func (p *pcapng) packetOptions(c *capture, b []byte) {
	o := options{order: p.order, rest: b}
	for {
		opt, ok := o.next()
		if !ok {
			break
		}
		if opt.code == optComment {
			c.comment(opt.value, c.nextFrame())
		}
	}
	if o.bad {
		c.note(BadOption, c.win.offset(), 0, 0)
	}
}

// comment keeps a comment; frame is 0 when it is not one of a packet.
func (c *capture) comment(text []byte, frame int64) {
	if len(c.info.Comments) >= MaxComments {
		c.note(LimitReached, c.win.offset(), MaxComments, 0)
		return
	}
	c.info.Comments = append(c.info.Comments, Comment{
		Frame: frame, Offset: c.win.offset(), Text: clipped(text, maxTextLen),
	})
}

// clipped returns at most n octets of b as text.
func clipped(b []byte, n int) string { return string(b[:min(n, len(b))]) }
