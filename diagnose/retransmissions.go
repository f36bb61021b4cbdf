package diagnose

import (
	"net/netip"

	"ikescope/ikestate"
)

// repeats gathers the retransmissions of a conversation's messages.
type repeats struct {
	v       *view
	frames  []int64
	by      map[netip.Addr]int
	longest int64 // wait, in nanoseconds
}

func (r *repeats) add(sent *ikestate.Message, by ikestate.Speaker, again []ikestate.Repeat) {
	r.frames = append(r.frames, repeatFrames(again)...)
	r.by[r.v.side(by)] += len(again)
	r.longest = max(r.longest, again[len(again)-1].Nanos-sent.Nanos)
}

// tell adds the finding, if there is anything to tell.
func (r *repeats) tell(x *examiner) {
	if len(r.frames) == 0 {
		return
	}
	d := about(Retransmissions, Proved, r.v.id, r.v.between).on(r.frames...)
	d.same = "retransmissions"
	d.tidy()
	d.says("%s repeated %s; the longest wait for an answer was %s", listed(senders(r.v, r.by)), many(int64(len(r.frames)), "IKE message"), apart(r.longest))
	x.add(d.line("%s.", capital(packets(d.Frames))))
}

// retransmissions tells of messages that were repeated although the exchange went
// on; where it did not, that is told with its cause.
func (x *examiner) retransmissions() {
	for _, v := range x.views {
		r := repeats{v: v, by: map[netip.Addr]int{}}
		for _, m := range v.Messages {
			if again := x.retries(m); len(again) > 0 && v.wentOn(m) {
				r.add(m, speaker(m), again)
			}
		}
		r.tell(x)
	}
}

func senders(v *view, by map[netip.Addr]int) (names []string) {
	for _, a := range []netip.Addr{v.Initiator.Addr(), v.Responder.Addr()} {
		if by[a] > 0 {
			names = append(names, a.String())
			delete(by, a)
		}
	}
	return names
}

// wentOn reports whether the exchange of a message went on after it was repeated;
// where it did not, the failure is told elsewhere.
func (v *view) wentOn(m *ikestate.Message) bool {
	last := lastTime(m)
	if isPhase1(v, m) {
		return v.proceeded() && v.last > last
	}
	for _, x := range v.Exchanges {
		if x.MessageID != m.Header.MessageID || x.Type != m.Header.Exchange {
			continue
		}
		for _, o := range x.Messages {
			if o != m && o.Frame > m.Frame {
				return true
			}
		}
		return x.Quick != nil && x.Quick.Flights[2] == m
	}
	return false
}

func isPhase1(v *view, m *ikestate.Message) bool {
	return m.Header.Exchange == v.Phase1.Script.Exchange && m.Header.MessageID == 0
}
