package ikestate

import "ikescope/secrets"

// Use is what one of the user's secrets was good for.
type Use struct {
	Source  secrets.Source
	Kind    string // "psk", "dh-private", "dh-shared", "skeyid", ...
	Opened  []*Conversation
	Verdict PSKVerdict
}

// Uses collects what opened something, by the place where the secret stood.
type Uses map[secrets.Source]*Use

func (u Uses) note(src secrets.Source, kind string, c *Conversation) {
	if src == (secrets.Source{}) {
		return
	}
	x := u[src]
	if x == nil {
		x = &Use{Source: src, Kind: kind}
		u[src] = x
	}
	for _, have := range x.Opened {
		if have == c {
			return
		}
	}
	x.Opened = append(x.Opened, c)
}

// Uses says what each of the user's secrets was good for so far.
func (e *Engine) Uses() Uses { return e.ring.used }
