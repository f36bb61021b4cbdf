package ikestate

import (
	"net/netip"

	"ikescope/decode/isakmp"
	"ikescope/keymat"
	"ikescope/suite"
)

// QuickMode is the exchange that makes IPsec SAs (RFC 2409, section 5.5).
type QuickMode struct {
	MessageID uint32
	Initiator netip.AddrPort // of this exchange; either peer of the ISAKMP SA
	Responder netip.AddrPort
	Flights   [3]*Message // by position; nil: missing or not read

	Offered []isakmp.Proposal
	Chosen  []isakmp.Proposal // more than one: a bundle
	IDci    *isakmp.ID        // selector of the initiator's side, nil: its address
	IDcr    *isakmp.ID
	// SelectorsCut: neither message that would have IDci and IDcr is whole in the
	// capture, so that their absence says nothing.
	SelectorsCut bool
	PFSGroup     suite.Group // zero without PFS
	// OriginalI and OriginalR are the addresses that NAT-OA payloads tell (RFC 3947,
	// section 5.2), zero where none do.
	OriginalI, OriginalR netip.Addr
	SAs                  []*IPsecSA
	State                State
	// Commit: the commit bit was set, so that the SAs wait for CONNECTED (RFC 2408,
	// section 3.1). Connected is the message that said so.
	Commit    bool
	Connected *Message
	Refusal   *Notice // the error that answered it
}

// solveQuick reads a Quick Mode. It needs the exchange's messages opened.
func (c *Conversation) solveQuick(r *ring, x *Exchange) {
	q := &QuickMode{MessageID: x.MessageID}
	x.Quick = q
	q.cast(c, x)
	q.read(c)
	if q.Flights[0] != nil && q.Flights[1] != nil {
		c.makeSAs(r, q)
	}
	q.judge(x)
}

// cast gives each message its position: by the hash that it proved, else by its
// sender and order.
func (q *QuickMode) cast(c *Conversation, x *Exchange) {
	first := x.Messages[0]
	for _, m := range x.Messages {
		if m.Position == 1 {
			first = m
		}
	}
	if first.Position == 0 && c.answers(x, first) {
		first.Position = 2
	}
	if first.Position == 2 {
		q.Initiator, q.Responder = first.Dst, first.Src
	} else {
		q.Initiator, q.Responder = first.Src, first.Dst
	}
	for _, m := range x.Messages { // what a hash proved comes first
		q.put(m)
		q.Commit = q.Commit || m.Header.Flags&isakmp.FlagCommit != 0
	}
	for _, m := range x.Messages {
		if m.Position == 0 {
			m.Position = q.place(c, m, first)
			q.put(m)
		}
	}
}

// answers reports whether a message without the first one in the capture is the
// responder's: it brings the only SA payload, whole, and HASH(1) does not fit it.
func (c *Conversation) answers(x *Exchange, m *Message) bool {
	if c.Phase1.Ladder.A.IsZero() || !m.Decrypted || m.Missing > 0 || m.Verified == Verified {
		return false
	}
	for _, other := range x.Messages {
		if _, hasSA := other.First(isakmp.PayloadSA); hasSA != (other == m) {
			return false
		}
	}
	return true
}

func (q *QuickMode) put(m *Message) {
	if i := m.Position - 1; i >= 0 && i < len(q.Flights) && q.Flights[i] == nil {
		q.Flights[i] = m
	}
}

// place guesses a position from the sender and, where it was read, the content.
func (q *QuickMode) place(c *Conversation, m, first *Message) int {
	switch _, hasSA := m.First(isakmp.PayloadSA); {
	case m == first:
		return 1
	case c.fromInitiator(m.Src) != c.fromInitiator(q.Initiator):
		return 2
	case m.Decrypted && hasSA:
		return 0
	default:
		return 3
	}
}

// read takes proposals, selectors and group from the messages.
func (q *QuickMode) read(c *Conversation) {
	q.Offered = q.proposals(0)
	q.Chosen = firstSuite(q.proposals(1))
	q.originals()
	ids := q.Flights[0].All(isakmp.PayloadID)
	if len(ids) < 2 {
		ids = q.Flights[1].All(isakmp.PayloadID)
	}
	if len(ids) == 2 {
		q.IDci, q.IDcr = parseID(ids[0].Body), parseID(ids[1].Body)
	}
	q.SelectorsCut = len(ids) < 2 && !q.Flights[0].whole() && !q.Flights[1].whole()
	for _, p := range append(q.Chosen, q.Offered...) {
		for _, t := range p.Transforms {
			if id := t.IPsec().Group; id != 0 && q.PFSGroup.ID == 0 {
				q.PFSGroup = c.groupByID(id)
			}
		}
	}
}

// firstSuite returns the proposals that share the first one's number: together
// they are what is applied (RFC 2408, section 4.2). A responder should send no
// more; strongSwan sends the suite without IPComp behind the one with it.
func firstSuite(ps []isakmp.Proposal) (suite []isakmp.Proposal) {
	for _, p := range ps {
		if p.Number == ps[0].Number {
			suite = append(suite, p)
		}
	}
	return suite
}

