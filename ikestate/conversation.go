package ikestate

import (
	"cmp"
	"net/netip"
	"slices"

	"ikescope/decode/isakmp"
	"ikescope/suite"
)

// Conversation is an ISAKMP SA with all that was said under its cookies.
type Conversation struct {
	CookieI, CookieR isakmp.Cookie
	Initiator        netip.AddrPort // who sent the first message of phase 1
	Responder        netip.AddrPort
	InitiatorCertain bool // false where the capture starts too late to tell
	Messages         []*Message
	Phase1           *Phase1
	Exchanges        []*Exchange // under the ISAKMP SA, in order of their first messages
	IPsecSAs         []*IPsecSA
	Deletes          []Delete
	Notices          []Notice
	Transactions     []*Transaction // XAUTH and Mode-Config
	IKEv2            *IKEv2         // of a conversation in version 2

	seen      map[uint64]*Message // by digest of the whole content
	forgotten bool
	sealed    bool // with an encrypted message
	begun     int  // when among all conversations
	rebuilt   int  // messages, in all times that it was solved
	postponed int  // times since the last
	cost      int  // in octets; see Engine.charge
	fragments fragments
	nat       *NAT
	natBudget *int                   // hashes that the search for addresses may still compute
	groups    map[uint16]suite.Group // that the peers agreed on in New Group Mode
	aside     []*Message             // readings of fragments that others proved wrong
}

// Version is the major version of IKE that the peers speak, 1 or 2: the one of
// most messages, so that a forged header does not decide; 0 where none is known.
func (c *Conversation) Version() int {
	var count [3]int
	for _, m := range c.Messages {
		if v := m.Header.Major; v == 1 || v == 2 {
			count[v]++
		}
	}
	switch {
	case count[1]+count[2] == 0:
		return 0
	case count[2] > count[1]:
		return 2
	}
	return 1
}

// State sums up a conversation: "established", "incomplete" or "failed".
func (c *Conversation) State() State {
	if c.Phase1 == nil {
		return Incomplete
	}
	return c.Phase1.State
}

func newMessage(d Datagram, h isakmp.Header) *Message {
	m := &Message{
		Frame: d.Frame, Nanos: d.Nanos, Src: d.Src, Dst: d.Dst, Encap: d.Encap,
		Header: h, Raw: slices.Clone(d.Message), Missing: d.Missing,
	}
	m.readClear()
	return m
}

func (c *Conversation) add(m *Message, sum uint64) {
	c.Messages = append(c.Messages, m)
	c.seen[sum] = m
	c.sealed = c.sealed || m.Encrypted()
	if !c.InitiatorCertain && opens(m) {
		c.Initiator, c.Responder, c.InitiatorCertain = m.Src, m.Dst, true
	}
	if !c.Initiator.IsValid() {
		c.Initiator, c.Responder = m.Src, m.Dst
		if answers(m) {
			c.Initiator, c.Responder = m.Dst, m.Src
		}
	}
}

// opens reports whether only an initiator sends m: there is no responder's cookie
// yet (RFC 2408, section 2.5.3), and an SA payload asks for one.
func opens(m *Message) bool {
	_, sa := m.First(isakmp.PayloadSA)
	return m.Header.CookieR.IsZero() && (sa || m.Header.Major == 2)
}

// answers reports whether m is the responder's answer to such a message.
func answers(m *Message) bool {
	_, sa := m.First(isakmp.PayloadSA)
	return sa && !m.Header.CookieR.IsZero()
}

// inherit takes over the first messages of a conversation that was begun with
// the same initiator cookie and answered under another responder cookie.
func (c *Conversation) inherit(from *Conversation) {
	for _, m := range from.Messages {
		if m.Header.CookieR.IsZero() && len(c.Messages) < maxInherited {
			c.Messages = append(c.Messages, m)
		}
	}
	for sum, m := range from.seen {
		if slices.Contains(c.Messages, m) {
			c.seen[sum] = m
		}
	}
	c.Initiator, c.Responder, c.InitiatorCertain = from.Initiator, from.Responder, from.InitiatorCertain
}

// fromInitiator reports who sent m. Addresses decide, since ports change when
// NAT traversal moves a conversation to port 4500 (RFC 3947, section 4); ports
// count only where both peers share one address.
func (c *Conversation) fromInitiator(src netip.AddrPort) bool {
	if c.Initiator.Addr() == c.Responder.Addr() {
		return src == c.Initiator
	}
	return src.Addr() != c.Responder.Addr()
}

// All returns every message in capture order, retransmissions included.
func (c *Conversation) All() []*Message {
	var all []*Message
	for _, m := range c.Messages {
		all = append(all, m)
		for _, r := range m.Repeats {
			all = append(all, m.again(r))
		}
	}
	slices.SortStableFunc(all, func(a, b *Message) int { return cmp.Compare(a.Frame, b.Frame) })
	return all
}

// again gives a retransmission what was read of its first appearance.
func (m *Message) again(r Repeat) *Message {
	a := *m
	a.Frame, a.Nanos, a.Src, a.Dst, a.Encap = r.Frame, r.Nanos, r.Src, r.Dst, r.Encap
	a.RetransmissionOf, a.Repeats = m, nil
	return &a
}
