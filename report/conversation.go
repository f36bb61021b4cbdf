package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

// conversation tells one ISAKMP SA: phase 1, then what it protected.
func (p *page) conversation(t *tunnel, c *ikestate.Conversation, told *already) {
	switch {
	case c.Version() == 2:
		p.ikev2(t, c, told)
		return
	case c.Phase1 == nil:
		p.heading("IKE of an unknown version  "+cookies(c), "")
		p.messageTable(c, c.Messages)
		return
	}
	p.phase1(t, c)
	before, after := p.transactions(c)
	p.transactionTable(c, before)
	p.quickModes(t, c, told)
	p.facts(append(originalLines(c), lifetimeLines(c)...))
	p.transactionTable(c, after)
	p.informational(c, told)
	p.deletes(t, c)
}

// heading writes the title of a block and what belongs to it, in a second line
// where one is too short.
func (p *page) heading(title, right string) {
	p.blank()
	if right == "" || width(title)+width(right)+3 <= p.width {
		s := p.paint(bold, title)
		if right != "" {
			s += "   " + right
		}
		p.line(0, s)
		return
	}
	p.line(0, p.paint(bold, title))
	p.para(2, 4, right)
}

// phase1 tells the exchange that made the ISAKMP SA.
func (p *page) phase1(t *tunnel, c *ikestate.Conversation) {
	p.heading("Phase 1  "+phase1Name(c)+"  "+cookies(c), joinParts([]string{began(t, c), p.keyLine(c)}, ", "))
	var ms []*ikestate.Message
	for _, m := range c.Messages {
		if m.Header.MessageID == 0 && isPhase1(m) || !m.Encrypted() {
			ms = append(ms, m)
		}
	}
	p.messageTable(c, ms)
	p.proofs(c)
	p.disclosed("keys:", DisclosedOf(c))
}

// began says when a conversation began, where a tunnel had more than one: times
// in its tables count from then.
func began(t *tunnel, c *ikestate.Conversation) string {
	if len(t.conversations) < 2 || len(c.Messages) == 0 {
		return ""
	}
	return "began " + instant(c.Messages[0].Nanos)
}

func cookies(c *ikestate.Conversation) string { return c.CookieI.String() + ":" + c.CookieR.String() }

// phase1Name names the exchange of phase 1 as far as the capture shows it.
func phase1Name(c *ikestate.Conversation) string {
	if c.Phase1.Script.Name != "" {
		return c.Phase1.Script.Name
	}
	if m := firstOfPhase1(c); m != nil {
		return exchangeName(m.Header.Exchange) + ", not whole in the capture"
	}
	return "not in the capture"
}

// firstOfPhase1 is the first message of phase 1, in whatever state; nil if there is
// none.
func firstOfPhase1(c *ikestate.Conversation) *ikestate.Message {
	for _, m := range c.Messages {
		if isPhase1(m) {
			return m
		}
	}
	return nil
}

func isPhase1(m *ikestate.Message) bool {
	s, ok := ikestate.ScriptOf(m.Header.Exchange)
	return ok && s.Exchange != isakmp.ExchangeQuick
}

// line of a message table: a message, or its retransmissions.
type tableRow struct {
	m      *ikestate.Message
	frames []int64 // of retransmissions, all in this row
}

// fewRepeats is how many retransmissions of a message get a row each.
const fewRepeats = 3

// rows lists messages and their retransmissions in capture order; many
// retransmissions share a row.
func rows(ms []*ikestate.Message) (rs []tableRow) {
	for _, m := range ms {
		if m.JoinedAs != nil {
			continue // told with the message that it is a part of
		}
		rs = append(rs, tableRow{m: m})
		var frames []int64
		for _, r := range m.Repeats {
			frames = append(frames, r.Frame)
		}
		if len(frames) > fewRepeats {
			rs = append(rs, tableRow{m, frames})
			continue
		}
		for i := range frames {
			rs = append(rs, tableRow{m, frames[i : i+1]})
		}
	}
	slices.SortStableFunc(rs, func(a, b tableRow) int { return cmp.Compare(a.frame(), b.frame()) })
	return rs
}

func (r tableRow) frame() int64 {
	if len(r.frames) > 0 {
		return r.frames[0]
	}
	return r.m.Frame
}

func (r tableRow) nanos() int64 {
	if len(r.frames) == 0 {
		return r.m.Nanos
	}
	for _, x := range r.m.Repeats {
		if x.Frame == r.frames[0] {
			return x.Nanos
		}
	}
	return r.m.Nanos
}

// maxRows is how many messages of one exchange are told.
const maxRows = 40

// messageTable writes the messages of an exchange.
func (p *page) messageTable(c *ikestate.Conversation, ms []*ikestate.Message) {
	g := &grid{columns: []column{
		{title: "#", right: true}, {title: "packet", right: true}, {title: "time", right: true},
		{title: "from"}, {title: "message", flex: true, least: 30},
	}}
	all := rows(ms)
	for i, r := range all {
		if i == maxRows {
			break
		}
		place := ""
		if r.m.Position > 0 && len(r.frames) == 0 && numbered(r.m) {
			place = fmt.Sprint(r.m.Position)
		}
		g.add(place, count(r.frame()), apart(r.nanos()-c.Messages[0].Nanos), speaker(r.m), p.cell(c, r))
	}
	p.table(2, g)
	if n := len(all) - maxRows; n > 0 {
		p.line(2, p.dots+" and "+many(int64(n), "more row")+"; ikescope messages shows all")
	}
}

// cell is what a row says.
func (p *page) cell(c *ikestate.Conversation, r tableRow) string {
	switch n := len(r.frames); {
	case n > 1:
		return fmt.Sprintf("repeats packet %s, %d times until packet %s", count(r.m.Frame), n, count(r.frames[n-1]))
	case n == 1:
		return "repeats packet " + count(r.m.Frame)
	}
	return joinParts([]string{p.said(c, r.m), p.milestone(c, r.m)}, "  ")
}

// said summarises a message.
func (p *page) said(c *ikestate.Conversation, m *ikestate.Message) string {
	if m.Header.Major == 2 {
		return p.joined(m) + p.say2(c, m)
	}
	return p.joined(m) + p.say(c, m)
}

// joined says of which packets a message was put together.
func (p *page) joined(m *ikestate.Message) string {
	if len(m.Fragments) == 0 {
		return ""
	}
	first, last := m.Frame, m.Frame
	for _, f := range m.Fragments {
		first, last = min(first, f.Frame), max(last, f.Frame)
	}
	return fmt.Sprintf("%s in packets %s to %s: ", many(int64(len(m.Fragments)), "fragment"), count(first), count(last))
}

// speaker names the side of the ISAKMP SA that sent a message.
func speaker(m *ikestate.Message) string {
	if m.Header.Major > 1 {
		return role(m.Header.Flags&isakmp.FlagInitiator != 0) // RFC 7296, section 3.1
	}
	return role(m.FromInitiator)
}

// role names a side of the ISAKMP SA.
func role(initiator bool) string {
	if initiator {
		return ikestate.Initiator.String()
	}
	return ikestate.Responder.String()
}

// joinParts joins what was said, without what was empty.
func joinParts(parts []string, by string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), by)
}
