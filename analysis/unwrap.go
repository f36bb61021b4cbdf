package analysis

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"net/netip"

	"ikescope/esp"
	"ikescope/esp/ipcomp"
)

// maxNesting bounds how many protections are taken off one packet.
const maxNesting = 8

// layer is what is left of a packet while its protections are taken off one by
// one: an IP header and the payload that it names.
type layer struct {
	header     []byte // IP header in front of payload, extension headers included
	nextOffset int    // where it names what follows
	next       uint8  // IP protocol number of payload
	payload    []byte
	src, dst   netip.Addr
	tunnel     bool // payload is a datagram even where an outer SA was in transport mode
}

// unwrap takes off IPComp, ESP and AH that stand inside what was opened, and
// returns the datagram that is left. ok is false where a protection inside could
// not be taken off; it is counted with its SA, and stands in the datagram.
func (w *worker) unwrap(j *job, p *sealed, l layer) (datagram []byte, ok bool) {
	for range maxNesting {
		var more bool
		switch l.next {
		case protocolIPComp:
			l, more = w.expand(j, p, l)
		case protocolESP:
			l, more = w.openNested(j, p, l)
		case protocolAH:
			l, more = w.checkNested(j, p, l)
		default:
			inner, isTunnel := l.inner()
			if !isTunnel {
				d := w.rebuild(l)
				return d, d != nil
			}
			if l, more = protectedInside(inner); !more {
				return inner, true
			}
			continue
		}
		if !more {
			return w.rebuild(l), false
		}
	}
	return w.rebuild(l), false
}

// inner returns the datagram that a tunnel carries.
func (l *layer) inner() ([]byte, bool) {
	if !l.tunnel {
		return nil, false
	}
	d, _, ok := esp.InnerDatagram(l.next, l.payload)
	if other := otherVersion[l.next]; !ok && other != 0 {
		d, _, ok = esp.InnerDatagram(other, l.payload)
	}
	return d, ok
}

// otherVersion is the version of IP that a next header does not name. vpnc says 4 in
// front of IPv6 as well; the version in the datagram itself is right.
var otherVersion = map[uint8]uint8{esp.NextHeaderIPv4: esp.NextHeaderIPv6, esp.NextHeaderIPv6: esp.NextHeaderIPv4}

// rebuild puts the payload behind the IP header as it had been; nil if that gives
// no datagram.
func (w *worker) rebuild(l layer) []byte {
	d, err := esp.AppendTransport(w.inner[:0], l.header, len(l.header), l.nextOffset, l.next, l.payload)
	if err != nil {
		return nil
	}
	w.inner = d
	return d
}

// expand takes off IPComp. What it compressed is named by its own next header: an
// IP datagram where the IPComp SA was a tunnel.
func (w *worker) expand(j *job, p *sealed, l layer) (layer, bool) {
	h, data, err := ipcomp.ParseHeader(l.payload)
	if err != nil {
		return l, false
	}
	o := w.table.find(FlowKey{Dst: l.dst, SPI: uint32(h.CPI), Protocol: protocolIPComp}, j.place)
	if o != nil && o.owner != nil && !j.carries(p, o.owner) {
		j.nested = append(j.nested, nested{sa: o.owner, frame: p.frame, nanos: p.nanos, bytes: len(l.payload)})
	}
	a := algorithm(h.CPI, o)
	out, err := w.expander.Expand(cmp.Or(a, ipcomp.DEFLATE), data)
	if err != nil && a == 0 {
		out, err = w.expander.Expand(ipcomp.LZS, data)
	}
	if err != nil {
		return l, false
	}
	l.next, l.payload, l.tunnel = h.NextHeader, out, true
	return l, true
}

// algorithm is what a CPI stands for: a well-known number, or one that was
// negotiated; 0 where neither is known. Then it is DEFLATE, or else LZS: what is no
// stream of the one is hardly ever one of the other.
func algorithm(cpi uint16, o *opener) ipcomp.Algorithm {
	if a := ipcomp.WellKnown(cpi); a != 0 {
		return a
	}
	if o != nil && o.compression != 0 {
		return o.compression
	}
	return 0
}

// carries reports whether a packet is one of an SA as the capture has it, and not
// inside another.
func (j *job) carries(p *sealed, s *SA) bool { return p.run >= 0 && j.runs[p.run].sa == s }

