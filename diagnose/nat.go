package diagnose

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"ikescope/ikestate"
)

// nat tells of address translation between the peers, and of its changes.
func (x *examiner) nat() {
	for _, v := range x.views {
		x.natDetected(v)
		x.mappingChanged(v)
	}
	x.trafficMoved()
}

// natDetected says which side NAT-D payloads show behind a NAT, or forcing UDP.
func (x *examiner) natDetected(v *view) {
	n := v.NAT()
	if x.pretended(v, n) {
		return
	}
	for _, s := range []ikestate.Speaker{ikestate.Initiator, ikestate.Responder} {
		side, seen := n.Sides[s], v.captured(s, n.Sides[s])
		unseen := side.Status == ikestate.NATUnknown && side.Seen.IsValid() && seen.IsValid() && !sameAddrPort(side.Seen, seen)
		if side.Status < ikestate.NATBehind && !unseen {
			continue
		}
		d := about(NATDetected, Proved, v.id, v.between).on(framesOf(side.Messages...)...)
		switch {
		case side.Status == ikestate.NATForced:
			d.says("%s is treated as if behind a NAT, to have ESP carried in UDP", v.side(s))
			d.line("%s: hashes of the address of %s are those of no address, so that a NAT is pretended.", capital(packets(d.Frames)), v.side(s))
		case side.Unsure:
			d.says("%s is behind a NAT, or a peer claims so to have ESP carried in UDP", v.side(s))
			d.line("%s: the two sides hash different addresses of %s.", capital(packets(d.Frames)), v.side(s))
		default:
			d.says("%s is behind a NAT%s", v.side(s), v.knownAs(s, side, seen))
		}
		x.natAddresses(d, v, s, side, seen)
		x.add(d)
	}
}

// pretended tells in one finding of two sides that are both treated as if behind
// NATs, as UDP encapsulation is forced. It reports whether that is so, or may be.
func (x *examiner) pretended(v *view, n ikestate.NAT) bool {
	a, b := n.Sides[ikestate.Initiator], n.Sides[ikestate.Responder]
	forced := a.Status == ikestate.NATForced && b.Status == ikestate.NATForced
	if !forced && !(a.Unsure && b.Unsure) {
		return false
	}
	d := about(NATDetected, Proved, v.id, v.between).on(framesOf(a.Messages...)...).on(framesOf(b.Messages...)...)
	d.tidy()
	if forced {
		d.says("UDP encapsulation is forced: %s and %s are treated as if behind NATs", v.side(ikestate.Initiator), v.side(ikestate.Responder))
		d.line("%s: NAT-D hashes of both addresses are those of no address, so that NATs are pretended and ESP travels in UDP.", capital(packets(d.Frames)))
	} else {
		d.says("%s and %s are treated as if behind NATs: an end forces ESP into UDP, or both are", v.side(ikestate.Initiator), v.side(ikestate.Responder))
		d.line("%s: the two sides hash different addresses of both.", capital(packets(d.Frames)))
	}
	x.add(d)
	return true
}

// knownAs names the address of a side that the capture does not show, "" for none.
func (v *view) knownAs(s ikestate.Speaker, side ikestate.NATSide, here netip.AddrPort) string {
	switch {
	case side.Own.IsValid() && !sameAddrPort(side.Own, here):
		return fmt.Sprintf(" and believes to be %s", side.Own)
	case side.Seen.IsValid() && !sameAddrPort(side.Seen, here):
		return fmt.Sprintf("; %s sees it as %s", v.side(other(s)), side.Seen)
	}
	return ""
}

// sameAddrPort compares addresses; one in the form of IPv6 that stands for IPv4 is
// that one.
func sameAddrPort(a, b netip.AddrPort) bool {
	return a.Port() == b.Port() && a.Addr().Unmap() == b.Addr().Unmap()
}

// captured is the address of a side in its own NAT-D message, else in its peer's.
func (v *view) captured(s ikestate.Speaker, side ikestate.NATSide) netip.AddrPort {
	for _, m := range side.Messages {
		if speaker(m) == s {
			return m.Src
		}
	}
	for _, m := range side.Messages {
		return m.Dst
	}
	return netip.AddrPort{}
}

