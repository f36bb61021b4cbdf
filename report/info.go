package report

import (
	"fmt"
	"slices"
	"strings"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

// transactions are XAUTH and Mode-Config, those before the first Quick Mode apart
// from those behind it.
func (p *page) transactions(c *ikestate.Conversation) (before, after []*ikestate.Message) {
	quick := false
	for _, x := range c.Exchanges {
		switch {
		case x.Type == isakmp.ExchangeQuick:
			quick = true
		case x.Type != isakmp.ExchangeTransaction:
		case quick:
			after = append(after, x.Messages...)
		default:
			before = append(before, x.Messages...)
		}
	}
	return before, after
}

func (p *page) transactionTable(c *ikestate.Conversation, ms []*ikestate.Message) {
	if len(ms) > 0 {
		p.heading("XAUTH and Mode-Config", "")
		p.messageTable(c, ms)
		p.logins(c, ms)
	}
}

// attributes writes a Mode-Config or XAUTH payload. Passwords never show here;
// the tree of fields has them where they were asked for.
func (p *page) attributes(pl isakmp.Payload) string {
	tree := pl.Tree(isakmp.TreeContext{MaxHex: 32})
	a, err := isakmp.ParseAttributes(pl.Body)
	parts := []string{}
	for _, n := range tree.Children {
		if !isConfig(a, n.Name) {
			continue
		}
		s := n.Name
		if n.Secret {
			s += " " + hiddenValue
		} else if n.Value != "" {
			s += " " + n.Value
		}
		parts = append(parts, p.text(s))
	}
	s := a.Type.String() + ": " + strings.Join(parts, ", ")
	if err != nil {
		s += " " + p.wrong() + " " + p.text(err.Error())
	}
	return s
}

func isConfig(a isakmp.Attributes, name string) bool {
	return slices.ContainsFunc(a.List, func(at isakmp.Attribute) bool { return isakmp.ConfigAttribute(at.Type).String() == name })
}

// informational tells what was said outside of negotiations. Deletes have a line
// of their own; dead peer detection is summed up.
func (p *page) informational(c *ikestate.Conversation, told *already) {
	var ms, dpd, unread []*ikestate.Message
	for _, x := range c.Exchanges {
		if x.Type == isakmp.ExchangeQuick || x.Type == isakmp.ExchangeTransaction {
			continue
		}
		for _, m := range x.Messages {
			switch {
			case told.messages[m]:
			case !m.Decrypted:
				unread = append(unread, m)
			case isDPD(m):
				dpd = append(dpd, m)
			case !onlyDeletes(m):
				ms = append(ms, m)
			}
		}
	}
	if len(ms)+len(dpd)+len(unread) == 0 {
		return
	}
	p.heading("Informational", "")
	p.messageTable(c, ms)
	p.livenessChecks(c, dpd)
	p.unread("encrypted message", unread)
}

// unread counts and names encrypted messages that could not be read.
func (p *page) unread(what string, ms []*ikestate.Message) {
	if len(ms) > 0 {
		p.para(2, 4, many(int64(len(ms)), what)+": "+messageFrames(ms))
	}
}

func isDPD(m *ikestate.Message) bool {
	return slices.ContainsFunc(notifies(m), func(n isakmp.Notify) bool { _, ok := n.Sequence(); return ok })
}

func notifies(m *ikestate.Message) (ns []isakmp.Notify) {
	for _, pl := range m.All(isakmp.PayloadNotify) {
		if n, err := isakmp.ParseNotify(pl.Body); err == nil {
			ns = append(ns, n)
		}
	}
	return ns
}

func onlyDeletes(m *ikestate.Message) bool {
	_, found := m.First(isakmp.PayloadDelete)
	return found && len(m.All(isakmp.PayloadNotify)) == 0 && m.Problem == nil
}

func messageFrames(ms []*ikestate.Message) string {
	var ns []int64
	for _, m := range ms {
		ns = append(ns, m.Frame)
	}
	return frames(ns)
}

// livenessChecks sums up dead peer detection (RFC 3706). A request that is sent
// again has the same sequence number; one answer serves all of them.
func (p *page) livenessChecks(c *ikestate.Conversation, ms []*ikestate.Message) {
	if len(ms) == 0 {
		return
	}
	type question struct {
		by  ikestate.Speaker
		seq uint32
	}
	asked, silent := map[question]bool{}, map[question]bool{}
	var open []int64
	for _, x := range c.Probes() {
		q := question{x.By, x.Sequence}
		asked[q] = true
		if x.Answer == nil {
			silent[q] = true
			open = append(open, x.Asked.Frame)
		}
	}
	s := fmt.Sprintf("Dead peer detection: %s, %s answered, packets %s to %s",
		many(int64(len(asked)), "request"), count(int64(len(asked)-len(silent))), count(ms[0].Frame), count(ms[len(ms)-1].Frame))
	if len(open) > 0 {
		s += "; without an answer: " + frames(open)
	}
	p.para(2, 4, s+".")
}

// deletes says who ended which SA.
func (p *page) deletes(t *tunnel, c *ikestate.Conversation) {
	if len(c.Deletes) == 0 {
		return
	}
	p.blank()
	for _, fromInitiator := range []bool{true, false} {
		var parts []string
		who := ""
		for _, d := range c.Deletes {
			if d.Message.FromInitiator == fromInitiator {
				who = d.Message.Src.Addr().String()
				parts = append(parts, count(d.Message.Frame)+" ("+p.deleted(d)+")")
			}
		}
		const most = 12
		if len(parts) > most {
			parts = append(parts[:most], fmt.Sprintf("and %d more", len(parts)-most))
		}
		switch len(parts) {
		case 0:
		case 1:
			p.para(0, 2, "Deleted by "+who+": packet "+parts[0]+".")
		default:
			p.para(0, 2, "Deleted by "+who+": packets "+strings.Join(parts, ", ")+".")
		}
	}
}

// deleted names what a Delete payload ends.
func (p *page) deleted(d ikestate.Delete) string {
	if d.Protocol == isakmp.ProtocolISAKMP {
		return "ISAKMP SA"
	}
	return d.Protocol.Title() + " " + spiList(d.SPIs)
}

// spiList writes the SPIs of a Delete payload, the first few of many.
func spiList(all [][]byte) string {
	const most = 4
	var spis []string
	for _, s := range all[:min(len(all), most)] {
		spis = append(spis, spiOctets(s))
	}
	if n := len(all) - most; n > 0 {
		spis = append(spis, fmt.Sprintf("and %d more", n))
	}
	return strings.Join(spis, " ")
}
