package ikestate

import (
	"cmp"
	"iter"
	"slices"

	"ikescope/decode/ikev2"
	"ikescope/decode/isakmp"
)

// notifications yields the notifications of a message of version 2 that can be read.
func (m *Message) notifications() iter.Seq[ikev2.Notify] {
	return func(yield func(ikev2.Notify) bool) {
		for _, p := range m.All(isakmp.PayloadNotify2) {
			if n, err := ikev2.ParseNotify(p.Body); err == nil && !yield(n) {
				return
			}
		}
	}
}

// notification returns the data of the first notification of a type.
func (m *Message) notification(t ikev2.NotifyType) (data []byte, ok bool) {
	for n := range m.notifications() {
		if ikev2.NotifyType(n.Type) == t {
			return n.Data, true
		}
	}
	return nil, false
}

// notified reports whether a message carries a notification.
func (m *Message) notified(t ikev2.NotifyType) bool {
	_, ok := m.notification(t)
	return ok
}

// refuses reports whether a response holds an error.
func (m *Message) refuses() bool {
	for n := range m.notifications() {
		if ikev2.NotifyType(n.Type).IsError() {
			return true
		}
	}
	return false
}

// readNoticesV2 collects notifications and deletes.
func (c *Conversation) readNoticesV2() {
	for _, m := range c.Messages {
		for n := range m.notifications() {
			c.Notices = append(c.Notices, Notice{
				Notify:  isakmp.Notify{Protocol: n.Protocol, SPI: n.SPI, Type: isakmp.NotifyType(n.Type), Data: n.Data},
				Message: m, Name: ikev2.NotifyType(n.Type).String(),
			})
		}
		for _, p := range m.All(isakmp.PayloadDelete2) {
			if d, err := ikev2.ParseDelete(p.Body); err == nil {
				v1 := isakmp.Delete{Protocol: d.Protocol, SPIs: d.SPIs}
				c.Deletes = append(c.Deletes, Delete{v1, m})
				c.markDeleted(v1, m)
			}
		}
	}
	slices.SortStableFunc(c.Notices, func(a, b Notice) int { return cmp.Compare(a.Message.Frame, b.Message.Frame) })
}
