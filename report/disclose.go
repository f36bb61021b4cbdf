package report

import (
	"fmt"

	"ikescope/analysis"
	"ikescope/ikestate"
	"ikescope/keymat"
)

// Disclosed is a secret in the clear: its name and its octets in hex.
type Disclosed struct{ Name, Hex string }

// DisclosedOf lists the keys of a conversation that are known, for a report that
// was asked to show them.
func DisclosedOf(c *ikestate.Conversation) []Disclosed {
	if c.Phase1 == nil {
		return nil
	}
	l := c.Phase1.Ladder
	all := disclose("g^xy", l.GXY, "SKEYID", l.SKEYID.Secret(), "SKEYID_d", l.D.Secret(), "SKEYID_a", l.A.Secret(),
		"SKEYID_e", l.E.Secret(), "encryption key", l.CipherKey.Secret())
	if v := c.IKEv2; v != nil {
		k := v.Keys
		all = append(all, disclose("SKEYSEED", v.SKEYSEED.Secret(), "SK_d", k.D.Secret(), "SK_ai", k.Ai.Secret(), "SK_ar", k.Ar.Secret(),
			"SK_ei", k.Ei.Secret(), "SK_er", k.Er.Secret(), "SK_pi", k.Pi.Secret(), "SK_pr", k.Pr.Secret())...)
	}
	return all
}

// DisclosedSA lists the keys of an SA likewise.
func DisclosedSA(s *analysis.SA) []Disclosed {
	return disclose("encryption key", s.Keys.Encryption, "integrity key", s.Keys.Integrity)
}

// disclose takes names and secrets in turn and leaves out what is not known.
func disclose(pairs ...any) (all []Disclosed) {
	for i := 0; i < len(pairs); i += 2 {
		if s := pairs[i+1].(keymat.Secret); !s.IsZero() {
			all = append(all, Disclosed{pairs[i].(string), s.Hex()})
		}
	}
	return all
}

// disclosed writes keys, each in one line so that it can be copied, where the report
// was asked to show them.
func (p *page) disclosed(of string, keys []Disclosed) {
	if !p.keys || len(keys) == 0 {
		return
	}
	p.line(2, of)
	for _, k := range keys {
		p.line(4, fmt.Sprintf("%-14s  %s", k.Name, k.Hex))
	}
}
