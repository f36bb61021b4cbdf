package ikestate

import "ikescope/secrets"

// Use is what one of the user's secrets was good for.
type Use struct {
	Source  secrets.Source
	Kind    string // "psk", "dh-private", "dh-shared", "skeyid", ...
	Opened  []*Conversation
	Verdict PSKVerdict

	opened map[*Conversation]struct{} // those in Opened
}

// Uses collects what opened something, by the place where the secret stood.
type Uses map[secrets.Source]*Use

func (u Uses) note(src secrets.Source, kind string, c *Conversation) {
	if src == (secrets.Source{}) {
		return
	}
	x := u[src]
	if x == nil {
		x = &Use{Source: src, Kind: kind, opened: map[*Conversation]struct{}{}}
		u[src] = x
	}
	if _, have := x.opened[c]; !have {
		x.opened[c] = struct{}{}
		x.Opened = append(x.Opened, c)
	}
}

// Uses says what each of the user's secrets was good for so far.
func (e *Engine) Uses() Uses { return e.ring.used }
