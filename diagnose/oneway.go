package diagnose

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"ikescope/decode/isakmp"
)

// pairing is the two directions of the SAs that one Quick Mode made for one
// protocol.
type pairing struct{ forth, back *SA }

// pairings lists them, but for bundles: only the outermost protocol of a bundle
// is on the wire.
func (v *view) pairings() (ps []pairing) {
	byMode := map[uint32][]*SA{}
	var order []uint32
	for _, s := range v.sas {
		if byMode[s.MessageID] == nil {
			order = append(order, s.MessageID)
		}
		byMode[s.MessageID] = append(byMode[s.MessageID], s)
	}
	for _, mid := range order {
		sas := byMode[mid]
		if len(sas) == 2 && sas[0].Protocol == sas[1].Protocol && sas[0].Protocol != isakmp.ProtocolIPComp {
			ps = append(ps, pairing{sas[0], sas[1]})
		}
	}
	return ps
}

// leastOneWay is how many packets in one direction and none in the other are no
// accident.
const leastOneWay = 4

// directions tells of traffic that has no answer: packets of an SA while none at
// all came the other way between the same peers.
func (x *examiner) directions() {
	flows := x.flowsByDirection()
	for _, d := range flows.order {
		back := flows.by[direction{d.dst, d.src}]
		if x.halfSeen(d) {
			continue
		}
		for _, f := range flows.by[d].flows {
			if f.traffic.Packets >= leastOneWay && !back.meets(f.traffic) {
				x.oneWayTraffic(f, back != nil)
			}
		}
	}
}

// flow is traffic with the SA that it belongs to, if that is known.
type flow struct {
	traffic *Traffic
	sa      *SA
}

// way is the flows of one direction by their first packets.
type way struct {
	flows   []flow
	reach   []int64 // latest packet of the flows up to here
	packets int64   // of all flows
}

type flowIndex struct {
	by    map[direction]*way
	order []direction
}

// flowsByDirection sorts all traffic by its direction.
func (x *examiner) flowsByDirection() *flowIndex {
	if x.flows != nil {
		return x.flows
	}
	ix := &flowIndex{by: map[direction]*way{}}
	x.flows = ix
	for i := range x.SAs {
		if t := x.SAs[i].Traffic; t != nil {
			ix.add(flow{t, &x.SAs[i]})
		}
	}
	for i := range x.Unknown {
		ix.add(flow{&x.Unknown[i], nil})
	}
	for _, w := range ix.by {
		w.sort()
	}
	return ix
}

func (ix *flowIndex) add(f flow) {
	d := direction{f.traffic.Src, f.traffic.Dst}
	w := ix.by[d]
	if w == nil {
		w = new(way)
		ix.by[d] = w
		ix.order = append(ix.order, d)
	}
	w.flows = append(w.flows, f)
	w.packets += f.traffic.Packets
}

func (w *way) sort() {
	slices.SortStableFunc(w.flows, func(a, b flow) int { return cmp.Compare(a.traffic.FirstNanos, b.traffic.FirstNanos) })
	latest := int64(math.MinInt64)
	for _, f := range w.flows {
		latest = max(latest, f.traffic.LastNanos)
		w.reach = append(w.reach, latest)
	}
}

// meets reports whether any flow of w has packets at a time when t has.
func (w *way) meets(t *Traffic) bool {
	if w == nil {
		return false
	}
	n := sort.Search(len(w.flows), func(i int) bool { return w.flows[i].traffic.FirstNanos > t.LastNanos+quickly })
	return n > 0 && w.reach[n-1] >= t.FirstNanos
}

// halfSeen reports whether the capture has nothing else of one of the two peers,
// so that it may simply not see that direction.
func (x *examiner) halfSeen(d direction) bool {
	for _, v := range x.byPair[peersOf(d.src, d.dst)] {
		for _, m := range v.Messages {
			if m.Src.Addr() == d.dst {
				return false
			}
		}
	}
	return true
}

// oneWayTraffic adds the finding.
func (x *examiner) oneWayTraffic(f flow, back bool) {
	t := f.traffic
	id, between := "", peersOf(t.Src, t.Dst)
	if f.sa != nil {
		id, between = x.saID(f.sa), x.pairOf(f.sa)
	} else {
		id = x.conversationID(between)
	}
	d := about(ESPOneWay, Probable, id, between).on(t.First, t.Last).
		says("packets go from %s to %s only: %s and nothing back", t.Src, t.Dst, grouped(t.Packets)).
		line("SPI %s, %s, over %s: %s in this direction; none from %s in that time.", hex32(t.SPI), between2(t), apart(t.LastNanos-t.FirstNanos), many(t.Packets, "packet"), t.Dst)
	if s := x.counterpart(f.sa); s != nil {
		d.line("The SA for the other direction, SPI %s, was negotiated and never used.", hex32(s.SPI))
	}
	if back {
		d.line("At other times packets do come from %s.", t.Dst)
	}
	x.add(d)
}

// counterpart is the SA of the other direction where it has no packet.
func (x *examiner) counterpart(s *SA) *SA {
	if s == nil || x.byConv[s.Conversation] == nil {
		return nil
	}
	for _, p := range x.byConv[s.Conversation].pairings() {
		if p.forth == s && p.back.Traffic == nil {
			return p.back
		}
		if p.back == s && p.forth.Traffic == nil {
			return p.forth
		}
	}
	return nil
}

// unused tells of pairs of SAs that no packet used although there was time.
func (x *examiner) unused() {
	for _, v := range x.views {
		for _, p := range v.pairings() {
			a, b := p.forth, p.back
			if a.Traffic != nil || b.Traffic != nil || a.Made == nil {
				continue
			}
			end := x.end
			if a.Deleted != nil {
				end = a.Deleted.Nanos
			}
			if end-a.Made.Nanos < patience {
				continue
			}
			x.add(about(ESPUnusedSA, Proved, x.saID(a), v.between).
				says("%s and %s negotiated IPsec SAs that no packet used", v.Initiator.Addr(), v.Responder.Addr()).
				line("SPIs %s and %s, up since %s; nothing came in the %s after it.", hex32(a.SPI), hex32(b.SPI), packets([]int64{a.Made.Frame}), apart(end-a.Made.Nanos)).
				on(a.Made.Frame))
		}
	}
}
