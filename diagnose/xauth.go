package diagnose

import (
	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/suite"
)

// xauth tells of users who were refused after phase 1.
func (x *examiner) xauth() {
	for _, v := range x.views {
		if !x.userRefused(v) {
			x.userLikelyRefused(v)
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
// Mode-Config or a Quick Mode of its own.
func (x *examiner) userLikelyRefused(v *view) {
	c := v.Phase1.Chosen
	if c == nil || !c.Auth.IsXAUTH() || len(v.quicks) > 0 {
		return
	}
	ms, exchanges, gateway := v.transactions()
	if exchanges < leastXAUTH || len(ms) < exchanges*xauthMessagesEach || !gateway || ms[0].Decrypted {
		return
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

// aggressive tells of Aggressive Mode with a pre-shared key: HASH_R travels in
// the clear, so that whoever saw it can try keys (RFC 2409, section 5.4).
func (x *examiner) aggressive() {
	for _, v := range x.views {
		p := v.Phase1
		if p.Script.Exchange != isakmp.ExchangeAggressive || len(p.Flights) < 2 || p.Flights[1] == nil || !v.psk() {
			continue
		}
		m := p.Flights[1]
		if _, ok := m.First(isakmp.PayloadHash); !ok {
			continue
		}
		d := about(AggressivePSKExposed, Proved, v.id, v.between).on(framesOf(m)...).
			says("%s exposes its pre-shared key to guessing: Aggressive Mode sends the hash in the clear", v.Responder.Addr()).
			line("%s holds HASH_R of %s in the clear; nonces and public values are in it and in message 1.", capital(packets(framesOf(m)[:1])), v.Responder.Addr())
		x.sentIdentity(d, &stage{view: v, msg: p.Flights[1]}, ikestate.Responder)
		x.add(d)
	}
}
