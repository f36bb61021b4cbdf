package report

import (
	"fmt"
	"slices"

	"ikescope/analysis"
	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

// manyQuickModes is how many Quick Modes of one ISAKMP SA are told in full. Of
// more, the first, the last and the incomplete ones are.
const manyQuickModes = 4

// quickModes tells the Quick Modes of a conversation, each with its SAs.
func (p *page) quickModes(t *tunnel, c *ikestate.Conversation, told map[*analysis.SA]bool) {
	var all []*ikestate.Exchange
	for _, x := range c.Exchanges {
		if x.Type == isakmp.ExchangeQuick {
			all = append(all, x)
		}
	}
	var brief []*ikestate.Exchange
	full := 0
	for i, x := range all {
		notable := i == 0 || i == len(all)-1 || x.Quick == nil || x.Quick.State != ikestate.Established
		if len(all) > manyQuickModes && (!notable || full > 2*manyQuickModes) {
			brief = append(brief, x)
			continue
		}
		full++
		p.quickMode(t, c, x, told)
	}
	if len(brief) > 0 {
		p.briefQuickModes(t, c, brief, told)
	}
}

// quickMode tells one Quick Mode.
func (p *page) quickMode(t *tunnel, c *ikestate.Conversation, x *ikestate.Exchange, told map[*analysis.SA]bool) {
	p.heading(fmt.Sprintf("Phase 2  Quick Mode %08x", x.MessageID), p.quickTitle(x))
	p.messageTable(c, x.Messages)
	if sas := t.sasOf(c, x.MessageID, told); len(sas) > 0 {
		p.blank()
		p.sas(sas)
	}
}

// quickTitle says what the exchange is about: PFS and who carries what.
func (p *page) quickTitle(x *ikestate.Exchange) string {
	q := x.Quick
	if q == nil || len(q.Offered) == 0 {
		return ""
	}
	pfs := "no PFS"
	if q.PFSGroup.Name != "" {
		pfs = "PFS " + algorithm(q.PFSGroup.Name)
	}
	return joinParts([]string{pfs, p.proxyIDs(q)}, "   ")
}

// proxyIDs writes the selectors of a Quick Mode, the initiator's first.
func (p *page) proxyIDs(q *ikestate.QuickMode) string {
	return p.text(selector(q.IDci, q.Initiator.Addr())) + " " + p.to + " " + p.text(selector(q.IDcr, q.Responder.Addr()))
}

// sasOf takes the SAs that an exchange made, and marks them as told.
func (t *tunnel) sasOf(c *ikestate.Conversation, mid uint32, told map[*analysis.SA]bool) (sas []*analysis.SA) {
	for _, s := range t.sas {
		if s.Conversation == c && s.MessageID == mid && !told[s] {
			told[s] = true
			sas = append(sas, s)
		}
	}
	slices.SortStableFunc(sas, func(a, b *analysis.SA) int { return a.Src.Compare(b.Src) })
	return sas
}

// briefQuickModes tells Quick Modes in one table of their SAs.
func (p *page) briefQuickModes(t *tunnel, c *ikestate.Conversation, xs []*ikestate.Exchange, told map[*analysis.SA]bool) {
	first, last := xs[0].Messages[0], xs[len(xs)-1].Messages
	p.heading(fmt.Sprintf("Phase 2  %s", many(int64(len(xs)), "more Quick Mode")),
		fmt.Sprintf("between packets %s and %s", count(first.Frame), count(last[len(last)-1].Frame)))
	var sas []*analysis.SA
	for _, x := range xs {
		sas = append(sas, t.sasOf(c, x.MessageID, told)...)
	}
	p.sas(sas)
}
