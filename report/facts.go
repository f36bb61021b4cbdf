package report

import (
	"iter"
	"net/netip"
	"strings"

	"ikescope/analysis"
	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

// Facts are what a conversation tells of the peers themselves, under one title.
type Facts struct {
	Title string
	Lines []string
}

// Facts tells of NATs between the peers, of their certificates and proofs, who
// logged in and what was configured, and which lifetimes the responder keeps; a
// group only where there is something to say. Passwords show with ShowKeys.
func (w Words) Facts(c *ikestate.Conversation, o Options) (all []Facts) {
	if c.Phase1 == nil {
		return nil
	}
	p := newPage(nil, Options{Unicode: true, ShowKeys: o.ShowKeys})
	groups := []Facts{
		{"NAT", append(natLines(c), originalLines(c)...)},
		{"Certificates and proofs", p.proofLines(c)},
		{"XAUTH and Mode-Config", p.loginLines(c, nil)},
		{"Lifetimes", lifetimeLines(c)},
	}
	for _, g := range groups {
		if len(g.Lines) > 0 {
			all = append(all, g)
		}
	}
	return all
}

// facts writes in the terminal's report those lines that no other block has.
func (p *page) facts(lines []string) {
	if len(lines) > 0 {
		p.blank()
	}
	for _, l := range lines {
		p.para(2, 4, l)
	}
}

// natLines says of either side whether a NAT is in front of it.
func natLines(c *ikestate.Conversation) (lines []string) {
	n := c.NAT()
	if n.Sides[0].Status == ikestate.NATNone && n.Sides[1].Status == ikestate.NATNone {
		return []string{"No NAT between the peers."}
	}
	for s, side := range n.Sides {
		who := capitalized(ikestate.Speaker(s).String())
		switch {
		case len(side.Messages) == 0:
			continue
		case side.Status == ikestate.NATForced:
			lines = append(lines, who+": false NAT-D hashes, which force UDP encapsulation.")
			continue
		case side.Status == ikestate.NATNone:
			lines = append(lines, who+": no NAT.")
			continue
		case side.Status == ikestate.NATUnknown:
			lines = append(lines, who+": not known; the NAT-D payloads of one side only are in the capture.")
			continue
		}
		l := who + ": behind a NAT"
		if side.Unsure {
			l += ", or UDP encapsulation is forced"
		}
		if side.Own.IsValid() {
			l += "; believes to be " + side.Own.String()
		}
		if side.Seen.IsValid() {
			l += "; its peer sees " + side.Seen.String()
		}
		lines = append(lines, l+".")
	}
	return lines
}

func capitalized(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// originals are the addresses that the ends of a Quick Mode have before any NAT, as
// its NAT-OA payloads say (RFC 3947, section 5.2); "" where none does.
func originals(q *ikestate.QuickMode) string {
	var parts []string
	if q.OriginalI.IsValid() {
		parts = append(parts, q.Initiator.Addr().String()+" is "+q.OriginalI.String())
	}
	if q.OriginalR.IsValid() {
		parts = append(parts, q.Responder.Addr().String()+" is "+q.OriginalR.String())
	}
	return strings.Join(parts, ", ")
}

// originalLines tells them for all Quick Modes, each text once.
func originalLines(c *ikestate.Conversation) (lines []string) {
	for _, x := range c.Exchanges {
		if x.Quick == nil {
			continue
		}
		if s := originals(x.Quick); s != "" {
			lines = appendNew(lines, "Original addresses (NAT-OA): "+s+".")
		}
	}
	return lines
}

// originalEnds are the original addresses of the ends of an SA, invalid where no
// NAT-OA payload tells them.
func originalEnds(s *analysis.SA) (src, dst netip.Addr) {
	if s.Conversation == nil {
		return src, dst
	}
	for _, x := range s.Conversation.Exchanges {
		q := x.Quick
		if q == nil || x.MessageID != s.MessageID || x.Type != isakmp.ExchangeQuick {
			continue
		}
		if s.Src == q.Initiator.Addr() {
			return q.OriginalI, q.OriginalR
		}
		return q.OriginalR, q.OriginalI
	}
	return src, dst
}

// announcedLifetimes are the notifications in which a responder announced lifetimes,
// with these (RESPONDER-LIFETIME, RFC 2407, section 4.6.3.1).
func announcedLifetimes(c *ikestate.Conversation) iter.Seq2[*ikestate.Notice, []isakmp.Lifetime] {
	return func(yield func(*ikestate.Notice, []isakmp.Lifetime) bool) {
		for i := range c.Notices {
			n := &c.Notices[i]
			if c.Version() != 1 || n.Type != isakmp.NotifyResponderLifetime {
				continue
			}
			if ls, _ := n.Lifetimes(); len(ls) > 0 && !yield(n, ls) {
				return
			}
		}
	}
}

// lifetimeLines tells the lifetimes that a responder announced besides those that
// were negotiated (RESPONDER-LIFETIME, RFC 2407, section 4.6.3.1).
func lifetimeLines(c *ikestate.Conversation) (lines []string) {
	for n, ls := range announcedLifetimes(c) {
		of := "the ISAKMP SA"
		chosen := uint64(0)
		if p := c.Phase1.Chosen; p != nil {
			chosen = p.LifetimeSeconds
		}
		if n.Protocol != isakmp.ProtocolISAKMP {
			of, chosen = "the "+n.Protocol.Title()+" SAs", chosenLife(n.Exchange)
		}
		l := n.Message.Src.Addr().String() + " keeps " + of + " for " + lifetimes(ls)
		if chosen > 0 {
			l += "; negotiated: " + lifetime(chosen, 0)
		}
		lines = appendNew(lines, l+" (RESPONDER-LIFETIME, "+frames([]int64{n.Message.Frame})+").")
	}
	return lines
}

// chosenLife is the lifetime in seconds that a Quick Mode chose, 0 for none.
func chosenLife(x *ikestate.Exchange) uint64 {
	if x == nil || x.Quick == nil {
		return 0
	}
	for _, prop := range x.Quick.Chosen {
		for _, t := range prop.Transforms {
			if s, ok := t.IPsec().Lifetime(isakmp.LifeSeconds); ok {
				return s
			}
		}
	}
	return 0
}

// lifetimes writes the lifetimes of a notification.
func lifetimes(ls []isakmp.Lifetime) string { return lifetime(limits(ls)) }

func limits(ls []isakmp.Lifetime) (seconds, kilobytes uint64) {
	for _, l := range ls {
		switch l.Type {
		case isakmp.LifeSeconds:
			seconds = l.Duration
		case isakmp.LifeKilobytes:
			kilobytes = l.Duration
		}
	}
	return seconds, kilobytes
}
