package ikestate

import (
	"hash/maphash"

	"ikescope/decode/isakmp"
	"ikescope/secrets"
)

// Engine rebuilds all conversations of a capture. It is not safe for concurrent
// use. The zero value is not usable; see New.
type Engine struct {
	ring   *ring
	limits Limits

	all     []*Conversation
	byPair  map[pair]*Conversation
	byI     map[isakmp.Cookie]*Conversation // latest conversation of an initiator's cookie
	begun   int                             // conversations in all
	half    []*Conversation                 // half-open ones, oldest first
	cost    int                             // in octets, of all that is kept
	seed    maphash.Seed
	dropped Dropped
	dirty   map[*Conversation]bool // with messages since they were solved; true: one of them may make keys
	solving *Conversation          // see Abandon

	waiting    int             // cost of all fragments that wait for others
	fragmented []*Conversation // with such fragments, by the first of them
}

// pair identifies an ISAKMP SA (RFC 2408, section 2.5.3).
type pair struct{ i, r isakmp.Cookie }

// New returns an engine that tries the secrets of r, which may be nil.
func New(r *secrets.Ring, l Limits) *Engine {
	if r == nil {
		r = &secrets.Ring{}
	}
	return &Engine{
		ring:   newRing(r),
		limits: l,
		byPair: map[pair]*Conversation{},
		byI:    map[isakmp.Cookie]*Conversation{},
		dirty:  map[*Conversation]bool{},
		seed:   maphash.MakeSeed(),
	}
}

// Add takes the next message. The error says why its header could not be read;
// a message with damage behind the header is kept with what came before it.
func (e *Engine) Add(d Datagram) error {
	h, err := isakmp.ParseHeader(d.Message)
	if err != nil {
		return err
	}
	c := e.conversation(h)
	if c == nil {
		e.dropped.Messages++
		return nil
	}
	sum := e.digest(d.Message)
	if first := c.seen[sum]; first != nil && first.sameAs(d) {
		e.repeat(c, first, d)
		return nil
	}
	if len(c.Messages) >= e.limits.Messages || !e.charge(c, messageCost+len(d.Message)) {
		e.dropped.Messages++
		return nil
	}
	m := newMessage(d, h)
	c.add(m, sum)
	if q, ok := pieceOf(m); ok {
		e.takeFragment(c, q)
	}
	e.dirty[c] = e.dirty[c] || makesKeys(m)
	return nil
}

func (e *Engine) digest(message []byte) uint64 { return maphash.Bytes(e.seed, message) }

// conversation finds or makes the conversation of a header, nil where a bound leaves
// no room for it. A responder's first message gives its cookie to the conversation
// that had none.
func (e *Engine) conversation(h isakmp.Header) *Conversation {
	key := pair{h.CookieI, h.CookieR}
	if c := e.byPair[key]; c != nil {
		return c
	}
	latest := e.byI[h.CookieI]
	switch {
	case latest == nil:
		return e.open(key)
	case h.CookieR.IsZero():
		return latest
	case latest.CookieR.IsZero():
		delete(e.byPair, pair{latest.CookieI, latest.CookieR})
		latest.CookieR = h.CookieR
		e.byPair[key] = latest
		return latest
	}
	c := e.open(key)
	if c != nil {
		c.inherit(latest)
	}
	return c
}

// Conversations returns the conversations in the order of their first messages.
// Call Solve first.
func (e *Engine) Conversations() []*Conversation { return e.all }

// Dropped says what the limits made the engine forget.
func (e *Engine) Dropped() Dropped {
	d := e.dropped
	d.Exponentiations, d.Attempts = e.ring.refused, e.ring.untried
	return d
}
