package report

import (
	"fmt"
	"slices"
	"strings"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

// ikev2 tells an IKE SA of version 2: the first exchanges, the child SAs, then
// what else was said (RFC 7296).
func (p *page) ikev2(t *tunnel, c *ikestate.Conversation, told *already) {
	p.heading(fmt.Sprintf("IKEv%d  IKE SA  %s", c.Version(), cookies(c)), joinParts([]string{began(t, c), p.keyLine(c)}, ", "))
	children := map[*ikestate.Message]bool{}
	var first, others []*ikestate.Message
	for _, x := range c.Exchanges {
		for _, m := range x.Messages {
			children[m] = true
		}
	}
	for _, m := range c.Messages {
		switch {
		case isFirst(m):
			first = append(first, m)
		case !children[m]:
			others = append(others, m)
		}
	}
	p.messageTable(c, first)
	if c.Phase1 != nil {
		p.proofs(c)
		p.disclosed("keys:", DisclosedOf(c))
	}
	p.children(t, c, told)
	p.otherExchanges(c, others)
	if v := c.IKEv2; v != nil && v.RekeyedTo != nil {
		p.blank()
		p.line(0, "Rekeyed: its successor is the IKE SA "+cookies(v.RekeyedTo)+".")
	}
}

// isFirst reports whether a message belongs to the exchanges that make an IKE SA.
func isFirst(m *ikestate.Message) bool {
	switch m.Header.Exchange {
	case isakmp.ExchangeIKESAInit, isakmp.ExchangeIKEAuth, isakmp.ExchangeIntermediate, exchangeResume:
		return true
	}
	return false
}

// exchangeResume is IKE_SESSION_RESUME (RFC 5723).
const exchangeResume isakmp.ExchangeType = 38

// children tells the child SAs: the first one came of IKE_AUTH, which is told
// already.
func (p *page) children(t *tunnel, c *ikestate.Conversation, told *already) {
	var created []*ikestate.Exchange
	for _, x := range c.Exchanges {
		if x.Type != isakmp.ExchangeIKEAuth {
			created = append(created, x)
			continue
		}
		if sas := t.sasOf(x, told); len(sas) > 0 {
			p.heading("Child SA of IKE_AUTH", p.quickTitle(x))
			p.sas(sas)
		}
	}
	p.negotiations(t, c, created, told)
}

// otherExchanges tells what made no child SA. Empty messages ask whether the peer
// is alive (RFC 7296, section 1.4) and are summed up.
func (p *page) otherExchanges(c *ikestate.Conversation, ms []*ikestate.Message) {
	var shown, unread []*ikestate.Message
	alive := int64(0)
	for _, m := range ms {
		switch {
		case m.Encrypted() && !m.Decrypted:
			unread = append(unread, m)
		case len(m.Payloads) == 0:
			alive++
		default:
			shown = append(shown, m)
		}
	}
	if len(ms) == 0 {
		return
	}
	p.heading("Other exchanges", "")
	p.messageTable(c, shown)
	if alive > 0 {
		p.para(2, 4, many(alive, "empty message")+" (is the peer alive, or an answer).")
	}
	p.unreadByExchange(unread)
}

// unreadByExchange names encrypted messages that could not be read; their headers
// say of which exchange they are.
func (p *page) unreadByExchange(ms []*ikestate.Message) {
	for len(ms) > 0 {
		x := ms[0].Header.Exchange
		other := func(m *ikestate.Message) bool { return m.Header.Exchange != x }
		p.unread("encrypted "+exchangeName(x)+" message", slices.DeleteFunc(slices.Clone(ms), other))
		ms = slices.DeleteFunc(slices.Clone(ms), func(m *ikestate.Message) bool { return !other(m) })
	}
}

// say2 summarises a message of version 2.
func (p *page) say2(c *ikestate.Conversation, m *ikestate.Message) string {
	name := exchangeName(m.Header.Exchange)
	if m.Encrypted() && !m.Decrypted {
		return name + ", " + p.closed(m)
	}
	if madeSA(c, m) {
		name = "" // the block's heading has it
	}
	var parts []string
	for _, pl := range m.Payloads {
		parts = append(parts, p.payload2(c, m, pl))
	}
	parts = append(parts, p.selectors(m), p.natDetection(m), capabilities(m), p.vendors(m), p.damage(m))
	s := joinParts([]string{name, joinParts(parts, "; ")}, ": ")
	if m.Encrypted() {
		s = joinParts([]string{s, p.proof("SK", m.Verified)}, "; ")
	}
	return s
}

// madeSA reports whether a message is told in the block of the child SA that it
// helped to make.
func madeSA(c *ikestate.Conversation, m *ikestate.Message) bool {
	return slices.ContainsFunc(c.Exchanges, func(x *ikestate.Exchange) bool {
		return x.Type != isakmp.ExchangeIKEAuth && slices.Contains(x.Messages, m)
	})
}

// closed says of an encrypted message that it could not be read.
func (p *page) closed(m *ikestate.Message) string {
	s := "encrypted, " + many(int64(m.Header.Length), "octet")
	if m.Note != "" && !strings.HasPrefix(m.Note, noKey) {
		s += ": " + p.text(m.Note)
	}
	return s
}
