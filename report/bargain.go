package report

import (
	"fmt"
	"slices"
	"strings"

	"ikescope/decode/ikev2"
	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/suite"
)

// Bargain is a negotiation: what was offered against what was chosen.
type Bargain struct {
	Title   string
	Columns []string
	Offered [][]string // a row for each offer, a cell for each column
	Chosen  []string   // nil: nothing was
	About   string     // selectors
}

// Accepted reports whether an offer is what was chosen.
func (b Bargain) Accepted(offer []string) bool { return slices.Equal(offer, b.Chosen) }

// maxBargainOffers bounds the offers of one negotiation that are listed.
const maxBargainOffers = 32

// Bargains lists the negotiations of a conversation in order, and how many offers
// were left out.
func (w Words) Bargains(c *ikestate.Conversation) (all []Bargain) {
	if c.Phase1 != nil && len(c.Phase1.Offered) > 0 {
		all = append(all, phase1Bargain(c))
	}
	for _, x := range c.Exchanges {
		if x.Quick == nil {
			continue
		}
		b := childBargain(x)
		if x.Type == isakmp.ExchangeQuick {
			b = quickBargain(x)
		}
		if len(b.Offered) > 0 {
			b.About = w.p.proxyIDs(x.Quick)
			all = append(all, b)
		}
	}
	return all
}

func phase1Bargain(c *ikestate.Conversation) Bargain {
	p := c.Phase1
	b := Bargain{Title: "Phase 1", Columns: []string{"encryption", "hash", "group", "authentication", "lifetime"}}
	cells := func(q *ikestate.Proposal) []string {
		return []string{algorithm(q.Encryption), algorithm(q.HashName), algorithm(q.GroupName), authMethod(q.Auth), lifetime(q.LifetimeSeconds, q.LifetimeKilobytes)}
	}
	if c.Version() == 2 {
		b = Bargain{Title: "IKE SA", Columns: []string{"encryption", "PRF", "integrity", "group"}}
		cells = func(q *ikestate.Proposal) []string {
			return []string{algorithms(q.Encryption), algorithms(q.HashName), algorithms(q.IntegrityName), keyExchanges(q.GroupName, q.Additional)}
		}
	}
	for i := range p.Offered[:min(len(p.Offered), maxBargainOffers)] {
		b.Offered = append(b.Offered, cells(&p.Offered[i]))
	}
	if p.Chosen != nil && !p.ChoiceTried {
		b.Chosen = cells(p.Chosen)
	}
	return b
}

// algorithms writes names that a comma joins.
func algorithms(names string) string {
	all := strings.Split(names, ",")
	for i, n := range all {
		all[i] = algorithm(n)
	}
	return strings.Join(all, ", ")
}

func quickBargain(x *ikestate.Exchange) Bargain {
	b := Bargain{Title: fmt.Sprintf("Quick Mode %08x", x.MessageID), Columns: []string{"protocol", "algorithms", "PFS", "lifetime"}}
	rows := func(ps []isakmp.Proposal) (out [][]string) {
		for _, prop := range ps {
			for _, t := range prop.Transforms {
				if len(out) < maxBargainOffers {
					out = append(out, quickCells(prop, t))
				}
			}
		}
		return out
	}
	b.Offered = rows(x.Quick.Offered)
	if chosen := rows(x.Quick.Chosen); len(chosen) > 0 {
		b.Chosen = chosen[0]
	}
	return b
}

func quickCells(prop isakmp.Proposal, t isakmp.Transform) []string {
	a := t.IPsec()
	pfs := "no PFS"
	if a.Group != 0 {
		pfs = algorithm(suite.GroupName(a.Group))
	}
	seconds, _ := a.Lifetime(isakmp.LifeSeconds)
	kilobytes, _ := a.Lifetime(isakmp.LifeKilobytes)
	return []string{strings.TrimSpace(prop.Protocol.Title() + " " + a.Encapsulation.Title()), t.Title(prop.Protocol), pfs, lifetime(seconds, kilobytes)}
}

// childBargain is the negotiation of a child SA in version 2, which offers
// algorithms of each kind rather than whole suites.
func childBargain(x *ikestate.Exchange) Bargain {
	b := Bargain{Title: fmt.Sprintf("%s %d", exchangeName(x.Type), x.MessageID), Columns: []string{"protocol", "algorithms"}}
	rows := func(m *ikestate.Message) (out [][]string) {
		for _, pl := range m.All(isakmp.PayloadSA2) {
			sa, _ := ikev2.ParseSA(pl.Body)
			for _, prop := range sa[:min(len(sa), maxBargainOffers)] {
				name, text, _ := strings.Cut(proposal2(prop), " ")
				out = append(out, []string{name, text})
			}
		}
		return out
	}
	b.Offered = rows(x.Quick.Flights[0])
	if chosen := rows(x.Quick.Flights[1]); len(chosen) > 0 {
		b.Chosen = chosen[0]
	}
	return b
}
