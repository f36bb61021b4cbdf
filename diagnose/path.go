package diagnose

import (
	"fmt"

	"ikescope/decode"
	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

// path tells of packets that do not fit through, and of fragments that are lost.
func (x *examiner) path() {
	x.fragmentsMissing()
	x.ikeFragmentsMissing()
	x.tooBig()
	x.fragmented()
	x.blackHoles()
	x.unreachableLater()
}

// fragmentsMissing tells of datagrams of IPsec that never became whole.
func (x *examiner) fragmentsMissing() {
	f := x.Decode.Fragments
	if len(x.Decode.Incomplete) == 0 {
		return
	}
	by := map[peers][]*decode.Incomplete{}
	var order []peers
	for i := range x.Decode.Incomplete {
		l := &x.Decode.Incomplete[i]
		p := peersOf(l.Src, l.Dst)
		if by[p] == nil {
			order = append(order, p)
		}
		by[p] = append(by[p], l)
	}
	for _, p := range order {
		x.incomplete(p, by[p], int64(f.Expired+f.Waiting+f.Evicted))
	}
}

// incomplete tells of the incomplete datagrams of two hosts; all is how many
// there are in the capture.
func (x *examiner) incomplete(p peers, ls []*decode.Incomplete, all int64) {
	first := ls[0]
	d := about(FragmentsMissing, Proved, x.conversationID(p), p).
		says("fragments of packets from %s to %s are missing", first.Src, first.Dst)
	for _, l := range ls {
		d.on(int64(l.Frame))
	}
	d.line("%s: %s of a %s datagram, %s octets of %s; the others never came.", capital(packets([]int64{int64(first.Frame)})), many(int64(first.Fragments), "fragment"), ipProtocol(first.Protocol, first.SrcPort, first.DstPort), grouped(int64(first.Octets)), total(first.Total))
	if n := int64(len(ls)); n > 1 {
		d.line("So it went with %s in all.", many(n, "datagram"))
	}
	if all > int64(len(x.Decode.Incomplete)) {
		d.line("The capture has %s like that.", many(all, "incomplete datagram"))
	}
	x.add(d)
}

// ikeFragmentsMissing tells of IKE messages that were sent in fragments of which
// not all are in the capture.
func (x *examiner) ikeFragmentsMissing() {
	for _, v := range x.views {
		var frames []int64
		by := ikestate.Initiator
		for _, m := range v.Messages {
			if _, ok := m.First(isakmp.PayloadFragment); ok && m.JoinedAs == nil {
				frames, by = append(frames, framesOf(m)...), speaker(m)
			}
		}
		if len(frames) == 0 {
			continue
		}
		x.add(about(FragmentsMissing, Proved, v.id, v.between).on(frames...).
			says("IKE messages of %s came in fragments, not all of which are in the capture", v.side(by)).
			line("%s: fragments that could not be joined.", capital(packets(frames))))
	}
}

func total(octets int) string {
	if octets == 0 {
		return "an unknown total"
	}
	return grouped(int64(octets))
}

func ipProtocol(p uint8, src, dst uint16) string {
	switch {
	case p == 17 && (src == portNATT || dst == portNATT):
		return "UDP 4500"
	case p == 17 && src+dst > 0:
		return "IKE"
	}
	if name, ok := map[uint8]string{17: "UDP", 50: "ESP", 51: "AH", 108: "IPComp"}[p]; ok {
		return name
	}
	return fmt.Sprintf("protocol %d", p)
}

// tooBig tells of ICMP messages that say that a packet exceeds the MTU of a link.
func (x *examiner) tooBig() {
	for i := range x.ICMP {
		e := &x.ICMP[i]
		if !e.tooBig() {
			continue
		}
		q := &e.Quote
		p := peersOf(q.Src, q.Dst)
		s := x.saWith(q.SPI, q.Protocol)
		d := about(MTUExceeded, Proved, x.conversationID(p), p).on(e.Frame)
		d.same = "icmp"
		if e.MTU > 0 {
			d.says("packets from %s to %s are too big for the path: a link has an MTU of %d", q.Src, q.Dst, e.MTU)
		} else {
			d.says("packets from %s to %s are too big for a link of the path", q.Src, q.Dst)
		}
		d.line("%s: %s says so in ICMP, quoting a packet of %s%s.", capital(packets([]int64{e.Frame})), e.Src, ipProtocol(q.Protocol, q.SrcPort, q.DstPort), spiIn(q.SPI))
		if s != nil {
			d.SA = x.saID(s)
			x.advisedMSS(d, s, int(e.MTU))
		}
		x.add(d)
	}
}

func spiIn(spi uint32) string {
	if spi == 0 {
		return ""
	}
	return " with SPI " + hex32(spi)
}

func (e *ICMPError) tooBig() bool {
	if e.v6() {
		return e.Type == icmp6PacketTooBig
	}
	return e.Type == icmpUnreachable && e.Code == icmpFragNeeded
}

// saWith finds an SA by SPI; ESP in UDP is quoted as UDP.
func (x *examiner) saWith(spi uint32, protocol uint8) *SA {
	if spi == 0 {
		return nil
	}
	for i := range x.SAs {
		if s := &x.SAs[i]; s.SPI == spi && (s.IPProtocol() == protocol || protocol == 17) {
			return s
		}
	}
	return nil
}

// Octets of headers in front of and inside an ESP packet.
const (
	ipv4Header = 20
	ipv6Header = 40
	udpHeader  = 8
	tcpHeader  = 20
	espHeader  = 8
	espTrailer = 2 // pad length and next header
)

// advisedMSS adds the largest TCP segment that fits through an MTU in the SA.
func (x *examiner) advisedMSS(d *draft, s *SA, mtu int) {
	inner := innerMTU(s, mtu)
	if mtu == 0 || inner <= ipv6Header+tcpHeader || s.Encryption == "" {
		return
	}
	header := ipv4Header
	if s.SrcSelector != nil {
		if p, ok := s.SrcSelector.Prefix(); ok && p.Addr().Is6() {
			header = ipv6Header
		}
	}
	d.line("With %s and %s an MTU of %d leaves %d octets for the inner packet.", orNone(s.Encryption), orNone(s.IntegrityName), mtu, inner)
	d.advise(fmt.Sprintf("A TCP MSS of %d fits.", inner-header-tcpHeader))
	if t := s.Traffic; t != nil && t.Largest > 0 {
		d.line("The largest packet of the SA here has %s octets.", grouped(int64(t.Largest)))
	}
}

// innerMTU is how many octets of an inner packet fit into an outer one of mtu
// octets: what is left by headers, IV and ICV, cut to whole cipher blocks (RFC
// 4303, section 2.4: at least to 4 octets).
func innerMTU(s *SA, mtu int) int {
	room := mtu - espHeader - s.Cipher.IVLen - s.Cipher.ICVLen - s.Integrity.ICVLen
	if s.Src.Is6() {
		room -= ipv6Header
	} else {
		room -= ipv4Header
	}
	if s.SrcPort != 0 || s.Encap != 0 {
		room -= udpHeader
	}
	align := max(s.Cipher.BlockLen, 4)
	return room - room%align - espTrailer
}

// fragmented tells of IPsec packets that travelled in IP fragments: they were too
// big for a link.
func (x *examiner) fragmented() {
	for i := range x.SAs {
		s := &x.SAs[i]
		if t := s.Traffic; t != nil && t.Fragmented > 0 {
			d := x.inFragments(t, x.saID(s), x.pairOf(s))
			d.line("SPI %s: the largest has %s octets.", hex32(t.SPI), grouped(int64(t.Largest)))
			x.add(d)
		}
	}
	for i := range x.Unknown {
		if t := &x.Unknown[i]; t.Fragmented > 0 {
			p := peersOf(t.Src, t.Dst)
			x.add(x.inFragments(t, x.conversationID(p), p))
		}
	}
}

func (x *examiner) inFragments(t *Traffic, id string, p peers) *draft {
	return about(MTUExceeded, Proved, id, p).on(t.First, t.Last).
		says("%s from %s to %s had to be sent in IP fragments", many(t.Fragmented, "packet"), t.Src, t.Dst).
		line("SPI %s, %s: %s of %s are joined from fragments, the largest has %s octets.", hex32(t.SPI), between2(t), grouped(t.Fragmented), many(t.Packets, "packet"), grouped(int64(t.Largest)))
}

// unreachableLater tells of ICMP errors that say that ESP or IKE finds nobody,
// where phase 1 does not show it already.
func (x *examiner) unreachableLater() {
	told := map[peers]bool{}
	for _, d := range x.drafts {
		if d.Code == PortUnreachable {
			told[d.between] = true
		}
	}
	for i := range x.ICMP {
		e := &x.ICMP[i]
		q := &e.Quote
		p := peersOf(q.Src, q.Dst)
		if what := e.unreachable(); what != "" && !told[p] {
			d := about(PortUnreachable, Proved, x.conversationID(p), p).as(Warning).on(e.Frame).
				says("%s does not take packets of %s: ICMP says %s", q.Dst, q.Src, what).
				line("%s: %s quotes a packet of %s%s.", capital(packets([]int64{e.Frame})), e.Src, ipProtocol(q.Protocol, q.SrcPort, q.DstPort), spiIn(q.SPI))
			x.add(d)
		}
	}
}

// unreachable names what an ICMP error says is not there, "" for other errors.
func (e *ICMPError) unreachable() string {
	switch {
	case e.portUnreachable():
		return "port unreachable"
	case e.v6() && e.Type == icmp6Unreachable:
		return fmt.Sprintf("destination unreachable, code %d", e.Code)
	case e.v6() || e.Type != icmpUnreachable || e.Code == icmpFragNeeded:
		return ""
	case e.Code == icmpHost:
		return "host unreachable"
	case e.Code == icmpProtocol:
		return "protocol unreachable"
	}
	return fmt.Sprintf("destination unreachable, code %d", e.Code)
}
