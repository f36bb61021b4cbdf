package report

import (
	"fmt"
	"strings"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/suite"
)

// fewOffers is how many transforms of an offer are written out.
const fewOffers = 3

// offer writes the proposals of an SA payload.
func (p *page) offer(c *ikestate.Conversation, m *ikestate.Message, pl isakmp.Payload) string {
	sa, err := isakmp.ParseSA(pl.Body)
	var s string
	if m.Header.Exchange == isakmp.ExchangeQuick {
		s = answerTo(c, m, phase2Offer(sa))
	} else {
		s = p.phase1Offer(c, m)
	}
	if err != nil {
		s += " " + p.wrong() + " " + p.text(err.Error())
	}
	return s
}

func (p *page) phase1Offer(c *ikestate.Conversation, m *ikestate.Message) string {
	ph := c.Phase1
	if ph == nil {
		ph = &ikestate.Phase1{}
	}
	if !m.FromInitiator {
		if ph.Chosen == nil {
			return "SA without a choice"
		}
		chosen := phase1Proposal(ph.Chosen)
		switch n := len(ph.Offered); {
		case n == 1 && phase1Proposal(&ph.Offered[0]) == chosen:
			return "SA: accepted"
		case n > 1:
			return fmt.Sprintf("SA: chosen number %d of %d: %s", ph.Chosen.Transform, n, chosen)
		default:
			return "SA: chosen " + chosen
		}
	}
	var texts []string
	for i := range ph.Offered {
		texts = append(texts, phase1Proposal(&ph.Offered[i]))
	}
	return "SA: " + several(texts)
}

// answerTo writes the responder's choice in a Quick Mode; where it is the only
// offer there was, that is said instead.
func answerTo(c *ikestate.Conversation, m *ikestate.Message, choice string) string {
	if m.Position != 2 {
		return choice
	}
	for _, x := range c.Exchanges {
		if x.Quick == nil || x.MessageID != m.Header.MessageID || x.Quick.Flights[0] == nil {
			continue
		}
		if phase2Offer(isakmp.SA{Proposals: x.Quick.Offered}) == choice {
			return "accepted"
		}
	}
	return "chosen " + choice
}

// several writes alternatives: the one there is, or the first few with their
// number in front.
func several(texts []string) string {
	switch n := len(texts); {
	case n == 0:
		return "nothing offered"
	case n == 1:
		return texts[0]
	case n > fewOffers:
		return fmt.Sprintf("%d choices: %s | and %d more", n, strings.Join(texts[:fewOffers], " | "), n-fewOffers)
	default:
		return fmt.Sprintf("%d choices: %s", n, strings.Join(texts, " | "))
	}
}

// phase2Offer writes the proposals of a Quick Mode; those with the same number
// are meant together (RFC 2408, section 4.2).
func phase2Offer(sa isakmp.SA) string {
	var bundles []string
	for i := 0; i < len(sa.Proposals); {
		next := i
		var parts []string
		for ; next < len(sa.Proposals) && sa.Proposals[next].Number == sa.Proposals[i].Number; next++ {
			parts = append(parts, phase2Proposal(sa.Proposals[next]))
		}
		bundles = append(bundles, strings.Join(parts, " and "))
		i = next
	}
	return several(bundles)
}

// phase2Proposal writes one proposal: protocol, mode and transforms.
func phase2Proposal(prop isakmp.Proposal) string {
	name := prop.Protocol.Title()
	var texts []string
	for i, t := range prop.Transforms {
		a := t.IPsec()
		if i == 0 && a.Encapsulation != 0 {
			name += " " + a.Encapsulation.Title()
		}
		texts = append(texts, strings.TrimSpace(t.Title(prop.Protocol)+transformLimits(a)))
	}
	return name + ", " + several(texts)
}

// transformLimits writes what else a transform asks for.
func transformLimits(a isakmp.IPsecAttributes) string {
	s := ""
	if a.Group != 0 {
		s += ", PFS " + algorithm(suite.GroupName(a.Group))
	}
	seconds, _ := a.Lifetime(isakmp.LifeSeconds)
	kilobytes, _ := a.Lifetime(isakmp.LifeKilobytes)
	if l := lifetime(seconds, kilobytes); l != "" {
		s += ", " + l
	}
	return s
}
