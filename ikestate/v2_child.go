package ikestate

import (
	"net/netip"

	"ikescope/decode/ikev2"
	"ikescope/decode/isakmp"
	"ikescope/keymat"
	"ikescope/secrets"
	"ikescope/suite"
)

// readChild reads the SAs that an IKE_AUTH or CREATE_CHILD_SA exchange made.
func (c *Conversation) readChild(r *ring, x *ExchangeV2) {
	if x.Request == nil || x.Response == nil || x.Type == isakmp.ExchangeIKESAInit {
		return
	}
	offered, _ := ikev2.ParseSA(x.Request.bodyOf(isakmp.PayloadSA2))
	chosen, _ := ikev2.ParseSA(x.Response.bodyOf(isakmp.PayloadSA2))
	for _, p := range chosen {
		if p.Protocol != isakmp.ProtocolESP && p.Protocol != isakmp.ProtocolAH {
			continue
		}
		for _, o := range offered {
			if o.Number == p.Number && o.Protocol == p.Protocol {
				c.makeChild(r, x, o, p)
			}
		}
		return
	}
}

// makeChild builds both directions. A side receives on the SPI that it sent.
func (c *Conversation) makeChild(r *ring, x *ExchangeV2, offered, chosen ikev2.Proposal) {
	from, to := c.Initiator, c.Responder
	if x.By == Responder {
		from, to = to, from
	}
	followed := c.followedUp(x, chosen)
	if followed.refused {
		return
	}
	q := &QuickMode{
		MessageID: x.MessageID, Initiator: from, Responder: to, State: Established,
		Flights: [3]*Message{x.Request, x.Response},
		IDci:    selectorOf(x.Response, isakmp.PayloadTSi), IDcr: selectorOf(x.Response, isakmp.PayloadTSr),
	}
	out := c.childSA(q, x, chosen, chosen.SPI, from.Addr(), to.Addr(), q.IDci, q.IDcr)
	in := c.childSA(q, x, chosen, offered.SPI, to.Addr(), from.Addr(), q.IDcr, q.IDci)
	c.deriveChild(r, x, followed.kes, out, in)
	if followed.last != nil {
		out.Made, in.Made = followed.last, followed.last
	}
	q.SAs = append([]*IPsecSA{out, in}, c.compressed(x, out)...)
	c.IPsecSAs = append(c.IPsecSAs, q.SAs...)
	c.Exchanges = append(c.Exchanges, &Exchange{Type: x.Type, MessageID: x.MessageID, Messages: []*Message{x.Request, x.Response}, Quick: q})
}

func selectorOf(m *Message, t isakmp.PayloadType) *isakmp.ID {
	ts, _ := ikev2.ParseSelectors(m.bodyOf(t))
	if len(ts) == 0 {
		return nil
	}
	id := ts[0].ID()
	return &id
}

func (c *Conversation) childSA(q *QuickMode, x *ExchangeV2, p ikev2.Proposal, spi []byte, src, dst netip.Addr, ts, td *isakmp.ID) *IPsecSA {
	s := &IPsecSA{
		Conversation: c, MessageID: x.MessageID, Protocol: p.Protocol, SPI: spiOf(spi), Src: src, Dst: dst,
		Mode: "tunnel", SrcSelector: ts, DstSelector: td, Made: x.Response, EncapUnknown: true,
	}
	if x.Response.notified(ikev2.UseTransportMode) {
		s.Mode = "transport"
	}
	for _, t := range p.Transforms {
		switch t.Type {
		case ikev2.Encryption:
			s.Cipher, _ = suite.IKEv2Cipher(t.ID, t.KeyBits)
			s.Encryption = nameOr(s.Cipher.Name, suite.IKEv2EncryptionName(t.ID))
		case ikev2.Integrity:
			s.Integrity, _ = suite.IKEv2Integrity(t.ID)
			s.IntegrityName = nameOr(s.Integrity.Name, suite.IKEv2IntegrityName(t.ID))
		case ikev2.ESN:
			s.ESN = t.ID == 1
		case ikev2.KeyMethod:
			s.PFSGroup = suite.GroupName(t.ID)
		}
	}
	s.ppkInChild = x.Request.notified(ikev2.PPKIdentityKey) && x.Response.notified(ikev2.PPKIdentity)
	for _, t := range p.ChosenKEs() {
		s.FurtherGroups = append(s.FurtherGroups, suite.GroupName(t.ID))
	}
	if x.Type == isakmp.ExchangeIKEAuth {
		s.PFSGroup = "" // the first child has no key exchange of its own (RFC 7296, section 1.2)
	}
	return s
}

