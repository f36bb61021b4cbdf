package diagnose

import (
	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

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
