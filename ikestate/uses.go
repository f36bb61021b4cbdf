package ikestate

import "ikescope/secrets"

// Use is what one of the user's secrets was good for.
type Use struct {
	Taken
	Opened  []*Conversation
	Verdict PSKVerdict

	opened map[*Conversation]struct{} // those in Opened
}

// Taken is a secret together with what it was taken for: one of which its user
// does not say what it is may be several things.
type Taken struct {
	Source secrets.Source
	Kind   string // "psk", "dh-private", "dh-shared", "skeyid", ...
}

// Uses collects what opened something.
type Uses map[Taken]*Use

// Opened returns the conversations in which a secret was of use as a kind.
func (u Uses) Opened(src secrets.Source, kind string) []*Conversation {
	if use := u[Taken{src, kind}]; use != nil {
		return use.Opened
	}
	return nil
}

// Has reports whether the conversation was opened from the secret that its ladder names.
func (u Uses) Has(c *Conversation) bool {
	if c.Phase1 == nil {
		return false
	}
	l := c.Phase1.Ladder
	use := u[Taken{l.DHSource, l.Rung.String()}]
	if use == nil {
		return false
	}
	_, have := use.opened[c]
	return have
}

func (u Uses) note(src secrets.Source, kind string, c *Conversation) {
	if src == (secrets.Source{}) {
		return
	}
	x := u[Taken{src, kind}]
	if x == nil {
		x = &Use{Taken: Taken{src, kind}, opened: map[*Conversation]struct{}{}}
		u[Taken{src, kind}] = x
	}
	if _, have := x.opened[c]; !have {
		x.opened[c] = struct{}{}
		x.Opened = append(x.Opened, c)
	}
}

// Uses says what each of the user's secrets was good for so far.
func (e *Engine) Uses() Uses { return e.ring.used }
