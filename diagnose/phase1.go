package diagnose

import (
	"strconv"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

// stage is how far a phase 1 came in the capture.
type stage struct {
	*view
	last    int                 // index of the last message of the exchange that was seen
	msg     *ikestate.Message   // that message
	from    ikestate.Speaker    // its sender; the other side has the next word
	answers []*ikestate.Message // Informational messages of the other side behind it
}

// stage returns nil where the capture has nothing of phase 1.
func (v *view) stage() *stage {
	st := &stage{view: v, last: -1}
	for i, m := range v.Phase1.Flights {
		if m != nil {
			st.last, st.msg, st.from = i, m, v.Phase1.Script.Flights[i].Speaker
		}
	}
	if st.last < 0 {
		return nil
	}
	for _, m := range v.info {
		if m.Frame > st.msg.Frame && speaker(m) != st.from {
			st.answers = append(st.answers, m)
		}
	}
	return st
}

// number is the position of the last message, from 1, as RFC 2409 draws it.
func (st *stage) number() int { return st.last + 1 }

// complete reports whether the last message of the exchange is there.
func (st *stage) complete() bool { return st.last == len(st.Phase1.Flights)-1 }

// proofSent reports whether the last message proves its sender's identity: from
// then on a refusal can be about keys and identities.
func (st *stage) proofSent() bool {
	switch st.Phase1.Script.Exchange {
	case isakmp.ExchangeMain:
		return st.last >= 4
	case isakmp.ExchangeAggressive:
		return st.last >= 1
	default:
		return st.last >= 2
	}
}

// psk reports whether the peers chose to prove themselves by a pre-shared key;
// where no choice is known, whether that was all that was offered.
func (v *view) psk() bool {
	if c := v.Phase1.Chosen; c != nil {
		return c.Auth.Plain() == isakmp.AuthPSK && !c.Auth.IsHybrid()
	}
	for i := range v.Phase1.Offered {
		if v.Phase1.Offered[i].Auth.Plain() != isakmp.AuthPSK {
			return false
		}
	}
	return len(v.Phase1.Offered) > 0
}

// proceeded reports whether anything was begun under the ISAKMP SA that nobody
// begins before phase 1 is through (RFC 2409, section 5).
func (v *view) proceeded() bool {
	for _, x := range v.Exchanges {
		if x.Type != isakmp.ExchangeInformational {
			return true
		}
	}
	return false
}

// phase1 finds out what became of each phase 1.
func (x *examiner) phase1() {
	for _, v := range x.views {
		st := v.stage()
		switch {
		case st == nil:
		case v.proceeded():
			x.missingMessages(st)
		case x.refusedOpenly(st), x.refusedUnread(st), x.unanswered(st), x.outdatedProof(st), st.complete():
		default:
			x.stops(st)
		}
	}
}

// quickly is within what time an answer or a refusal follows what it answers, in
// nanoseconds.
const quickly = 2e9

// missingMessages tells of a phase 1 that went on although messages of it are not
// in the capture.
func (x *examiner) missingMessages(st *stage) {
	if st.oneSided() || st.damaged() || st.inFragments() || x.ikeHidden() {
		return
	}
	var missing []string
	for i, m := range st.Phase1.Flights {
		if m == nil {
			missing = append(missing, strconv.Itoa(i+1))
		}
	}
	if len(missing) == 0 {
		return
	}
	word, verb := "message ", " is"
	if len(missing) > 1 {
		word, verb = "messages ", " are"
	}
	x.add(about(Phase1Incomplete, Proved, st.id, st.between).
		says("phase 1 of %s and %s went on, but %s%s%s not in the capture", st.Initiator.Addr(), st.Responder.Addr(), word, listed(missing), verb).
		line("The capture lost or missed what the peers received: %s has the rest of the exchange.", packets(framesOf(st.Phase1.Flights...))).
		on(framesOf(st.Phase1.Flights...)...))
}

// oneSided reports whether phase 1 moved on although only one side is in the
// capture.
func (st *stage) oneSided() bool {
	var from [2]int
	for i, m := range st.Phase1.Flights {
		if m != nil {
			from[st.Phase1.Script.Flights[i].Speaker]++
		}
	}
	return from[0] == 0 && from[1] > 1 || from[1] == 0 && from[0] > 1 ||
		from[0] == 0 && st.from == ikestate.Responder
}

// damaged reports whether a message of phase 1 could not be given its place, or lacks
// what stands there, because the capture cut it or its sender wrote nonsense.
func (st *stage) damaged() bool {
	for _, m := range st.Messages {
		if m.Header.Exchange != st.Phase1.Script.Exchange {
			continue
		}
		if st.Phase1.Script.Lacks(m) || m.Position == 0 && (m.Missing > 0 || m.Problem != nil) {
			return true
		}
	}
	return false
}

// inFragments reports whether phase 1 was sent in IKE fragments.
func (st *stage) inFragments() bool {
	for _, m := range st.Messages {
		if _, ok := m.First(isakmp.PayloadFragment); ok {
			return true
		}
	}
	return false
}

// stops tells of a phase 1 that ends without a reason in the capture.
func (x *examiner) stops(st *stage) {
	if st.oneSided() || st.damaged() || st.inFragments() || x.ikeHidden() {
		return
	}
	frames := framesOf(st.Phase1.Flights...)
	x.add(about(Phase1Incomplete, Probable, st.id, st.between).
		says("phase 1 of %s and %s stops after message %d", st.Initiator.Addr(), st.Responder.Addr(), st.number()).
		line("%s is the last message of it; the capture ends %s later.", capital(packets(framesOf(st.msg))), apart(x.end-lastTime(st.msg))).
		on(frames...))
}
