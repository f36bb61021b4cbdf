package ikestate

import (
	"maps"
	"slices"

	"ikescope/decode/isakmp"
)

// Solve rebuilds what the messages since the last call may have changed. It reports
// whether there were any.
func (e *Engine) Solve() bool {
	return e.solveAll(slices.Collect(maps.Keys(e.dirty)))
}

// SolveKeys rebuilds the conversations in which something was said that may make
// keys: of IPsec SAs, which are made behind encryption only (RFC 2409, section 5.5;
// RFC 7296, section 1.2). The others wait for Solve: a conversation is rebuilt from all its messages,
// so that to do it for each of thousands of liveness checks would take time by the
// square. It reports whether it did anything.
func (e *Engine) SolveKeys() bool {
	var due []*Conversation
	for c, makesKeys := range e.dirty {
		if makesKeys && c.sealed && c.due() {
			due = append(due, c)
		}
	}
	return e.solveAll(due)
}

// Bounds on how often a conversation is rebuilt: when that has cost as much as
// rebuilding so many messages, only each time it was due so often.
const (
	maxEager = 1 << 19
	patience = 16
)

func (c *Conversation) due() bool {
	if c.rebuilt < maxEager {
		return true
	}
	c.postponed++
	return c.postponed >= patience
}

// makesKeys reports whether m may belong to what makes keys: anything but the
// Informational exchanges (RFC 2408, section 4.8; RFC 7296, section 1.4).
func makesKeys(m *Message) bool {
	x := m.Header.Exchange
	return x != isakmp.ExchangeInformational && x != isakmp.ExchangeInformational2
}

// solveAll solves conversations in the order in which they began, then the IKE SAs
// whose keys they derived (RFC 7296, section 2.18), from generation to generation.
func (e *Engine) solveAll(due []*Conversation) bool {
	slices.SortFunc(due, func(a, b *Conversation) int { return int(a.begun - b.begun) })
	now := map[*Conversation]bool{}
	for _, c := range due {
		e.solve(c)
		now[c] = true
	}
	for more, again := len(due) > 0, map[*Conversation]bool{}; more; {
		more = false
		for key, made := range e.ring.rekeyed {
			c := e.byPair[key]
			if c == nil || c == made.from || !now[c] && !now[made.from] {
				continue
			}
			if now[made.from] && !again[c] {
				e.solve(c)
				now[c], again[c], more = true, true, true
			}
			made.from.IKEv2.RekeyedTo = c
		}
	}
	return len(due) > 0
}

func (e *Engine) solve(c *Conversation) {
	e.solving = c
	c.solve(e.ring)
	e.solving = nil
	c.rebuilt += len(c.Messages)
	c.postponed = 0
	delete(e.dirty, c)
}

// Abandon forgets the conversation with which solving panicked, so that it can be
// tried again, and returns the frame of its first message. It reports false where
// the panic was not about one conversation.
func (e *Engine) Abandon() (frame int64, ok bool) {
	c := e.solving
	if c == nil {
		return 0, false
	}
	e.solving = nil
	e.forget(c)
	e.all = slices.DeleteFunc(e.all, func(c *Conversation) bool { return c.forgotten })
	if len(c.Messages) > 0 {
		frame = c.Messages[0].Frame
	}
	return frame, true
}