// deriveChild computes the keys of both directions from each value that SK_d may
// have, and each of the shared secrets.
func (c *Conversation) deriveChild(r *ring, x *ExchangeV2, kes []exchangeKE, out, in *IPsecSA) {
	ds := c.childKeysOf()
	if len(ds) == 0 || out.ppkInChild {
		return
	}
	agreements := c.childAgreements(r, x, kes)
	for _, d := range ds {
		if !c.childKeys(d, x, agreements, out, in) {
			r.untried++
			return
		}
	}
}

// childKeys computes the keys of both directions from one KEYMAT: those of the
// exchange's initiator first (RFC 7296, section 2.17). It reports false where there
// are more that may be right than are tried.
func (c *Conversation) childKeys(d childKey, x *ExchangeV2, agreements []agreement, out, in *IPsecSA) bool {
	enc, integ := out.Cipher.KeymatLen(), out.Integrity.KeyLen
	ni, nr := x.nonces(c.Phase1)
	if ni == nil || nr == nil || enc+integ == 0 || out.Protocol == isakmp.ProtocolESP && out.Cipher.IsZero() {
		return true
	}
	for _, g := range agreements {
		for _, prf := range c.prfs() {
			if (d.tentative || len(g.further) > 0) && len(out.Keys) >= maxCombined {
				return false
			}
			k := d.Keymat(prf, keymat.ChildSA{Ni: ni, Nr: nr, GIR: g.secret, Further: g.further}, 2*(enc+integ)).Bytes()
			for i, s := range [...]*IPsecSA{out, in} {
				half := k[i*(enc+integ):]
				s.Keys = append(s.Keys, SAKeys{
					Encryption: keymat.NewSecret(half[:enc]), Integrity: keymat.NewSecret(half[enc : enc+integ]),
					Source: g.source, Rung: g.rung, Besides: besides(d.ppk, g.sources), Tentative: d.tentative || g.tentative(),
				})
			}
		}
	}
	return true
}

// besides lists the secrets on which keys depend besides the first key exchange.
func besides(ppk secrets.Source, further []Taken) []Taken {
	if ppk == (secrets.Source{}) {
		return further
	}
	return append([]Taken{{ppk, kindPPK}}, further...)
}

// nonces returns those of the exchange, or of IKE_SA_INIT for the first child.
func (x *ExchangeV2) nonces(p *Phase1) (ni, nr []byte) {
	if x.Type == isakmp.ExchangeIKEAuth {
		return p.NonceI, p.NonceR
	}
	return x.Request.bodyOf(isakmp.PayloadNonce2), x.Response.bodyOf(isakmp.PayloadNonce2)
}

// childAgreements returns the shared secrets that may belong to an exchange and the
// key exchanges behind it; one without a secret where it had no key exchange.
func (c *Conversation) childAgreements(r *ring, x *ExchangeV2, kes []exchangeKE) []agreement {
	group, gxr := keyExchange(x.Response)
	_, gxi := keyExchange(x.Request)
	if gxi == nil || gxr == nil {
		return c.withFollowups(r, []agreed{{source: c.Phase1.Ladder.DHSource, rung: c.Phase1.Ladder.Rung}}, kes)
	}
	g, _ := suite.GroupByID(group)
	found := c.laterAgreements(r, g, gxi, gxr)
	for _, a := range found {
		if a.proved {
			r.used.note(a.source, a.rung.String(), c)
		}
	}
	return c.withFollowups(r, found, kes)
}
