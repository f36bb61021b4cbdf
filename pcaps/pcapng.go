package pcaps

// Block types of pcapng (draft-ietf-opsawg-pcapng section 4).
const (
	blockInterface  = 1
	blockPacket     = 2 // obsolete
	blockSimple     = 3
	blockNames      = 4
	blockStatistics = 5
	blockEnhanced   = 6
	blockSecrets    = 10
	blockSection    = 0x0a0d0d0a // the same in both byte orders

	byteOrderMagic = 0x1a2b3c4d
	minBlockLen    = 12 // type, length, length again
	minSectionLen  = 28
)

// maxBlockLen is the largest block that is read, in octets; packets have less.
// Larger blocks are passed over.
const maxBlockLen = 16 << 20

// pcapng reads pcapng.
type pcapng struct {
	order  order
	ifaces []iface // of the present section
	doubt  bool    // the last block's lengths were odd: this one must look right
	doubtN uint64
	doubtO int64
}

// iface is what is needed to read packets of an interface.
type iface struct {
	clock   clock
	snapLen uint32
	link    LinkType
	index   int // in CaptureInfo.Interfaces; -1 when that is full
}

func matchPcapng(head []byte) int {
	if order(false).u32(head) != blockSection {
		return 0
	}
	if len(head) < minBlockLen {
		return minSectionLen
	}
	var p pcapng
	if !p.setOrder(head) {
		return 0
	}
	n := p.order.u32(head[4:])
	if n < minSectionLen || n > maxBlockLen {
		return 0
	}
	return int(n)
}

func openPcapng(*capture, []byte) parser { return &pcapng{} }

// setOrder takes the byte order from a section header block.
func (p *pcapng) setOrder(blk []byte) bool {
	for _, o := range []order{false, true} {
		if o.u32(blk[8:]) == byteOrderMagic {
			p.order = o
			return true
		}
	}
	return false
}

// parse reads blocks:
//
//	0  type  4  total length  8  body  (total length - 4)  total length
func (p *pcapng) parse(c *capture, b *Block) verdict {
	w := &c.win
	for len(b.store) < c.limits.frames {
		rest := w.rest()
		if len(rest) < minBlockLen {
			return c.short(minBlockLen)
		}
		kind := p.order.u32(rest)
		if kind == blockSection && !p.setOrder(rest) {
			return p.lostOrder(c)
		}
		total := p.order.u32(rest[4:])
		if p.doubt && !p.likely(kind, total) {
			c.note(Damaged, p.doubtO, p.doubtN, 0)
			return finished
		}
		p.doubt = false
		if total%4 != 0 || total < minBlockLen || total > maxBlockLen {
			if v, stop := p.unlikely(c, b, kind, total); stop {
				return v
			}
			continue
		}
		if int(total) > len(rest) {
			return c.short(int(total))
		}
		blk := rest[:total]
		if trailer := p.order.u32(blk[total-4:]); trailer != total {
			c.note(TrailerMismatch, w.offset(), uint64(total), uint64(trailer))
			p.doubts(c, total)
		}
		p.block(c, b, kind, blk)
		w.pos += int(total)
	}
	return blockFull
}

func (p *pcapng) lostOrder(c *capture) verdict {
	problem := c.problem(Damaged, c.win.offset())
	problem.Text = "damaged at octet {at}, after packet {p}: a section without byte-order magic; the rest of the file is not read"
	c.log.add(problem, nil, 0, 0)
	return finished
}

// doubts makes the next block prove that the way was not lost with this one.
func (p *pcapng) doubts(c *capture, total uint32) {
	p.doubt, p.doubtN, p.doubtO = true, uint64(total), c.win.offset()
}

// likely reports whether a block looks like one that follows another.
func (p *pcapng) likely(kind, total uint32) bool {
	const small, custom, customNoCopy = 0x1000, 0xbad, 0x40000bad
	known := kind > 0 && kind < small || kind == customNoCopy || kind == blockSection || kind>>31 == 1
	return known && total%4 == 0 && total >= minBlockLen && total <= maxBlockLen
}

// unlikely handles a block whose length cannot be right. It returns stop when
// the parser has to return v.
func (p *pcapng) unlikely(c *capture, b *Block, kind, total uint32) (v verdict, stop bool) {
	w := &c.win
	switch {
	case total < minBlockLen:
		c.note(Damaged, w.offset(), uint64(total), 0)
		return finished, true
	case total > maxBlockLen:
		c.note(Oversized, w.offset(), uint64(total), maxBlockLen)
		p.doubts(c, total)
		w.passOver(int64(total))
		return needMore, false
	}
	return p.unaligned(c, b, kind, int(total))
}

// unaligned reads a block whose writer did not pad it, or did not count the
// padding. Its second length tells which.
func (p *pcapng) unaligned(c *capture, b *Block, kind uint32, total int) (v verdict, stop bool) {
	w := &c.win
	rest, padded := w.rest(), pad4(total)
	if len(rest) < total || len(rest) < padded && !w.final {
		return c.short(padded), true
	}
	for _, size := range []int{total, padded} {
		if size <= len(rest) && p.order.u32(rest[size-4:]) == uint32(total) {
			c.note(Unaligned, w.offset(), uint64(total), 0)
			p.block(c, b, kind, rest[:size])
			w.pos += size
			return needMore, false
		}
	}
	c.note(Damaged, w.offset(), uint64(total), 0)
	return finished, true
}

// pad4 returns n rounded up to a multiple of 4.
func pad4(n int) int { return (n + 3) &^ 3 }

// minBody is the least total length of the blocks that are read.
var minBody = [...]int{
	blockInterface: 20, blockPacket: 32, blockSimple: 16, blockNames: 12,
	blockStatistics: 24, blockEnhanced: 32, blockSecrets: 20,
}

// block reads one block. Types that are not known are passed over.
func (p *pcapng) block(c *capture, b *Block, kind uint32, blk []byte) {
	if kind == blockEnhanced && len(blk) >= minBody[blockEnhanced] {
		p.packet(c, b, p.order.u32(blk[8:]), blk)
		return
	}
	if least := least(kind); len(blk) < least {
		c.note(BadRecord, c.win.offset(), uint64(least), uint64(len(blk)))
		return
	}
	switch kind {
	case blockSection:
		p.section(c, blk)
	case blockInterface:
		p.interfaceBlock(c, blk)
	case blockPacket:
		p.packet(c, b, uint32(p.order.u16(blk[8:])), blk)
	case blockSimple:
		p.simple(c, b, blk)
	case blockNames:
		p.names(c, blk)
	case blockStatistics:
		p.statistics(c, blk)
	case blockSecrets:
		p.secretsBlock(c, blk)
	}
}

func least(kind uint32) int {
	if kind == blockSection {
		return minSectionLen
	}
	if kind < uint32(len(minBody)) {
		return minBody[kind]
	}
	return 0
}
