package diagnose

import (
	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/suite"
)

// xauth tells of users who were refused after phase 1.
func (x *examiner) xauth() {
	for _, v := range x.views {
		if !x.userRefused(v) && !x.userLikelyRefused(v) && !x.userCutOff(v) {
			x.questionUnanswered(v)
		}
	}
}

// userRefused tells of an XAUTH-STATUS of 0, "fail"
// (draft-beaulieu-ike-xauth-02). It reports whether there was one.
func (x *examiner) userRefused(v *view) bool {
	name, asked := "", int64(0)
	found := false
	for _, m := range v.Messages {
		for _, p := range m.All(isakmp.PayloadAttributes) {
			a, _ := isakmp.ParseAttributes(p.Body)
			if u, ok := a.Get(isakmp.ConfigXAUTHUserName); ok && a.Type == isakmp.ConfigReply {
				name, asked = quoted(string(u.Value)), m.Frame
			}
			s, ok := a.Get(isakmp.ConfigXAUTHStatus)
			if status, isNumber := s.Uint(); ok && isNumber && status == 0 && a.Type == isakmp.ConfigSet {
				x.refusedUser(v, m, name, asked)
				found = true
			}
		}
	}
	return found
}

func (x *examiner) refusedUser(v *view, m *ikestate.Message, name string, asked int64) {
	gateway, user := v.side(speaker(m)), v.side(other(speaker(m)))
	d := about(XAUTHFailed, Proved, v.id, v.between).on(m.Frame).
		says("phase 1 completed, XAUTH failed: %s does not accept the user of %s", gateway, user)
	if asked > 0 {
		d.line("%s: %s gave the name %q and a password.", capital(packets([]int64{asked})), user, name).on(asked)
	}
	d.line("%s: %s answered XAUTH-STATUS 0, which means refused.", capital(packets([]int64{m.Frame})), gateway)
	if del := v.ownDelete(); del != nil && del.Frame > m.Frame {
		d.line("%s: %s deleted the ISAKMP SA.", capital(packets([]int64{del.Frame})), v.side(speaker(del))).on(del.Frame)
	}
	x.add(d)
}

// XAUTH has at least two exchanges of two messages: the gateway asks for name and
// password, then it says whether they are right.
const (
	leastXAUTH        = 2
	xauthMessagesEach = 2
)

// userLikelyRefused tells of XAUTH exchanges that could not be read and after
// which nothing is negotiated: a user who was accepted goes on at once, with
// Mode-Config or a Quick Mode of its own. It reports whether that is so.
func (x *examiner) userLikelyRefused(v *view) bool {
	c := v.Phase1.Chosen
	if c == nil || !c.Auth.IsXAUTH() || len(v.quicks) > 0 {
		return false
	}
	ms, exchanges, gateway := v.transactions()
	if exchanges < leastXAUTH || len(ms) < exchanges*xauthMessagesEach || !gateway || ms[0].Decrypted {
		return false
	}
	last := ms[len(ms)-1]
	var end *ikestate.Message
	for _, m := range v.info {
		if m.Frame > last.Frame {
			end = m
			break
		}
	}
	frames := framesOf(ms...)
	d := about(XAUTHFailed, Probable, v.id, v.between).on(frames...).
		says("phase 1 completed; most likely XAUTH failed: %s does not accept the user of %s", v.Responder.Addr(), v.Initiator.Addr()).
		line("%s are XAUTH (%s); neither Mode-Config of the user nor a Quick Mode follows.", capital(packets(frames)), suite.Title(c.Auth.String()))
	if end != nil {
		d.line("%s: %s sent an Informational message %s after it, most likely a Delete.", capital(packets([]int64{end.Frame})), v.side(speaker(end)), after(end, last)).on(end.Frame)
	}
	x.add(d)
	return true
}

// userCutOff tells of a user who gave a name and a password, whereupon the gateway
// ended the ISAKMP SA without an XAUTH-STATUS. It reports whether that is so.
func (x *examiner) userCutOff(v *view) bool {
	c := v.Phase1.Chosen
	ms, exchanges, gateway := v.transactions()
	if c == nil || !c.Auth.IsXAUTH() || len(v.quicks) > 0 || exchanges == 0 || !gateway || len(ms) != exchanges*xauthMessagesEach || accepted(ms) {
		return false
	}
	last := ms[len(ms)-1]
	end := v.Messages[len(v.Messages)-1]
	if !isInformational(end) || end.Frame < last.Frame || speaker(end) != speaker(ms[0]) || end.Nanos-last.Nanos > patience || end.Decrypted && !deletes(end) {
		return false
	}
	peer, user := v.side(speaker(end)), v.side(speaker(last))
	what := "most likely a Delete"
	if end.Decrypted {
		what = "a Delete"
	}
	frames := framesOf(ms...)
	x.add(about(XAUTHFailed, Probable, v.id, v.between).on(frames...).on(end.Frame).
		says("phase 1 completed; most likely XAUTH failed: %s does not accept the user of %s", peer, user).
		line("%s are XAUTH (%s).", capital(packets(frames)), suite.Title(c.Auth.String())).
		line("%s: %s sent an Informational message %s after the last of them, %s, and no XAUTH-STATUS.", capital(packets([]int64{end.Frame})), peer, after(end, last), what))
	return true
}

// accepted reports whether an XAUTH-STATUS among messages says that all is well.
func accepted(ms []*ikestate.Message) bool {
	for _, m := range ms {
		for _, p := range m.All(isakmp.PayloadAttributes) {
			a, _ := isakmp.ParseAttributes(p.Body)
			if s, ok := a.Get(isakmp.ConfigXAUTHStatus); ok {
				status, isNumber := s.Uint()
				return isNumber && status == 1
			}
		}
	}
	return false
}

// questionUnanswered tells of a gateway that goes on asking for a user.
func (x *examiner) questionUnanswered(v *view) {
	c := v.Phase1.Chosen
	ms, _, _ := v.transactions()
	if c == nil || !c.Auth.IsXAUTH() || len(v.quicks) > 0 || len(ms) == 0 {
		return
	}
	last := ms[len(ms)-1]
	rs := x.retries(last)
	h := v.heard(other(speaker(last)))
	if len(rs) == 0 || len(ms)%xauthMessagesEach == 0 || speaker(last) != speaker(ms[0]) || h != nil && h.Frame > last.Frame {
		return
	}
	asks, user := v.side(speaker(last)), v.side(other(speaker(last)))
	x.add(about(XAUTHFailed, Probable, v.id, v.between).on(framesOf(last)...).
		says("phase 1 completed; XAUTH most likely failed: %s does not answer %s", user, asks).
		line("%s: %s sent a Transaction message and repeated it %s over %s (%s), without an answer.", capital(packets(framesOf(last)[:1])), asks, times(len(rs)), apart(rs[len(rs)-1].Nanos-last.Nanos), packets(repeatFrames(rs))).
		line("The end that logs in has no name and password to give, waits for its user, or does not do XAUTH."))
}

// transactions lists the messages of Transaction exchanges and counts these;
// gateway reports whether all were begun by the side that began the first.
func (v *view) transactions() (ms []*ikestate.Message, exchanges int, gateway bool) {
	gateway = true
	for _, x := range v.Exchanges {
		if x.Type != isakmp.ExchangeTransaction {
			continue
		}
		exchanges++
		ms = append(ms, x.Messages...)
		gateway = gateway && speaker(x.Messages[0]) == speaker(ms[0])
	}
	return ms, exchanges, gateway
}
