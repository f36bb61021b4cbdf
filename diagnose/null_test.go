package diagnose_test

import (
	"slices"
	"strings"
	"testing"

	"ikescope/diagnose"
	"ikescope/pcaps/samples"
)

// Packets that are readable without a key tell that they are; with the secrets,
// the negotiation does.
func TestNullEncryptionIsTold(t *testing.T) {
	s := samples.ByName("esp-null-sha1")
	for _, c := range []struct {
		name string
		got  []diagnose.Finding
		want diagnose.Certainty
	}{
		{"outside", findings(t, s.Capture(), nil), diagnose.Probable},
		{"inside", findings(t, s.Capture(), ringOf(t, s)), diagnose.Proved},
	} {
		i := slices.IndexFunc(c.got, func(f diagnose.Finding) bool { return f.Code == diagnose.WeakEncryption })
		if i < 0 {
			t.Errorf("%s: no %s in %v", c.name, diagnose.WeakEncryption, c.got)
			continue
		}
		f := c.got[i]
		if f.Certainty != c.want || !strings.Contains(f.Summary, "NULL") {
			t.Errorf("%s: %s, %q", c.name, f.Certainty, f.Summary)
		}
		if advised := strings.Contains(f.Advice, "decrypt --unverified"); advised != (c.want == diagnose.Probable) {
			t.Errorf("%s: advice %q", c.name, f.Advice)
		}
	}
}
