package analysis_test

import (
	"strings"
	"testing"

	"ikescope/analysis"
	"ikescope/diagnose"
	"ikescope/ikestate"
	"ikescope/keymat"
	"ikescope/pcaps/samples"
	"ikescope/secrets"
)

// analysed runs a sample with its secrets, its pre-shared keys restricted to ids.
func analysed(t *testing.T, name string, ids ...string) *analysis.Result {
	t.Helper()
	s := samples.ByName(name)
	ring := ringOf(t, s)
	for i := range ring.PSKs {
		ring.PSKs[i].IDs, ring.PSKs[i].Only = ids, true
	}
	return runOn(t, s, ring)
}

// A key restricted to some peers opens their conversations, known by an address, by
// an identity in the clear or by one that only the key itself reveals, and no others.
func TestRestrictedKeys(t *testing.T) {
	const main, aggressive, nat, v2 = "mm-psk-3des-sha1-modp1024", "aggressive-psk-aes128-sha1-modp1536", "natt-masquerade", "ikev2-psk-aes128gcm16-x25519"
	for _, c := range []struct {
		sample, id string
		want       diagnose.Verdict
	}{
		{main, "192.0.2.2", diagnose.VerdictOpened},
		{main, "192.0.2.0/30", diagnose.VerdictOpened},
		{main, "192.0.2.3", diagnose.VerdictExcluded},
		{nat, "a.lab", diagnose.VerdictOpened}, // an identity inside the encryption
		{nat, "c.lab", diagnose.VerdictExcluded},
		{aggressive, "branch@lab.example", diagnose.VerdictOpened},
		{aggressive, "HUB.lab.example", diagnose.VerdictOpened},
		{aggressive, "lab.example", diagnose.VerdictExcluded},
		{v2, "192.0.2.2", diagnose.VerdictOpened},
		{v2, "192.0.2.3", diagnose.VerdictExcluded},
	} {
		t.Run(c.sample+" "+c.id, func(t *testing.T) {
			r := analysed(t, c.sample, c.id)
			got := r.Secrets()[0]
			if got.Verdict != c.want {
				t.Fatalf("%s: %s", got.Verdict, got.Text)
			}
			if open := r.Opened.Any(); open != (c.want == diagnose.VerdictOpened || c.sample == v2) {
				t.Errorf("packets opened: %v", open)
			}
			if c.want == diagnose.VerdictExcluded {
				checkWithheld(t, r, c.id)
			}
		})
	}
}

// checkWithheld looks for the names of both in what is said of a key that fits other
// peers than those it is for.
func checkWithheld(t *testing.T, r *analysis.Result, id string) {
	t.Helper()
	text := r.Secrets()[0].Text
	if !strings.Contains(text, "its ids name "+id+", the peers here are ") || !strings.Contains(text, "192.0.2.2") {
		t.Error(text)
	}
	told := false
	for _, f := range r.Findings {
		told = told || f.Code == diagnose.SecretUnused && f.Severity == diagnose.Warning && strings.HasSuffix(f.Summary, text)
		if f.Code == diagnose.PSKMismatch || f.Severity == diagnose.Error {
			t.Errorf("%s: %s", f.Code, f.Summary)
		}
	}
	if !told {
		t.Error("no finding tells it")
	}
	c := r.Conversations[0]
	if v := c.Phase1.Ladder.PSK; v == ikestate.PSKVerified || v == ikestate.PSKRefuted {
		t.Errorf("the key is %v", v)
	}
	if m := c.Missing(); c.Version() == 1 && !strings.Contains(m, "neither") {
		t.Errorf("missing: %s", m)
	}
}

// A Diffie-Hellman value that only a withheld key could use is said to be right.
func TestWithheldWithDH(t *testing.T) {
	r := analysed(t, "mm-psk-3des-sha1-modp1024", "gw.example.org")
	if v := r.Secrets()[1]; v.Verdict != diagnose.VerdictUntested || !strings.Contains(v.Text, "left out by its ids") {
		t.Errorf("%s: %s", v.Verdict, v.Text)
	}
}

// Where one key is for other peers and another one fits, all is well.
func TestRestrictedBesidesFree(t *testing.T) {
	s := samples.ByName("two-tunnels")
	ring := ringOf(t, s)
	for i := range ring.PSKs {
		ring.PSKs[i].IDs, ring.PSKs[i].Only = []string{[]string{"192.0.2.1", "192.0.2.11"}[i]}, true
	}
	for _, v := range verdictsOn(t, s, ring) {
		if v.Kind == diagnose.KindPSK && v.Verdict != diagnose.VerdictOpened {
			t.Errorf("%v: %s: %s", v.Source, v.Verdict, v.Text)
		}
	}
}

// Of several keys that nothing could test none is named as that of the exchange.
func TestUntestedKeysAreNotNamed(t *testing.T) {
	s := samples.ByName("mm-psk-3des-sha1-modp1024")
	ring := ringOf(t, s)
	ring.DHs = nil
	ring.Merge(&secrets.Ring{PSKs: []secrets.PSK{{Secret: ring.PSKs[0].Secret, Source: secrets.Source{File: "x"}}, {Secret: keymat.NewSecret([]byte("other")), Source: secrets.Source{File: "y"}}}})
	r := runOn(t, s, ring)
	if l := r.Conversations[0].Phase1.Ladder; l.PSK != ikestate.PSKUnverified || l.PSKSource != (secrets.Source{}) {
		t.Errorf("%v of %v", l.PSK, l.PSKSource)
	}
}
