package pcaps

// packet reads an enhanced packet block, or the obsolete packet block, which
// differs in the first field only (draft-ietf-opsawg-pcapng sections 4.3 and
// appendix A):
//
//	8  interface  12  time (high)  16  (low)  20  captured length  24  wire length  28  data, options
func (p *pcapng) packet(c *capture, b *Block, id uint32, blk []byte) {
	at := c.win.offset()
	i := p.iface(c, id)
	if i == nil {
		return
	}
	capLen, wireLen := p.order.u32(blk[20:]), p.order.u32(blk[24:])
	body := blk[28 : len(blk)-4]
	switch {
	case uint64(capLen) > uint64(len(body)):
		c.note(BadRecord, at, uint64(capLen), uint64(len(body)))
		return
	case capLen > MaxFrameLen:
		c.note(Oversized, at, uint64(capLen), MaxFrameLen)
		return
	}
	if end := pad4(int(capLen)); end < len(body) {
		p.packetOptions(c, body[end:])
	}
	stamp := uint64(p.order.u32(blk[12:]))<<32 | uint64(p.order.u32(blk[16:]))
	c.last = i.clock.nanos(stamp)
	p.add(c, b, i, body[:capLen:capLen], wireLen)
}

// simple reads a simple packet block: a packet of the section's first
// interface, without a time (section 4.4). It gets the time of the packet before.
//
//	8  wire length  12  data
func (p *pcapng) simple(c *capture, b *Block, blk []byte) {
	i := p.iface(c, 0)
	if i == nil {
		return
	}
	wireLen := p.order.u32(blk[8:])
	body := blk[12 : len(blk)-4]
	capLen := min(uint64(wireLen), uint64(len(body)))
	if i.snapLen > 0 {
		capLen = min(capLen, uint64(i.snapLen))
	}
	if capLen > MaxFrameLen {
		c.note(Oversized, c.win.offset(), capLen, MaxFrameLen)
		return
	}
	p.add(c, b, i, body[:capLen:capLen], wireLen)
}

// iface returns the interface with the number id in this section, or nil when
// it is not described.
func (p *pcapng) iface(c *capture, id uint32) *iface {
	if uint64(id) < uint64(len(p.ifaces)) && p.ifaces[id].index >= 0 {
		return &p.ifaces[id]
	}
	c.note(NoInterface, c.win.offset(), uint64(id), uint64(len(p.ifaces)))
	return nil
}

// add appends a frame.
func (p *pcapng) add(c *capture, b *Block, i *iface, data []byte, wireLen uint32) {
	capLen := uint32(len(data))
	if capLen == 0 || capLen > wireLen || i.snapLen > 0 && capLen > i.snapLen {
		noteLengths(c, c.win.offset(), capLen, wireLen, i.snapLen)
	}
	b.store = append(b.store, Frame{
		Nanos: c.last, Data: data, WireLen: wireLength(capLen, wireLen),
		Link: i.link, Interface: i.index, Capture: c.index, Offset: c.win.offset(),
	})
}
