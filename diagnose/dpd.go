package diagnose

import (
	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

// leastProbes is how many probes without an answer make a dead peer.
const leastProbes = 2

// deadPeers tells of peers that stopped answering dead peer detection.
func (x *examiner) deadPeers() {
	for _, v := range x.views {
		for _, s := range []ikestate.Speaker{ikestate.Initiator, ikestate.Responder} {
			if x.probesUnanswered(v, s) {
				break
			}
			if x.probesUnread(v, s) {
				break
			}
		}
	}
}

// probesUnanswered tells of R-U-THERE messages of side s at the end of a
// conversation that got no R-U-THERE-ACK. Any other word of the peer behind them
// shows it to be alive as well (RFC 3706, section 5).
func (x *examiner) probesUnanswered(v *view, s ikestate.Speaker) bool {
	var open []*ikestate.Message
	var answer *ikestate.Message
	probes := v.probes()
	for _, m := range v.Messages {
		switch {
		case speaker(m) != s:
			open, answer = nil, m
		case probes[m] == isakmp.NotifyRUThere:
			open = append(open, m)
		}
	}
	return x.dead(v, s, open, answer, Proved)
}

// probes maps messages to the notification of dead peer detection in them.
func (v *view) probes() map[*ikestate.Message]isakmp.NotifyType {
	types := map[*ikestate.Message]isakmp.NotifyType{}
	for i := range v.Notices {
		if n := &v.Notices[i]; n.Type == isakmp.NotifyRUThere || n.Type == isakmp.NotifyRUThereAck {
			types[n.Message] = n.Type
		}
	}
	return types
}

// probesUnread does the same for messages that could not be read: Informational
// messages of one length, spread over seconds, of which the earlier ones were
// answered by as long a one and the last ones were not.
func (x *examiner) probesUnread(v *view, s ikestate.Speaker) bool {
	var open []*ikestate.Message
	var answer, asked *ikestate.Message
	for i, m := range v.info {
		switch {
		case m.Decrypted || !m.Encrypted():
			return false
		case speaker(m) != s:
			if len(open) > 0 || i == 0 {
				answer = m
			}
			open, asked = nil, m
		case asked != nil && m.Nanos-asked.Nanos < quickly/2:
			asked = nil // m answers a probe of the other side
		case len(open) == 0 || m.Header.Length == open[0].Header.Length && m.Nanos-open[len(open)-1].Nanos >= probesApart:
			open = append(open, m)
		}
	}
	if answer == nil || len(open) > 0 && answer.Header.Length != open[0].Header.Length {
		return false
	}
	if h := v.heard(other(s)); h != nil && len(open) > 0 && h.Frame > open[0].Frame {
		return false
	}
	return x.dead(v, s, open, answer, Probable)
}

// probesApart is the least time between two probes in nanoseconds; what is closer
// are Deletes, which come together.
const probesApart = 500e6

// dead adds the finding where enough probes are open.
func (x *examiner) dead(v *view, s ikestate.Speaker, open []*ikestate.Message, answer *ikestate.Message, c Certainty) bool {
	if len(open) == 0 || len(open)+len(x.retries(open[0])) < leastProbes || x.alive(v, other(s), open[0].Nanos) {
		return false
	}
	if del := v.ownDelete(); del != nil && speaker(del) == other(s) && del.Nanos <= open[0].Nanos {
		x.deletedUnnoticed(v, del, open)
		return true
	}
	prober, peer := v.side(s), v.side(other(s))
	last := open[len(open)-1]
	d := about(DPDTimeout, c, v.id, v.between).on(framesOf(open...)...)
	if c == Proved {
		d.says("%s no longer answers the dead peer detection of %s", peer, prober)
		d.line("%s: %s asked R-U-THERE %s over %s, without an answer.", capital(packets(d.Frames)), prober, times(len(d.Frames)), apart(lastTime(last)-open[0].Nanos))
	} else {
		d.says("%s most likely no longer answers the dead peer detection of %s", peer, prober)
		d.line("%s: %s sent Informational messages as before over %s, and got none back.", capital(packets(d.Frames)), prober, apart(lastTime(last)-open[0].Nanos))
	}
	if answer != nil {
		d.line("The last IKE message of %s is %s, %s before.", peer, packets([]int64{answer.Frame}), apart(open[0].Nanos-answer.Nanos)).on(answer.Frame)
	}
	if t := x.lastTraffic(direction{peer, prober}, open[0].Nanos); t != nil {
		d.line("Its last IPsec packet is %s, %s before.", packets([]int64{t.Last}), apart(open[0].Nanos-t.LastNanos))
	}
	x.add(d)
	return true
}

// deletedUnnoticed tells of probes of an ISAKMP SA that the other side has deleted.
func (x *examiner) deletedUnnoticed(v *view, del *ikestate.Message, open []*ikestate.Message) {
	by, prober := v.side(speaker(del)), v.side(speaker(open[0]))
	x.add(about(SADeleted, Proved, v.id, v.between).as(Warning).
		says("%s goes on using an ISAKMP SA that %s has deleted", prober, by).
		line("%s: %s deleted the ISAKMP SA.", capital(packets([]int64{del.Frame})), by).
		line("%s: %s asked R-U-THERE %s, without an answer: the Delete was lost behind the place of the capture, or %s ignores it.", capital(packets(framesOf(open...))), prober, times(len(open)), prober).
		on(del.Frame).on(framesOf(open...)...))
}

// lastTraffic is the flow of a direction whose last packet is the latest before a
// time, nil for none.
func (x *examiner) lastTraffic(d direction, before int64) (last *Traffic) {
	w := x.flowsByDirection().by[d]
	if w == nil {
		return nil
	}
	for _, f := range w.flows {
		if t := f.traffic; t.LastNanos <= before && (last == nil || t.LastNanos > last.LastNanos) {
			last = t
		}
	}
	return last
}

// alive reports whether a side of a conversation sent anything else after a time:
// under another ISAKMP SA, or IPsec packets.
func (x *examiner) alive(v *view, s ikestate.Speaker, since int64) bool {
	peer, prober := v.side(s), v.side(other(s))
	for _, o := range x.byPair[v.between] {
		if o == v || o.last <= since {
			continue
		}
		for _, m := range o.Messages {
			if m.Src.Addr() == peer && m.Nanos > since {
				return true
			}
		}
	}
	w := x.flowsByDirection().by[direction{peer, prober}]
	return w != nil && w.reach[len(w.reach)-1] > since
}
