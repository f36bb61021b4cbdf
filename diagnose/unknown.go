package diagnose

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"ikescope/ikestate"
)

// direction is one way between two peers.
type direction struct{ src, dst netip.Addr }

// unknownSPIs explains the packets that belong to no SA known here. Quick Modes
// that could not be read explain two SAs each; what is left over is told, pair by
// pair, with the nearest explanation.
func (x *examiner) unknownSPIs() {
	spared := x.closedModes()
	known := x.knownSPIs()
	left := map[peers][]*Traffic{}
	var order []peers
	for _, t := range byTime(x.Unknown) {
		between := peersOf(t.Src, t.Dst)
		k := spiKey{t.Protocol, t.SPI}
		if known[k] || x.otherVersion(between) || x.oneDirection(direction{t.Src, t.Dst}) {
			continue
		}
		known[k] = true
		if explained(spared, t) {
			continue
		}
		if left[between] == nil {
			order = append(order, between)
		}
		left[between] = append(left[between], t)
	}
	for _, p := range order {
		x.unknown(p, left[p])
	}
}

type spiKey struct {
	protocol uint8
	spi      uint32
}

// knownSPIs holds the SPIs of all SAs: packets to another destination with one
// of them show a changed NAT mapping, which is told elsewhere.
func (x *examiner) knownSPIs() map[spiKey]bool {
	known := map[spiKey]bool{}
	for i := range x.SAs {
		if x.SAs[i].Traffic != nil {
			known[spiKey{x.SAs[i].IPProtocol(), x.SAs[i].SPI}] = true
		}
	}
	return known
}

func byTime(ts []Traffic) []*Traffic {
	sorted := make([]*Traffic, 0, len(ts))
	for i := range ts {
		sorted = append(sorted, &ts[i])
	}
	slices.SortStableFunc(sorted, func(a, b *Traffic) int { return cmp.Compare(a.First, b.First) })
	return sorted
}

// otherVersion reports whether the two speak another version of IKE, whose SAs
// are not known here.
func (x *examiner) otherVersion(p peers) bool {
	if x.spokes == nil {
		x.spokes = map[peers]bool{}
		for _, c := range x.Conversations {
			if c.Version() != 1 {
				x.spokes[peersOf(c.Initiator.Addr(), c.Responder.Addr())] = true
			}
		}
	}
	return x.spokes[p]
}

// closedModes lists, for each direction, the times from which on SAs can be used
// that were made by Quick Modes that could not be read.
func (x *examiner) closedModes() map[direction][]int64 {
	modes := map[direction][]int64{}
	for _, v := range x.views {
		for _, q := range v.quicks {
			at := q.start()
			if len(q.SAs) > 0 || at == 0 {
				continue
			}
			a, b := q.began(), q.answers()
			modes[direction{a, b}] = append(modes[direction{a, b}], at)
			modes[direction{b, a}] = append(modes[direction{b, a}], at)
		}
	}
	for _, times := range modes {
		slices.Sort(times)
	}
	return modes
}

// start is when the SAs of a Quick Mode may first be used: its responder can send
// as soon as it has answered. It is 0 for a Quick Mode that made none.
func (q *quick) start() int64 {
	for _, m := range []*ikestate.Message{q.Flights[1], q.Flights[2]} {
		if m != nil {
			return m.Nanos - captureJitter
		}
	}
	if q.msg != nil && q.refusal == nil && q.closed == nil && q.heard(other(speaker(q.msg))) == nil {
		return q.msg.Nanos // the answer's direction is not in the capture
	}
	return 0
}

// captureJitter is by how much, in nanoseconds, a capture may swap packets of the
// two directions.
const captureJitter = 5e6

// explained takes one unread Quick Mode for a flow, the latest one before it. A
// protocol inside another (ESP in AH, IPComp in ESP) makes more flows than one.
func explained(modes map[direction][]int64, t *Traffic) bool {
	k := direction{t.Src, t.Dst}
	times := modes[k]
	i, _ := slices.BinarySearch(times, t.FirstNanos+1)
	if i == 0 {
		return false
	}
	modes[k] = slices.Delete(times, i-1, i)
	return true
}

// unknown tells of the unexplained packets of two peers.
func (x *examiner) unknown(p peers, ts []*Traffic) {
	var packetsIn int64
	d := about(ESPUnknownSPI, Probable, "", p)
	for _, t := range ts {
		packetsIn += t.Packets
		d.on(t.First)
	}
	first := ts[0]
	d.SA = x.conversationID(p)
	if len(ts) == 1 {
		d.says("%s from %s to %s with SPI %s belong to no SA known here", many(packetsIn, "packet"), first.Src, first.Dst, hex32(first.SPI))
	} else {
		d.says("%s between %s and %s belong to no SA known here (%s)", many(packetsIn, "packet"), first.Src, first.Dst, many(int64(len(ts)), "SPI"))
	}
	for _, t := range ts[:min(len(ts), fewNamed)] {
		d.line("%s from %s to %s, %s (first %s): %s.", hex32(t.SPI), t.Src, t.Dst, many(t.Packets, "packet"), packets([]int64{t.First}), x.origin(p, t))
	}
	if n := len(ts) - fewNamed; n > 0 {
		d.line("And %s.", many(int64(n), "more SPI"))
	}
	x.add(d)
}

// origin is the nearest explanation of a flow.
func (x *examiner) origin(p peers, t *Traffic) string {
	if s := x.named(p, t); s != "" {
		return s
	}
	vs := x.byPair[p]
	used := ""
	if t.Sequence.First > 1 {
		used = fmt.Sprintf("; its first sequence number here is %s", grouped(int64(min(t.Sequence.First, 1<<62))))
	}
	switch {
	case len(vs) == 0:
		return "no negotiation of these peers is in the capture" + used
	case vs[0].Messages[0].Frame > t.First:
		return "negotiated before the capture" + used
	case x.oneWay(vs):
		return "negotiated where only one direction was captured"
	default:
		return "made by no Quick Mode of the capture: keyed by hand, or negotiated in messages that the capture lost" + used
	}
}

// named looks for the SPI in what the peers said.
func (x *examiner) named(p peers, t *Traffic) string {
	for _, v := range x.byPair[p] {
		for _, q := range v.quicks {
			for _, o := range q.Offered {
				if q.began() == t.Dst && spiOf(o.SPI) == t.SPI {
					return "its SPI is in message 1 of a Quick Mode (" + packets(framesOf(q.msg)) + "), whose message 2 is not in the capture or refused it"
				}
			}
		}
		for i := range v.Deletes {
			for _, s := range v.Deletes[i].SPIs {
				if spiOf(s) == t.SPI {
					return "negotiated before the capture; " + packets([]int64{v.Deletes[i].Message.Frame}) + " deletes it"
				}
			}
		}
	}
	return ""
}

func spiOf(b []byte) uint32 {
	if len(b) != 4 {
		return 0
	}
	return uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
}

// oneWay reports whether only one side of the peers' conversations was captured.
func (x *examiner) oneWay(vs []*view) bool {
	for _, v := range vs {
		if v.heard(ikestate.Initiator) != nil && v.heard(ikestate.Responder) != nil {
			return false
		}
	}
	return true
}
