package ikestate

import "slices"

// What is kept costs memory beyond the octets of messages: estimates in octets, and
// bounds of their own on what one message can cause.
const (
	conversationCost = 2048
	messageCost      = 1024
	repeatCost       = 96

	maxRepeats   = 1024 // that are kept of one message
	maxInherited = 8    // first messages that a conversation takes over
)

// open begins a conversation. It returns nil where there are too many, none of
// which is half-open.
func (e *Engine) open(key pair) *Conversation {
	if len(e.half) >= e.limits.HalfOpen {
		e.evict(e.limits.HalfOpen / 8)
	}
	if len(e.all) >= e.limits.Conversations && e.evict(len(e.half)/8+1) == 0 {
		return nil
	}
	c := &Conversation{CookieI: key.i, CookieR: key.r, seen: map[uint64]*Message{}}
	if !e.charge(c, conversationCost) {
		return nil
	}
	e.begun++
	c.begun = e.begun
	e.all = append(e.all, c)
	e.byPair[key], e.byI[key.i] = c, c
	e.half = append(e.half, c)
	return c
}

// charge counts memory that is kept for c, and makes room for it where need be at
// the expense of half-open conversations. It reports false where that is not enough.
func (e *Engine) charge(c *Conversation, octets int) bool {
	if e.cost+octets > e.limits.Octets {
		for e.cost > e.limits.Octets/8*7 && e.evict(len(e.half)/8+1, c) > 0 {
		}
		if e.cost+octets > e.limits.Octets {
			return false
		}
	}
	e.release(c, -octets)
	return true
}

func (e *Engine) release(c *Conversation, octets int) {
	e.cost -= octets
	c.cost -= octets
}

// repeat notes that a message came again with the same content. It never changes
// state: a retransmission is the same step (RFC 2408, section 5.1).
func (e *Engine) repeat(c *Conversation, first *Message, d Datagram) {
	if len(first.Repeats) >= maxRepeats || !e.charge(c, repeatCost) {
		e.dropped.Messages++
		return
	}
	first.Repeats = append(first.Repeats, Repeat{d.Frame, d.Nanos, d.Src, d.Dst, d.Encap})
}

// evict forgets n half-open conversations, the oldest first, and those of which one
// side only was heard before others. It returns how many there were to forget.
// Conversations that have meanwhile got further leave the list.
func (e *Engine) evict(n int, spared ...*Conversation) (forgotten int) {
	e.half = slices.DeleteFunc(e.half, func(c *Conversation) bool { return c.forgotten || c.progress() == settled })
	for _, stage := range []progress{oneSided, bothSided} {
		for _, c := range e.half {
			if forgotten < n && c.progress() == stage && !slices.Contains(spared, c) {
				forgotten++
				e.dropped.HalfOpen++
				e.forget(c)
			}
		}
	}
	if forgotten > 0 {
		gone := func(c *Conversation) bool { return c.forgotten }
		e.half = slices.DeleteFunc(e.half, gone)
		e.all = slices.DeleteFunc(e.all, gone)
		e.fragmented = slices.DeleteFunc(e.fragmented, gone)
	}
	return forgotten
}

func (e *Engine) forget(c *Conversation) {
	c.forgotten = true
	delete(e.byPair, pair{c.CookieI, c.CookieR})
	if e.byI[c.CookieI] == c {
		delete(e.byI, c.CookieI)
	}
	delete(e.dirty, c)
	e.waiting -= c.fragments.octets
	e.release(c, c.cost)
}

// progress says how much a conversation is worth when memory is scarce.
type progress uint8

const (
	oneSided  progress = iota // one side only was heard
	bothSided                 // both were
	settled                   // both sent encrypted messages, or one of them several
)

// settledAlone is how many messages one side sends that is not in a flood: in a
// capture of one direction, three of phase 1 and two of phase 2.
const settledAlone = 5

func (c *Conversation) progress() progress {
	var first, firstSealed *Message
	p := oneSided
	for _, m := range c.Messages {
		if first == nil {
			first = m
		}
		if m.Src != first.Src {
			p = bothSided
		}
		if !m.Encrypted() {
			continue
		}
		if firstSealed == nil {
			firstSealed = m
		}
		if m.Src != firstSealed.Src || len(c.Messages) >= settledAlone {
			return settled
		}
	}
	return p
}