// keyed finds an SA with keys for a packet inside another one, of which a flow has
// nothing else. The packet is noted either way.
func (w *worker) keyed(j *job, n nested, sample func(*Flow)) *opener {
	o, tries := w.table.open(n.key, j.place)
	if tries {
		f := n.flow()
		sample(f)
		o = w.table.supply(f, j.place)
	}
	if o != nil {
		n.sa = o.owner
	}
	j.nested = append(j.nested, n)
	return o
}

// openNested takes off ESP that stood inside another protection.
func (w *worker) openNested(j *job, p *sealed, l layer) (layer, bool) {
	if len(l.payload) < esp.HeaderLen {
		return l, false
	}
	n := nested{
		key: FlowKey{Dst: l.dst, SPI: binary.BigEndian.Uint32(l.payload), Protocol: protocolESP}, src: l.src,
		frame: p.frame, nanos: p.nanos, seq: binary.BigEndian.Uint32(l.payload[4:]), bytes: len(l.payload),
	}
	o := w.keyed(j, n, func(f *Flow) { f.samples = [][]byte{l.payload} })
	if o == nil {
		return l, false
	}
	high := o.highs.find(o.sa, func(high uint32) bool { return w.verifier.Verify(o.sa, l.payload, high) })
	j.nested[len(j.nested)-1].high = high
	data := l.payload
	if w.opts.Unverified { // what does not open must stay as it is
		data = bytes.Clone(data)
	}
	batch := append(w.one[:0], esp.Packet{Data: data, SeqHi: high})
	w.esp.Open(o.sa, batch)
	j.totals.of(o.owner).count(&batch[0])
	if batch[0].Inner == nil || !w.passes(batch[0].Verdict) {
		return l, false
	}
	l.next, l.payload, l.tunnel = batch[0].NextHeader, batch[0].Inner, !o.owner.transport()
	return l, true
}

// checkNested takes off AH that stood inside another protection.
func (w *worker) checkNested(j *job, p *sealed, l layer) (layer, bool) {
	d, at := w.rebuild(l), len(l.header)
	ah, err := esp.ParseAH(d, at)
	if err != nil {
		return l, false
	}
	n := nested{
		key: FlowKey{Dst: l.dst, SPI: ah.SPI, Protocol: protocolAH}, src: l.src,
		frame: p.frame, nanos: p.nanos, seq: ah.Seq, bytes: len(d),
	}
	o := w.keyed(j, n, func(f *Flow) { f.datagrams = []datagram{{d, at}} })
	if o == nil {
		return l, false
	}
	verify := func(high uint32) esp.Verdict { v, _ := w.esp.VerifyAH(o.sa, d, at, high); return v }
	high := o.highs.find(o.sa, func(high uint32) bool { return verify(high) == esp.OK })
	j.nested[len(j.nested)-1].high = high
	verdict := verify(high)
	if j.totals.of(o.owner).note(verdict); !w.passes(verdict) {
		return l, false
	}
	w.inner = nil // d, of which the rest is a part, must outlive the next rebuild
	l.next, l.payload, l.tunnel = ah.NextHeader, ah.Payload, !o.owner.transport()
	return l, true
}

// passes reports whether packets of a verdict are handed on.
func (w *worker) passes(v esp.Verdict) bool { return v == esp.OK || w.opts.Unverified }

// protectedInside returns the layer of a datagram that is itself protected.
// Fragments are left as they are.
func protectedInside(d []byte) (l layer, ok bool) {
	switch {
	case len(d) >= 20 && d[0]>>4 == 4:
		n := int(d[0]&15) * 4
		if n < 20 || n > len(d) || binary.BigEndian.Uint16(d[6:])&0x3fff != 0 {
			return l, false
		}
		l = layer{header: d[:n], nextOffset: 9, next: d[9], payload: d[n:], src: addr(d[12:16]), dst: addr(d[16:20]), tunnel: true}
	case len(d) >= 40 && d[0]>>4 == 6:
		l = layer{header: d[:40], nextOffset: 6, next: d[6], payload: d[40:], src: addr(d[8:24]), dst: addr(d[24:40]), tunnel: true}
	}
	return l, isProtection(l.next)
}

func addr(b []byte) netip.Addr {
	a, _ := netip.AddrFromSlice(b)
	return a
}

// isProtection reports whether a next header is one that unwrap takes off.
func isProtection(next uint8) bool {
	return next == protocolESP || next == protocolAH || next == protocolIPComp
}
