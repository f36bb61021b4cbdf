package pcaps

import (
	"bytes"
	"math/bits"
	"net/netip"
)

// section reads a section header block, whose byte order is set already. The
// interfaces of the section before are no more known. The section's length is
// not used: its blocks are walked through (draft-ietf-opsawg-pcapng section 4.1).
//
//	8  byte-order magic  12  major  14  minor version  16  section length  24  options
func (p *pcapng) section(c *capture, blk []byte) {
	p.ifaces = p.ifaces[:0]
	major, minor := p.order.u16(blk[12:]), p.order.u16(blk[14:])
	if major != 1 || minor != 0 && minor != 2 {
		c.note(BadHeader, c.win.offset(), uint64(major), uint64(minor))
	}
	p.eachOption(c, blk[24:len(blk)-4], func(o option) bool {
		switch o.code {
		case optComment:
			c.comment(o.value, 0)
		case optSectionHardware:
			keepFirst(&c.info.Hardware, o.value)
		case optSectionSystem:
			keepFirst(&c.info.System, o.value)
		case optSectionApplication:
			keepFirst(&c.info.Application, o.value)
		}
		return true
	})
}

func keepFirst(s *string, value []byte) {
	if *s == "" {
		*s = clipped(value, maxTextLen)
	}
}

// interfaceBlock reads an interface description block (section 4.2).
//
//	8  link type  10  reserved  12  snap length  16  options
func (p *pcapng) interfaceBlock(c *capture, blk []byte) {
	if len(p.ifaces) >= MaxInterfaces {
		c.note(LimitReached, c.win.offset(), MaxInterfaces, 0)
		return
	}
	info := InterfaceInfo{
		Link:       LinkType(p.order.u16(blk[8:])),
		SnapLen:    p.order.u32(blk[12:]),
		FCSLen:     -1,
		Resolution: Microseconds,
	}
	p.eachOption(c, blk[16:len(blk)-4], func(o option) bool {
		return p.interfaceOption(c, &info, o)
	})
	i := iface{clock: newClock(info.Resolution, info.Offset), snapLen: info.SnapLen, link: info.Link, index: -1}
	if len(c.info.Interfaces) < MaxInterfaces {
		i.index = len(c.info.Interfaces)
		c.info.Interfaces = append(c.info.Interfaces, info)
	} else {
		c.note(LimitReached, c.win.offset(), MaxInterfaces, 0)
	}
	p.ifaces = append(p.ifaces, i)
}

func (p *pcapng) interfaceOption(c *capture, info *InterfaceInfo, o option) bool {
	switch o.code {
	case optComment:
		c.comment(o.value, 0)
	case optInterfaceName:
		info.Name = clipped(o.value, maxNameLen)
	case optInterfaceDescription:
		info.Description = clipped(o.value, maxNameLen)
	case optInterfaceResolution:
		if len(o.value) != 1 {
			return false
		}
		info.Resolution = Resolution(o.value[0])
	case optInterfaceFCSLen:
		if len(o.value) != 1 {
			return false
		}
		info.FCSLen = int(o.value[0])
	case optInterfaceTimeOffset:
		if len(o.value) != 8 {
			return false
		}
		info.Offset = int64(p.order.u64(o.value))
	}
	return true
}

// statistics reads an interface statistics block (section 4.6). Its counters
// run from the start of the capture, so that the last block counts.
//
//	8  interface  12  time  20  options
func (p *pcapng) statistics(c *capture, blk []byte) {
	i := p.iface(c, p.order.u32(blk[8:]))
	if i == nil {
		return
	}
	info := &c.info.Interfaces[i.index]
	var dropped, osDropped uint64
	p.eachOption(c, blk[20:len(blk)-4], func(o option) bool {
		switch o.code {
		case optStatisticsReceived:
			return p.counter(&info.Received, o.value)
		case optStatisticsDropped:
			return p.counter(&dropped, o.value)
		case optStatisticsOSDrop:
			return p.counter(&osDropped, o.value)
		}
		return true
	})
	sum, carry := bits.Add64(dropped, osDropped, 0)
	if carry == 0 {
		info.Dropped = sum
	}
}

func (p *pcapng) counter(into *uint64, value []byte) bool {
	if len(value) != 8 {
		return false
	}
	*into = p.order.u64(value)
	return true
}

// secretsBlock keeps a decryption secrets block (section 4.7).
//
//	8  type of secrets  12  length  16  data
func (p *pcapng) secretsBlock(c *capture, blk []byte) {
	n, body := p.order.u32(blk[12:]), blk[16:len(blk)-4]
	if uint64(n) > uint64(len(body)) {
		c.note(BadRecord, c.win.offset(), uint64(n), uint64(len(body)))
		return
	}
	if len(c.secrets) >= maxSecretBlocks || c.secretOctets+int(n) > MaxSecrets {
		c.note(LimitReached, c.win.offset(), uint64(len(c.secrets)), 0)
		return
	}
	c.secretOctets += int(n)
	c.secrets = append(c.secrets, SecretsBlock{
		Type: SecretsType(p.order.u32(blk[8:])), Data: bytes.Clone(body[:n]), Capture: c.index,
	})
}

// Types of name resolution records, and the octets of their addresses.
const (
	namesIPv4, ipv4Len = 1, 4
	namesIPv6, ipv6Len = 2, 16
)

// names reads a name resolution block (section 4.5): records of a type, a length
// and an address followed by names that end in zero; then options.
func (p *pcapng) names(c *capture, blk []byte) {
	o := options{order: p.order, rest: blk[8 : len(blk)-4]}
	for {
		rec, ok := o.next() // records are laid out like options
		if !ok {
			break
		}
		switch {
		case rec.code == namesIPv4 && len(rec.value) >= ipv4Len:
			c.name(rec.value[:ipv4Len], rec.value[ipv4Len:])
		case rec.code == namesIPv6 && len(rec.value) >= ipv6Len:
			c.name(rec.value[:ipv6Len], rec.value[ipv6Len:])
		}
	}
	if o.bad {
		c.note(BadOption, c.win.offset(), 0, 0)
	}
}

// name keeps the first of the names of an address.
func (c *capture) name(address, names []byte) {
	if len(c.info.Names) >= MaxNames {
		c.note(LimitReached, c.win.offset(), MaxNames, 0)
		return
	}
	addr, _ := netip.AddrFromSlice(address)
	name, _, _ := bytes.Cut(names, []byte{0})
	c.info.Names = append(c.info.Names, Name{addr, clipped(name, maxNameLen)})
}
