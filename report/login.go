package report

import (
	"slices"
	"strings"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

// logins sums up the transactions among ms: who logged in with what outcome, and
// what was configured.
func (p *page) logins(c *ikestate.Conversation, ms []*ikestate.Message) {
	for _, l := range p.loginLines(c, ms) {
		p.para(2, 4, l)
	}
}

// loginLines tells of the transactions among ms, of all where ms is nil.
func (p *page) loginLines(c *ikestate.Conversation, ms []*ikestate.Message) (lines []string) {
	if x := c.XAUTH(); x != nil && in(ms, x.Transactions[0]) {
		lines = append(lines, p.login(x))
	}
	for _, m := range c.ModeConfigs() {
		if l := p.configured(m); l != "" && in(ms, m.Transaction) {
			lines = append(lines, l)
		}
	}
	return lines
}

// in reports whether a message of the transaction is among ms, or ms is nil.
func in(ms []*ikestate.Message, t *ikestate.Transaction) bool {
	return ms == nil || slices.ContainsFunc([]*ikestate.ConfigMessage{t.Ask, t.Answer}, func(m *ikestate.ConfigMessage) bool {
		return m != nil && slices.Contains(ms, m.Message)
	})
}

// login says who logged in.
func (p *page) login(x *ikestate.XAUTH) string {
	s := "XAUTH: a user whose name is not known"
	if x.User != "" {
		s = "XAUTH: user " + p.text(x.User)
	}
	if x.Domain != "" {
		s += " of domain " + p.text(x.Domain)
	}
	for _, v := range x.Secrets {
		s += ", " + v.Type.String() + " " + p.secretText(v)
	}
	switch x.Status {
	case ikestate.XAUTHOK:
		s += "; accepted by the " + x.Gateway.String() + " " + p.good()
	case ikestate.XAUTHFailed:
		s += "; refused by the " + x.Gateway.String() + " " + p.wrong()
	default:
		s += "; the outcome is not known"
	}
	if x.Status != ikestate.XAUTHUnknown && !x.Acknowledged {
		s += ", not acknowledged"
	}
	for _, says := range x.Says {
		s += "; it says " + p.text(says)
	}
	return s + "."
}

// secretText is a password, hidden unless keys were asked for.
func (p *page) secretText(v ikestate.ConfigValue) string {
	if !p.keys {
		return hiddenValue
	}
	return p.text(string(v.Secret.Bytes()))
}

// configured says what one side configured the other with, "" for nothing.
func (p *page) configured(m ikestate.ModeConfig) string {
	var values []string
	has := map[isakmp.ConfigAttribute]bool{}
	for _, v := range m.Given {
		text := p.text(v.Text)
		if !v.Secret.IsZero() {
			text = p.secretText(v)
		}
		values = append(values, v.Type.String()+" "+text)
		has[v.Type] = true
	}
	lead := "Configured by the " + m.Gateway.String() + ", as asked"
	rest, what := m.Asked, "not given"
	if m.Push {
		lead, rest, what = "Configured by the "+m.Gateway.String()+", unasked", m.Accepted, "accepted without a value of it"
	}
	var missing []string
	for _, a := range rest {
		if !has[a] {
			missing = appendNew(missing, a.String())
		}
	}
	if len(values) == 0 {
		values = []string{"nothing"}
	}
	s := lead + ": " + strings.Join(values, ", ")
	if len(missing) > 0 {
		s += "; " + what + ": " + strings.Join(missing, ", ")
	}
	if m.Push {
		s += p.acknowledged(m)
	}
	return s + "."
}

// acknowledged says what of a push was accepted, where it was not all of it.
func (p *page) acknowledged(m ikestate.ModeConfig) string {
	if m.Transaction.Answer == nil {
		return "; not acknowledged"
	}
	var refused []string
	for _, v := range m.Given {
		if !slices.Contains(m.Accepted, v.Type) {
			refused = appendNew(refused, v.Type.String())
		}
	}
	if len(refused) == 0 {
		return "; all accepted"
	}
	return "; not accepted: " + strings.Join(refused, ", ")
}
