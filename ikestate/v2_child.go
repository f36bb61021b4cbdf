package ikestate

import (
	"encoding/binary"
	"net/netip"

	"ikescope/decode/ikev2"
	"ikescope/decode/isakmp"
	"ikescope/keymat"
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
	q := &QuickMode{
		MessageID: x.MessageID, Initiator: from, Responder: to, State: Established,
		Flights: [3]*Message{x.Request, x.Response},
		IDci:    selectorOf(x.Response, isakmp.PayloadTSi), IDcr: selectorOf(x.Response, isakmp.PayloadTSr),
	}
	out := c.childSA(q, x, chosen, chosen.SPI, from.Addr(), to.Addr(), q.IDci, q.IDcr)
	in := c.childSA(q, x, chosen, offered.SPI, to.Addr(), from.Addr(), q.IDcr, q.IDci)
	c.deriveChild(r, x, out, in)
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

// useTransport is the notification that asks for, and grants, transport mode (RFC
// 7296, section 1.3.1).
const useTransport = 16391

func (c *Conversation) childSA(q *QuickMode, x *ExchangeV2, p ikev2.Proposal, spi []byte, src, dst netip.Addr, ts, td *isakmp.ID) *IPsecSA {
	s := &IPsecSA{
		Conversation: c, MessageID: x.MessageID, Protocol: p.Protocol, SPI: spiOf(spi), Src: src, Dst: dst,
		Mode: "tunnel", SrcSelector: ts, DstSelector: td, Made: x.Response, EncapUnknown: true,
	}
	if x.Response.notified(useTransport) {
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
		if t.AdditionalKE() {
			s.further = append(s.further, suite.GroupName(t.ID))
		}
	}
	if x.Type == isakmp.ExchangeIKEAuth {
		s.PFSGroup = "" // the first child has no key exchange of its own (RFC 7296, section 1.2)
	}
	return s
}

// notified reports whether a message carries a notification of version 2.
func (m *Message) notified(kind uint16) bool {
	for _, p := range m.All(isakmp.PayloadNotify2) {
		if len(p.Body) >= 4 && binary.BigEndian.Uint16(p.Body[2:]) == kind {
			return true
		}
	}
	return false
}

// deriveChild computes the keys of both directions from one KEYMAT: those of the
// exchange's initiator first (RFC 7296, section 2.17).
func (c *Conversation) deriveChild(r *ring, x *ExchangeV2, out, in *IPsecSA) {
	if d := c.IKEv2.Keys.D; !d.IsZero() {
		c.childKeys(d, x, c.childAgreements(r, x), out, in)
	}
}

func (c *Conversation) childKeys(d keymat.SKd, x *ExchangeV2, agreements []agreed, out, in *IPsecSA) {
	enc, integ := out.Cipher.KeymatLen(), out.Integrity.KeyLen
	if enc+integ == 0 || len(out.further) > 0 || out.Protocol == isakmp.ProtocolESP && out.Cipher.IsZero() {
		return
	}
	ni, nr := x.nonces(c.Phase1)
	if ni == nil || nr == nil {
		return
	}
	for _, g := range agreements {
		for _, prf := range c.prfs() {
			k := d.Keymat(prf, keymat.ChildSA{Ni: ni, Nr: nr, GIR: g.secret}, 2*(enc+integ)).Bytes()
			for i, s := range [...]*IPsecSA{out, in} {
				half := k[i*(enc+integ):]
				s.Keys = append(s.Keys, SAKeys{keymat.NewSecret(half[:enc]), keymat.NewSecret(half[enc : enc+integ]), g.source, g.rung, g.tentative()})
			}
		}
	}
}

// nonces returns those of the exchange, or of IKE_SA_INIT for the first child.
func (x *ExchangeV2) nonces(p *Phase1) (ni, nr []byte) {
	if x.Type == isakmp.ExchangeIKEAuth {
		return p.NonceI, p.NonceR
	}
	return x.Request.bodyOf(isakmp.PayloadNonce2), x.Response.bodyOf(isakmp.PayloadNonce2)
}

// childAgreements returns the shared secrets that may belong to an exchange; one
// without a secret where it had no key exchange.
func (c *Conversation) childAgreements(r *ring, x *ExchangeV2) []agreed {
	group, gxr := keyExchange(x.Response)
	_, gxi := keyExchange(x.Request)
	if gxi == nil || gxr == nil {
		return []agreed{{source: c.Phase1.Ladder.DHSource, rung: c.Phase1.Ladder.Rung}}
	}
	g, _ := suite.GroupByID(group)
	found := c.laterAgreements(r, g, gxi, gxr)
	for _, a := range found {
		if a.proved {
			r.used.note(a.source, a.rung.String(), c)
		}
	}
	return found
}
