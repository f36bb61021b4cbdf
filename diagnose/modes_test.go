package diagnose_test

import (
	"slices"
	"strings"
	"testing"

	"ikescope/decode/isakmp"
	"ikescope/diagnose"
	"ikescope/pcaps"
)

// inMode is the usual transform in another mode; 0: without one.
func inMode(mode uint16) []byte {
	b := slices.Concat(attr(1, 1), attr(2, 3600), attr(5, hmac256), attr(6, 128))
	if mode > 0 {
		b = append(b, attr(4, mode)...)
	}
	return b
}

// Where both ends began a Quick Mode, the mode is told as what differs, and nothing
// else; one that names no mode differs in none.
func TestModesOfBothSides(t *testing.T) {
	const differs = "The mode differs: transport against tunnel."
	for name, c := range map[string]struct {
		mode uint16
		told bool
	}{"transport": {2, true}, "transport in UDP": {4, true}, "tunnel": {1, false}, "tunnel in UDP": {3, false}, "none": {0, false}} {
		k := newTalk(t)
		refused(with(usual(sideA, 0x1000), func(m *mode) { m.transform = inMode(c.mode) }), isakmp.NotifyNoProposalChosen)(k)
		k.quick(usual(sideB, 0x3000))
		got := findings(t, write(t, pcaps.LinkRaw, k.frames), &k.ring)
		sound(t, got)
		i := slices.IndexFunc(got, func(f diagnose.Finding) bool { return f.Code == diagnose.Phase2NoProposalChosen })
		if i < 0 {
			t.Errorf("%s: no finding: %v", name, codes(got))
			continue
		}
		if d := got[i].Detail; strings.Contains(d, differs) != c.told || strings.Contains(d, "Algorithms differ") {
			t.Errorf("%s: %s", name, d)
		}
	}
}
