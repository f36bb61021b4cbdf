package diagnose_test

import (
	"testing"

	"ikescope/diagnose"
	"ikescope/pcaps"
)

// Short names for tables.
const (
	failure = diagnose.Error
	warning = diagnose.Warning
	notice  = diagnose.Notice
	proved  = diagnose.Proved
	likely  = diagnose.Probable
)

// scene is a talk and what a diagnosis has to say of it, without any secret and
// with all of them.
type scene struct {
	name     string
	play     func(k *talk)
	outside  []want
	inside   []want
	sameBoth bool // inside is as outside
}

func (s scene) run(t *testing.T) {
	t.Run(s.name, func(t *testing.T) {
		k := newTalk(t)
		s.play(k)
		path := write(t, pcaps.LinkRaw, k.frames)
		inside := s.inside
		if s.sameBoth {
			inside = s.outside
		}
		t.Run("outside", func(t *testing.T) { check(t, findings(t, path, nil), s.outside) })
		t.Run("inside", func(t *testing.T) { check(t, findings(t, path, &k.ring), inside) })
	})
}
