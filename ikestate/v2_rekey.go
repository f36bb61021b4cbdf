package ikestate

import (
	"ikescope/decode/ikev2"
	"ikescope/decode/isakmp"
	"ikescope/keymat"
)

// rekeyedSA is what a parent IKE SA made of its successor: the algorithms and the
// nonces, and keys where the secrets are known.
type rekeyedSA struct {
	from     *Conversation
	under    *Proposal
	init     keymat.SAInit
	attempts []attemptV2
}

// readRekey derives the IKE SA that a CREATE_CHILD_SA exchange put in place of this
// one (RFC 7296, section 2.18).
func (c *Conversation) readRekey(r *ring, x *ExchangeV2) {
	if x.Type != isakmp.ExchangeCreateChildSA || x.Request == nil || x.Response == nil {
		return
	}
	chosen := proposalsV2(x.Response)
	spiI, spiR := ikeSPI(x.Request), ikeSPI(x.Response)
	if len(chosen) == 0 || spiI == nil || spiR == nil {
		return
	}
	made := rekeyedSA{from: c, under: &chosen[0], init: keymat.SAInit{
		PRF: chosen[0].PRF, SPIi: isakmp.Cookie(spiI), SPIr: isakmp.Cookie(spiR),
		Ni: x.Request.bodyOf(isakmp.PayloadNonce2), Nr: x.Response.bodyOf(isakmp.PayloadNonce2),
	}}
	sa, _ := ikev2.ParseSA(x.Response.bodyOf(isakmp.PayloadSA2))
	followed := c.followedUp(x, sa[0])
	if followed.refused {
		return
	}
	made.attempts = c.successors(r, x, made, followed)
	r.rekeyed[pair{made.init.SPIi, made.init.SPIr}] = made
}

// successors returns the keys that a new IKE SA may have.
func (c *Conversation) successors(r *ring, x *ExchangeV2, made rekeyedSA, followed followups) (as []attemptV2) {
	init, under := made.init, made.under
	if made.under.Cipher.IsZero() || !init.PRF.Computable() || init.Ni == nil || init.Nr == nil {
		return nil
	}
	for _, d := range c.childKeysOf() {
		for _, g := range c.childAgreements(r, x, followed.kes) {
			for _, prf := range c.prfs() {
				if g.secret.IsZero() || len(g.further) > 0 && len(as) >= maxCombined {
					continue
				}
				seed := d.RekeySKEYSEED(prf, keymat.ChildSA{Ni: init.Ni, Nr: init.Nr, GIR: g.secret, Further: g.further})
				a := fromSeed(under, init, seed, Ladder{Rung: g.rung, GXY: g.secret, DHSource: g.source, DHProved: g.proved})
				a.steps, a.further, a.ppk = len(under.Additional), g.sources, d.ppk
				as = append(as, a)
			}
		}
	}
	return as
}

// ikeSPI returns the SPI of the IKE proposal in a message.
func ikeSPI(m *Message) []byte {
	sa, _ := ikev2.ParseSA(m.bodyOf(isakmp.PayloadSA2))
	for _, p := range sa {
		if p.Protocol == isakmp.ProtocolISAKMP && len(p.SPI) == 8 {
			return p.SPI
		}
	}
	return nil
}
