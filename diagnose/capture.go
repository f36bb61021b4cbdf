package diagnose

import (
	"fmt"
	"slices"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

// capture tells what the capture lacks.
func (x *examiner) capture() {
	x.cut()
	x.ended()
	x.late()
	x.lateV2()
	x.sided()
	x.sidedV2()
	if x.doubled {
		x.add(about(CaptureDoubled, Proved, "", peers{}).
			says("every packet is in the capture twice, as on two interfaces; repeats are not counted as retransmissions or replays"))
	}
}

// late tells of tunnels that were there before the capture.
func (x *examiner) late() {
	told := map[peers]bool{}
	for _, v := range x.views {
		if told[v.between] || !v.startsLate() || x.byPair[v.between][0] != v {
			continue
		}
		told[v.between] = true
		x.add(about(CaptureStartsLate, Proved, v.id, v.between).on(v.Messages[0].Frame).
			says("the capture starts after %s and %s began to negotiate", v.Initiator.Addr(), v.Responder.Addr()).
			line("%s is the first of them here: %s. What came before is missing, and with it what the keys are derived from.", capital(packets([]int64{v.Messages[0].Frame})), firstSeen(v.Messages[0])))
	}
	if h := x.headersCut(); h.ike+h.other > 0 {
		return // the negotiation may be among them
	}
	for _, d := range x.drafts {
		if d.Code != ESPUnknownSPI || told[d.between] || !x.precedes(d) {
			continue
		}
		told[d.between] = true
		x.add(about(CaptureStartsLate, Probable, d.SA, d.between).on(d.Frames[0]).
			says("the capture starts after %s and %s negotiated", d.between.low, d.between.high).
			line("%s carries IPsec before any negotiation in the capture.", capital(packets(d.Frames[:1]))))
	}
}

// startsLate reports whether a conversation's beginning is not in the capture.
func (v *view) startsLate() bool {
	p := v.Phase1
	if len(p.Flights) == 0 {
		first := v.Messages[0] // of a phase 1 that was cut nothing is in its place
		return first.Missing == 0 || !slices.Contains(phase1Exchanges, first.Header.Exchange)
	}
	return p.Flights[0] == nil && !(&stage{view: v}).damaged() && v.Messages[0].FromInitiator == (v.Messages[0].Position%2 == 1) &&
		v.heard(ikestate.Initiator) != nil
}

var phase1Exchanges = []isakmp.ExchangeType{isakmp.ExchangeMain, isakmp.ExchangeAggressive, isakmp.ExchangeBase}

// firstSeen says what a message is.
func firstSeen(m *ikestate.Message) string {
	s := m.Header.Exchange.String() + " mode"
	switch m.Header.Exchange {
	case isakmp.ExchangeInformational:
		s = "an Informational message"
	case isakmp.ExchangeTransaction:
		s = "a Transaction message"
	case isakmp.ExchangeQuick:
		s = "a Quick Mode message"
	case isakmp.ExchangeMain, isakmp.ExchangeAggressive, isakmp.ExchangeBase:
		if m.Position > 0 {
			s = fmt.Sprintf("message %d of phase 1", m.Position)
		}
	}
	return s
}

// precedes reports whether the packets of a finding come before anything that the
// peers negotiate in the capture.
func (x *examiner) precedes(d *draft) bool {
	vs := x.byPair[d.between]
	d.tidy()
	return len(vs) == 0 || vs[0].Messages[0].Frame > d.Frames[0]
}

// sided tells of conversations of which only one side is in the capture although
// they went on.
func (x *examiner) sided() {
	for _, v := range x.views {
		i, r := v.heard(ikestate.Initiator), v.heard(ikestate.Responder)
		if i != nil && r != nil || !v.wentOnUnseen() {
			continue
		}
		seen, unseen := v.Initiator.Addr(), v.Responder.Addr()
		if i == nil {
			seen, unseen = unseen, seen
		}
		x.add(about(CaptureOneSided, Proved, v.id, v.between).on(framesOf(v.Messages...)...).
			says("the capture has the packets of %s only; those of %s are missing", seen, unseen).
			line("%s: all from %s, which goes on as if it were answered.", capital(packets(framesOf(v.Messages...))), seen))
	}
	x.sidedTraffic()
}

// wentOnUnseen reports whether a side moved on without that the answers are in
// the capture.
func (v *view) wentOnUnseen() bool {
	places := map[int]bool{}
	for i, m := range v.Phase1.Flights {
		if m != nil {
			places[i] = true
		}
	}
	return len(places) > 1 || len(places) == 1 && !places[0] || v.proceeded() && len(places) > 0 || len(v.Exchanges) > 1
}

// sidedTraffic tells of IPsec packets in one direction where no negotiation is in
// the capture that could show the other. That nothing is known of their SAs is part
// of it.
func (x *examiner) sidedTraffic() {
	for _, d := range x.flowsByDirection().order {
		if !x.oneDirection(d) {
			continue
		}
		between := peersOf(d.src, d.dst)
		w := x.flows.by[d]
		f := about(CaptureOneSided, Probable, "", between).on(w.flows[0].traffic.First).
			says("the capture has IPsec packets from %s to %s only", d.src, d.dst).
			line("%s in this direction, none in the other, and no negotiation of these peers.", many(w.packets, "packet"))
		for _, l := range w.flows[:min(len(w.flows), fewNamed)] {
			if t := l.traffic; l.sa == nil {
				f.line("SPI %s: %s (first %s).", hex32(t.SPI), many(t.Packets, "packet"), packets([]int64{t.First}))
			}
		}
		if n := len(w.flows) - fewNamed; n > 0 {
			f.line("And %s.", many(int64(n), "more SPI"))
		}
		x.add(f)
	}
}

// oneDirection reports whether the capture has IPsec packets of two peers in this
// direction, and nothing else of them.
func (x *examiner) oneDirection(d direction) bool {
	flows, p := x.flowsByDirection(), peersOf(d.src, d.dst)
	there, back := flows.by[d], flows.by[direction{d.dst, d.src}]
	return there != nil && back == nil && len(x.byPair[p]) == 0 && !x.otherVersion(p) && there.packets >= leastOneWay
}

// Bounds for a capture that has every packet twice.
const (
	leastDoubled = 8   // packets with a number
	mostDoubled  = 0.9 // part of them that must have come twice
)

// isDoubled reports whether a capture has every packet twice, as one on two ports
// of a bridge: nearly every IKE message and every sequence number came again at
// once.
func isDoubled(c Case) bool {
	var ike, twice int
	for _, v := range c.Conversations {
		for _, m := range v.Messages {
			ike++
			for _, r := range m.Repeats {
				if gap := r.Nanos - m.Nanos; max(gap, -gap) < retriesApart {
					twice++
					break
				}
			}
		}
	}
	var packets, again uint64
	count := func(t *Traffic) {
		if t != nil {
			packets += t.Sequence.Packets
			again += 2 * t.Sequence.Duplicates
		}
	}
	for i := range c.SAs {
		count(c.SAs[i].Traffic)
	}
	for i := range c.Unknown {
		count(&c.Unknown[i])
	}
	if ike+int(packets) < leastDoubled {
		return false
	}
	return float64(twice) >= mostDoubled*float64(ike) && float64(again) >= mostDoubled*float64(packets)
}