// natAddresses tells which addresses were hashed, and where the NAT is.
func (x *examiner) natAddresses(d *draft, v *view, s ikestate.Speaker, side ikestate.NATSide, here netip.AddrPort) {
	peer := v.side(other(s))
	byFrame := func(a, b *ikestate.Message) int { return cmp.Compare(a.Frame, b.Frame) }
	for _, m := range slices.SortedFunc(slices.Values(side.Messages), byFrame) {
		at := capital(packets([]int64{m.Frame}))
		switch own := speaker(m) == s; {
		case own && side.Own.IsValid():
			d.line("%s: %s believes that its address is %s.", at, v.side(s), side.Own)
		case own && side.Status == ikestate.NATBehind:
			d.line("%s: the address that %s believes to have is none of those tried.", at, v.side(s))
		case !own && side.Seen.IsValid():
			d.line("%s: %s sees it as %s.", at, peer, side.Seen)
		case !own && side.Status == ikestate.NATBehind:
			d.line("%s: the address that %s sees is none of those tried.", at, peer)
		}
	}
	switch {
	case side.Status == ikestate.NATForced || side.Unsure:
	case side.Own.IsValid() && !sameAddrPort(side.Own, here) && side.Seen.IsValid() && sameAddrPort(side.Seen, here):
		d.line("The NAT is between %s and the capture.", side.Own.Addr())
	case side.Own.IsValid() && sameAddrPort(side.Own, here), side.Status == ikestate.NATUnknown:
		d.line("The NAT is between the capture and %s.", peer)
	}
}

// mappingChanged tells of a side whose messages come from another address or
// port than before. The move from port 500 to 4500 is none (RFC 3947, section 4).
func (x *examiner) mappingChanged(v *view) {
	for _, m := range v.Moves() {
		if !m.Floats {
			x.moved(v.id, v.between, Move{Frame: m.Message.Frame, Nanos: m.Message.Nanos, From: m.From, To: m.To}, "IKE")
		}
	}
}

func (x *examiner) moved(id string, between peers, m Move, what string) {
	d := about(NATMappingChanged, Proved, id, between).on(m.Frame).
		says("the address of a peer changed from %s to %s: a NAT mapped it anew", m.From, m.To).
		line("%s is the first packet of %s from %s.", capital(packets([]int64{m.Frame})), what, m.To)
	if m.From.Addr() == m.To.Addr() {
		d.says("the port of %s changed from %d to %d: a NAT mapped it anew", m.From.Addr(), m.From.Port(), m.To.Port())
	}
	x.add(d)
}

// trafficMoved tells of SAs whose packets come from, or go to, another address or
// port than before.
func (x *examiner) trafficMoved() {
	origin := map[spiKey]*origins{}
	for i := range x.SAs {
		if s := &x.SAs[i]; s.Traffic != nil {
			x.movedFlow(origin, s.Traffic, x.saID(s), x.pairOf(s))
		}
	}
	for _, t := range byTime(x.Unknown) {
		between := peersOf(t.Src, t.Dst)
		x.movedFlow(origin, t, x.conversationID(between), between)
	}
}

// origins is the first flow with an SPI.
type origins struct {
	traffic *Traffic
	id      string
	between peers
}

func (x *examiner) movedFlow(origin map[spiKey]*origins, t *Traffic, id string, between peers) {
	if !backAndForth(t.Moves) {
		for _, m := range t.Moves {
			if !x.announced(between, m.To.Addr()) {
				x.moved(id, between, m, "ESP")
			}
		}
	}
	dst := t.Dst
	for _, m := range t.Turns {
		if m.Dst != dst && !x.announced(between, m.Dst) {
			x.followed(id, between, t, m.Frame, dst, m.Dst)
		}
		dst = m.Dst
	}
	k := spiKey{t.Protocol, t.SPI}
	o := origin[k]
	switch {
	case o == nil:
		origin[k] = &origins{t, id, between}
	case x.announced(o.between, t.Dst):
	case o.traffic.Dst != t.Dst && o.traffic.Src == t.Src && !meetsInTime(o.traffic, t):
		x.followed(o.id, o.between, t, t.First, o.traffic.Dst, t.Dst)
	}
}

// followed tells that a peer sends to another address from a packet on.
func (x *examiner) followed(id string, between peers, t *Traffic, frame int64, from, to netip.Addr) {
	x.add(about(NATMappingChanged, Proved, id, between).on(frame).
		says("packets of an SA from %s go to %s instead of %s: the peer follows a changed mapping", t.Src, to, from).
		line("SPI %s: %s is the first one.", hex32(t.SPI), packets([]int64{frame})))
}

// backAndForth reports whether packets come from two addresses in turn, as where
// a capture holds both sides of a NAT.
func backAndForth(ms []Move) bool {
	for i := 1; i < len(ms); i++ {
		if ms[i].To == ms[i-1].From && ms[i].Nanos-ms[i-1].Nanos < quickly {
			return true
		}
	}
	return false
}

func meetsInTime(a, b *Traffic) bool {
	return a.FirstNanos < b.LastNanos && b.FirstNanos < a.LastNanos
}
