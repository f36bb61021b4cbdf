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
