package ikestate

import "ikescope/decode/isakmp"

// Notice is a Notification payload and the message that carried it.
type Notice struct {
	isakmp.Notify
	Message  *Message
	Name     string    // of the type in its version
	Exchange *Exchange // in whose message it stood, nil outside phase 2
}

// Delete is a Delete payload: the sender no longer accepts packets on these SPIs
// (RFC 2408, section 3.15).
type Delete struct {
	isakmp.Delete
	Message *Message
}

// readNotices collects notifications and deletes of all readable messages.
func (c *Conversation) readNotices() {
	exchange := map[*Message]*Exchange{}
	for _, x := range c.Exchanges {
		for _, m := range x.Messages {
			exchange[m] = x
		}
	}
	for _, m := range c.Messages {
		for _, p := range m.All(isakmp.PayloadNotify) {
			if n, err := isakmp.ParseNotify(p.Body); err == nil {
				c.Notices = append(c.Notices, Notice{Notify: n, Message: m, Name: n.Type.String(), Exchange: exchange[m]})
			}
		}
		for _, p := range m.All(isakmp.PayloadDelete) {
			if d, err := isakmp.ParseDelete(p.Body); err == nil {
				c.Deletes = append(c.Deletes, Delete{d, m})
				c.markDeleted(d, m)
			}
		}
	}
}

// applyLifetimes takes the lifetimes that a responder chose below those offered
// (RESPONDER-LIFETIME, RFC 2407, section 4.6.3.1) and the ends of exchanges that
// waited for CONNECTED. It needs the notices.
func (c *Conversation) applyLifetimes() {
	for _, n := range c.Notices {
		switch n.Type {
		case isakmp.NotifyConnected:
			c.connect(n)
		case isakmp.NotifyResponderLifetime:
			ls, _ := n.Lifetimes() // what stands before damage counts
			if n.Protocol == isakmp.ProtocolISAKMP {
				c.Phase1.ResponderLifetimes = ls
				continue
			}
			for _, sa := range c.IPsecSAs {
				if n.Exchange != nil && sa.MessageID == n.Exchange.MessageID {
					sa.shorten(ls)
				}
			}
		}
	}
}

// connect finds the Quick Mode that a CONNECTED is about: it has its message ID
// (RFC 2408, section 3.1), whether it is a message of the exchange or of an
// Informational one.
func (c *Conversation) connect(n Notice) {
	for _, x := range c.Exchanges {
		if x.Quick != nil && x.MessageID == n.Message.Header.MessageID && x.Quick.Connected == nil {
			x.Quick.Connected = n.Message
		}
	}
}

// shorten lowers the lifetimes of an SA.
func (s *IPsecSA) shorten(ls []isakmp.Lifetime) {
	for _, l := range ls {
		have := &s.LifetimeSeconds
		if l.Type == isakmp.LifeKilobytes {
			have = &s.LifetimeKilobytes
		}
		if l.Type <= isakmp.LifeKilobytes && (*have == 0 || l.Duration < *have) {
			*have = l.Duration
		}
	}
}

// markDeleted notes the end of the SAs that a Delete names: those on which its
// sender receives.
func (c *Conversation) markDeleted(d isakmp.Delete, m *Message) {
	for _, raw := range d.SPIs {
		for _, sa := range c.IPsecSAs {
			if sa.Protocol == d.Protocol && sa.SPI == spiOf(raw) && sa.Dst == m.Src.Addr() && sa.Deleted == nil {
				sa.Deleted = m
			}
		}
	}
}
