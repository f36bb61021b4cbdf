package isakmp

import (
	"bytes"
	"net/netip"
)

func notifySummary(body []byte) string {
	n, _ := ParseNotify(body)
	s := n.Type.String()
	if n.Protocol != ProtocolISAKMP && !bytes.Equal(n.SPI, make([]byte, len(n.SPI))) { // zero stands for none
		s += " " + n.Protocol.String() + " " + spiText(n.SPI)
	}
	if seq, ok := n.Sequence(); ok {
		s += " " + decimal(seq)
	}
	return s
}

func notifyTree(b *branch, body []byte) error {
	n, err := ParseNotify(body)
	b.add("doi", named(n.DOI), 0, 4)
	b.add("protocol", named(n.Protocol), 4, 1)
	b.add("spi size", decimal(uint8(len(n.SPI))), 5, 1)
	b.add("type", named(n.Type), 6, 2)
	if len(n.SPI) > 0 {
		b.add("spi", spiText(n.SPI), 8, len(n.SPI))
	}
	if len(n.Data) == 0 {
		return err
	}
	if e := b.notifyData(n, 8+len(n.SPI)); err == nil {
		err = e
	}
	return err
}

// notifyData adds the data of a notification, which starts at off.
func (b *branch) notifyData(n Notify, off int) error {
	seq, isDPD := n.Sequence()
	addr, isAddr := netip.AddrFromSlice(n.Data)
	switch {
	case isDPD:
		b.add("sequence", decimal(seq), off, 4)
	case n.Type == NotifyReplayStatus && len(n.Data) == 4:
		r := reader{b: n.Data}
		status := r.u32("")
		b.add("replay detection", withNumber(names[uint32]{0: "off", 1: "on"}.of(status), uint64(status)), off, 4)
	case n.Type == NotifyUnityLoadBalance && isAddr:
		b.add("gateway", addr.String(), off, len(n.Data))
	case n.Type == NotifyResponderLifetime:
		as, err := ParseAttributeList(n.Data)
		for _, a := range as {
			a.Offset += off
			b.attribute(saAttribute(n.Protocol, a))
		}
		return Shift(err, off)
	default:
		b.add("data", b.ctx.textOrHex(n.Data), off, len(n.Data))
	}
	return nil
}

func deleteSummary(body []byte) string {
	d, _ := ParseDelete(body)
	listed := make([]string, min(len(d.SPIs), maxListed))
	for i := range listed {
		listed[i] = spiText(d.SPIs[i])
	}
	return d.Protocol.String() + " " + listing(listed, len(d.SPIs))
}

func deleteTree(b *branch, body []byte) error {
	d, err := ParseDelete(body)
	b.add("doi", named(d.DOI), 0, 4)
	b.add("protocol", named(d.Protocol), 4, 1)
	b.add("spi size", decimal(d.SPISize), 5, 1)
	b.add("spi count", decimal(d.Count), 6, 2)
	for i, spi := range d.SPIs {
		b.add("spi", spiText(spi), 8+i*int(d.SPISize), len(spi))
	}
	return err
}
