package report

import (
	"fmt"
	"math"
	"net/netip"
	"slices"

	"ikescope/analysis"
	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

// manyQuickModes is how many negotiations of one ISAKMP SA are told in full. Of
// more, the first, the last and the incomplete ones are.
const manyQuickModes = 4

// quickModes tells the Quick Modes of a conversation, each with its SAs.
func (p *page) quickModes(t *tunnel, c *ikestate.Conversation, told *already) {
	var all []*ikestate.Exchange
	for _, x := range c.Exchanges {
		if x.Type == isakmp.ExchangeQuick {
			all = append(all, x)
		}
	}
	p.negotiations(t, c, all, told)
}

// negotiations tells exchanges that make IPsec SAs.
func (p *page) negotiations(t *tunnel, c *ikestate.Conversation, all []*ikestate.Exchange, told *already) {
	var brief []*ikestate.Exchange
	full := 0
	for i, x := range all {
		notable := i == 0 || i == len(all)-1 || x.Quick == nil || x.Quick.State != ikestate.Established
		if len(all) > manyQuickModes && (!notable || full > 2*manyQuickModes) {
			brief = append(brief, x)
			continue
		}
		full++
		p.one(t, c, x, told)
	}
	if len(brief) > 0 {
		p.brief(t, brief, told)
	}
}

// one tells one exchange.
func (p *page) one(t *tunnel, c *ikestate.Conversation, x *ikestate.Exchange, told *already) {
	title := fmt.Sprintf("Phase 2  Quick Mode %08x", x.MessageID)
	if x.Type != isakmp.ExchangeQuick {
		title = fmt.Sprintf("%s %d", exchangeName(x.Type), x.MessageID)
	}
	p.heading(title, p.quickTitle(x))
	answers := refusals(c, x)
	for _, m := range answers {
		told.messages[m] = true
	}
	p.messageTable(c, append(slices.Clone(x.Messages), answers...))
	if sas := t.sasOf(x, told); len(sas) > 0 {
		p.blank()
		p.sas(sas)
	}
}

// refusals are the messages that answered an exchange with an error: of the other
// side, after its first message and before the next exchange begins. Nothing in
// IKEv1 but time ties them to it (RFC 2409, section 5.7).
func refusals(c *ikestate.Conversation, x *ikestate.Exchange) (ms []*ikestate.Message) {
	if x.Type != isakmp.ExchangeQuick || x.Quick != nil && len(x.Quick.SAs) > 0 {
		return nil
	}
	first, end := x.Messages[0], int64(math.MaxInt64)
	for _, other := range c.Exchanges {
		if at := other.Messages[0].Frame; other.Type == isakmp.ExchangeQuick && at > first.Frame {
			end = min(end, at)
		}
	}
	for _, n := range c.Notices {
		m := n.Message
		answers := n.Type.IsError() && m.FromInitiator != first.FromInitiator && m.Encrypted()
		if answers && m.Frame > first.Frame && m.Frame < end && !slices.Contains(ms, m) {
			ms = append(ms, m)
		}
	}
	return ms
}

// quickTitle says what the exchange is about: PFS and who carries what.
func (p *page) quickTitle(x *ikestate.Exchange) string {
	q := x.Quick
	if q == nil || len(q.Offered)+len(q.Chosen)+len(q.SAs) == 0 {
		return ""
	}
	group, further := q.PFSGroup.Name, []string(nil)
	if len(q.SAs) > 0 {
		group, further = q.SAs[0].PFSGroup, q.SAs[0].FurtherGroups
	}
	pfs := "no PFS"
	switch {
	case x.Type == isakmp.ExchangeIKEAuth: // its keys come of the IKE SA's own exchange
		pfs = ""
	case group != "":
		pfs = "PFS " + keyExchanges(group, further)
	}
	return joinParts([]string{pfs, p.proxyIDs(q)}, "   ")
}

// proxyIDs writes the selectors of a Quick Mode, the initiator's first; "" where the
// capture cut them.
func (p *page) proxyIDs(q *ikestate.QuickMode) string {
	if q.SelectorsCut {
		return ""
	}
	return p.text(selector(q.IDci, q.Initiator.Addr())) + " " + p.to + " " + p.text(selector(q.IDcr, q.Responder.Addr()))
}

// sasOf takes the SAs that an exchange made, and marks them as told.
func (t *tunnel) sasOf(x *ikestate.Exchange, told *already) (sas []*analysis.SA) {
	if x.Quick == nil {
		return nil
	}
	for _, made := range x.Quick.SAs {
		for _, s := range t.bySA[identityOf(made)] {
			if !told.sas[s] {
				told.sas[s] = true
				sas = append(sas, s)
			}
		}
	}
	slices.SortStableFunc(sas, func(a, b *analysis.SA) int { return a.Src.Compare(b.Src) })
	return sas
}

// saIdentity identifies an SA of a conversation (RFC 4301, section 4.1). A
// conversation that is rebuilt describes its SAs anew.
type saIdentity struct {
	conversation *ikestate.Conversation
	protocol     isakmp.Protocol
	spi          uint32
	dst          netip.Addr
}

func identityOf(s *ikestate.IPsecSA) saIdentity {
	return saIdentity{s.Conversation, s.Protocol, s.SPI, s.Dst}
}

// brief tells exchanges in one table of their SAs.
func (p *page) brief(t *tunnel, xs []*ikestate.Exchange, told *already) {
	first, last := xs[0].Messages[0], xs[len(xs)-1].Messages
	p.heading(many(int64(len(xs)), "more "+exchangeName(xs[0].Type)),
		fmt.Sprintf("between packets %s and %s", count(first.Frame), count(last[len(last)-1].Frame)))
	var sas []*analysis.SA
	for _, x := range xs {
		sas = append(sas, t.sasOf(x, told)...)
	}
	p.sas(sas)
}
