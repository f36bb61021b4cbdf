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
	offered, asked := ikeProposal(x.Request)
	chosen, answered := ikeProposal(x.Response)
	if !asked || !answered {
		return
	}
	followed := c.followedUp(x, chosen)
	if followed.refused {
		return
	}
	under := proposalV2(chosen)
	made := rekeyedSA{from: c, under: &under, init: keymat.SAInit{
		PRF: under.PRF, SPIi: isakmp.Cookie(offered.SPI), SPIr: isakmp.Cookie(chosen.SPI),
		Ni: x.Request.bodyOf(isakmp.PayloadNonce2), Nr: x.Response.bodyOf(isakmp.PayloadNonce2),
	}}
	made.attempts = c.successors(r, x, made, followed)
	r.rekeyed[pair{made.init.SPIi, made.init.SPIr}] = made
}

// successors returns the keys that a new IKE SA may have.
func (c *Conversation) successors(r *ring, x *ExchangeV2, made rekeyedSA, followed followups) (as []attemptV2) {
	init, under := made.init, made.under
	if under.Cipher.IsZero() || !init.PRF.Computable() || init.Ni == nil || init.Nr == nil {
		return nil
	}
	for _, d := range c.childKeysOf() {
		for _, g := range c.childAgreements(r, x, followed.kes) {
			for _, prf := range c.prfs() {
				if g.secret.IsZero() {
					continue
				}
				if (d.tentative || len(g.further) > 0) && len(as) >= maxCombined {
					r.untried++
					return as
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

// ikeProposal returns the first proposal of a message that names the SPI of an IKE SA.
func ikeProposal(m *Message) (ikev2.Proposal, bool) {
	sa, _ := ikev2.ParseSA(m.bodyOf(isakmp.PayloadSA2)) // what stands before damage counts
	for _, p := range sa {
		if p.Protocol == isakmp.ProtocolISAKMP && len(p.SPI) == len(isakmp.Cookie{}) {
			return p, true
		}
	}
	return ikev2.Proposal{}, false
}