func parseID(body []byte) *isakmp.ID {
	id, err := isakmp.ParseID(body)
	if err != nil {
		return nil
	}
	return &id
}

func (q *QuickMode) proposals(flight int) (ps []isakmp.Proposal) {
	for _, p := range q.Flights[flight].All(isakmp.PayloadSA) {
		sa, _ := isakmp.ParseSA(p.Body) // what stands before damage counts
		ps = append(ps, sa.Proposals...)
	}
	return ps
}

// makeSAs builds both directions of every protocol that the responder chose. The
// SPI that a side sends is the one on which it receives (RFC 2408, section 3.5).
func (c *Conversation) makeSAs(r *ring, q *QuickMode) {
	for _, chosen := range q.Chosen {
		if len(chosen.Transforms) == 0 {
			continue
		}
		offered := q.offer(chosen)
		c.makeSA(r, q, chosen, chosen.SPI, true)
		if offered != nil {
			c.makeSA(r, q, chosen, offered.SPI, false)
		}
	}
}

// offer finds the proposal that the responder's choice answers.
func (q *QuickMode) offer(chosen isakmp.Proposal) *isakmp.Proposal {
	var byProtocol *isakmp.Proposal
	for i := range q.Offered {
		o := &q.Offered[i]
		if o.Protocol != chosen.Protocol {
			continue
		}
		if o.Number == chosen.Number {
			return o
		}
		if byProtocol == nil {
			byProtocol = o
		}
	}
	return byProtocol
}

func (c *Conversation) makeSA(r *ring, q *QuickMode, p isakmp.Proposal, spi []byte, toResponder bool) {
	s := &IPsecSA{
		Conversation: c, MessageID: q.MessageID, Protocol: p.Protocol, SPI: spiOf(spi),
		SrcSelector: q.IDcr, DstSelector: q.IDci, SelectorsCut: q.SelectorsCut, Made: q.last(),
	}
	from, to := q.Responder, q.Initiator
	if toResponder {
		from, to = to, from
		s.SrcSelector, s.DstSelector = q.IDci, q.IDcr
	}
	s.Src, s.Dst = from.Addr(), to.Addr()
	s.setTransform(p.Transforms[0])
	if s.Encap != EncapNone {
		s.SrcPort, s.DstPort = from.Port(), to.Port()
	}
	s.PFSGroup = q.PFSGroup.Name
	c.deriveSA(r, q, s, spi)
	c.IPsecSAs = append(c.IPsecSAs, s)
	q.SAs = append(q.SAs, s)
}

// deriveSA computes KEYMAT. With PFS each shared secret that may belong to the
// exchange gives one candidate; one proved by a private value is the only one.
func (c *Conversation) deriveSA(r *ring, q *QuickMode, s *IPsecSA, spi []byte) {
	l := c.Phase1.Ladder
	if s.Protocol == isakmp.ProtocolIPComp {
		return
	}
	in := keymat.QuickMode{
		Protocol: uint8(s.Protocol), SPI: spi,
		NiB: q.Flights[0].bodyOf(isakmp.PayloadNonce),
		NrB: q.Flights[1].bodyOf(isakmp.PayloadNonce),
	}
	prf := c.Phase1.material.PRF
	s.seedsCut = in.NiB == nil || in.NrB == nil || q.publicsCut()
	if l.D.IsZero() || s.seedsCut {
		return
	}
	gxi, gxr := q.Flights[0].bodyOf(isakmp.PayloadKE), q.Flights[1].bodyOf(isakmp.PayloadKE)
	if gxi == nil || gxr == nil {
		s.derive(l.D, prf, in, agreed{source: l.DHSource, rung: l.Rung})
		return
	}
	for _, a := range c.laterAgreements(r, q.PFSGroup, gxi, gxr) {
		in.GQMXY = a.secret
		s.derive(l.D, prf, in, a)
		if a.proved {
			r.used.note(a.source, a.rung.String(), c)
		}
	}
}

// publicsCut reports whether the exchange has PFS, and the capture cut its public
// values.
func (q *QuickMode) publicsCut() bool {
	lost := func(m *Message) bool { return m.bodyOf(isakmp.PayloadKE) == nil && m.Missing > 0 }
	return q.PFSGroup.ID != 0 && (lost(q.Flights[0]) || lost(q.Flights[1]))
}

// last returns the message that completed the negotiation.
func (q *QuickMode) last() *Message {
	for i := len(q.Flights) - 1; i >= 0; i-- {
		if q.Flights[i] != nil {
			return q.Flights[i]
		}
	}
	return nil
}

// judge decides how far the exchange came.
func (q *QuickMode) judge(x *Exchange) {
	switch {
	case q.Flights[2] != nil, q.Flights[1] != nil && len(q.SAs) > 0:
		q.State = Established
	default:
		q.State = Incomplete
	}
}
