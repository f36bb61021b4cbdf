package ikestate

import (
	"bytes"
	"net/netip"
	"slices"
	"strings"

	"ikescope/decode/ikev2"
	"ikescope/keymat"
	"ikescope/secrets"
)

// PPK is the post-quantum pre-shared key that the initiator of an IKE SA names in
// IKE_AUTH (RFC 8784, section 3). SK_d, SK_pi and SK_pr depend on it:
//
//	HDR, SK {IDi, AUTH, SAi2, TSi, TSr, N(PPK_IDENTITY, PPK_ID), [N(NO_PPK_AUTH)]}  -->
//	                            <--  HDR, SK {IDr, AUTH, SAr2, TSi, TSr, [N(PPK_IDENTITY)]}
type PPK struct {
	ID      string         // how it is called, fit for display
	Used    bool           // the responder has it too, so that it is in the keys
	Verdict Verdict        // Verified: that of Source; Refuted: none of those given
	Source  secrets.Source // where the key was given

	named    []byte // PPK_ID without its type
	answered bool   // the responder's answer was read
}

// mixed are keys of an IKE SA that a post-quantum pre-shared key may have gone into.
type mixed struct {
	keys   keymat.IKEv2Keys
	source secrets.Source // of that key, zero for keys that were supplied as they are
}

// kindPPK is the kind of use of such a key.
const kindPPK = "ppk"

// maxPPKs bounds the keys that are tried for an IKE SA, maxMixedProofs those together
// with pre-shared keys on one AUTH payload.
const (
	maxPPKs        = 256
	maxMixedProofs = 1 << 16
)

// readPPK finds out whether a post-quantum pre-shared key is in the keys of the IKE
// SA, and mixes in those that the user has. What is mixed is not known before AUTH
// proves it.
func (c *Conversation) readPPK(r *ring) {
	v := c.IKEv2
	v.unmixed = v.Keys
	v.Announced = c.Phase1.Flights[0].notified(ikev2.UsePPK) && c.Phase1.Flights[1].notified(ikev2.UsePPK)
	answered := false
	c.eachAuth(func(s Speaker, m *Message) {
		answered = answered || s == Responder && m != nil && m.Decrypted
		data, named := m.notification(ikev2.PPKIdentity)
		if !named {
			return
		}
		if v.PPK == nil {
			v.PPK = new(PPK)
		}
		if id, err := ikev2.ParsePPKID(data); s == Initiator && err == nil {
			v.PPK.ID, v.PPK.named = id.String(), id.Data
		}
		v.PPK.Used = v.PPK.Used || s == Responder
	})
	if v.PPK == nil {
		return
	}
	v.PPK.answered = answered
	v.mixes = c.mixPPKs(r)
	if v.PPK.Used || !answered {
		v.Keys.D, v.Keys.Pi, v.Keys.Pr = keymat.SKd{}, keymat.SKp{}, keymat.SKp{}
	}
}

// mixPPKs returns the keys with each of the user's post-quantum pre-shared keys in
// them, and before these the keys that the user supplied, which may have it already.
func (c *Conversation) mixPPKs(r *ring) (all []mixed) {
	v := c.IKEv2
	if v.SKEYSEED.IsZero() {
		all = append(all, mixed{keys: v.unmixed})
	}
	for i := range r.IKEv2s {
		s := &r.IKEv2s[i]
		if s.SKei.IsZero() && s.SKer.IsZero() && !s.SKd.IsZero() && sameCookie(s.SPIi, c.CookieI) && sameCookie(s.SPIr, c.CookieR) {
			if len(all) == maxPPKs {
				r.untried++
				return all
			}
			keys := v.unmixed
			keys.D, keys.Pi, keys.Pr = keymat.SKdFrom(s.SKd), keymat.SKpFrom(s.SKpi), keymat.SKpFrom(s.SKpr)
			all = append(all, mixed{keys, s.Source})
		}
	}
	for _, p := range v.PPK.likeliest(r.PPKs) {
		for _, prf := range c.prfs() {
			if len(all) == maxPPKs {
				r.untried++
				return all
			}
			all = append(all, mixed{v.unmixed.WithPPK(prf, p.Secret), p.Source})
		}
	}
	return all
}

// likeliest sorts keys: first those that have the name, then those without one.
func (x *PPK) likeliest(ps []secrets.PPK) []secrets.PPK {
	rank := func(p secrets.PPK) int {
		switch {
		case slices.ContainsFunc(p.IDs, x.calls):
			return 0
		case len(p.IDs) == 0:
			return 1
		}
		return 2
	}
	ps = slices.Clone(ps)
	slices.SortStableFunc(ps, func(a, b secrets.PPK) int { return rank(a) - rank(b) })
	return ps
}

// calls reports whether a text is what the initiator calls the key. Daemons that let
// an identity name it send an address as its octets.
func (x *PPK) calls(text string) bool {
	a, err := netip.ParseAddr(text)
	return strings.EqualFold(text, string(x.named)) || err == nil && bytes.Equal(a.AsSlice(), x.named)
}

// settle takes keys for those of the IKE SA, as AUTH was made with them.
func (c *Conversation) settle(r *ring, x mixed) {
	v := c.IKEv2
	v.PPK.Verdict, v.PPK.Source = Verified, x.source
	if v.PPK.Used || !v.PPK.answered {
		v.Keys = x.keys
	}
	r.used.note(x.source, kindPPK, c)
}

// keyOf returns SK_p of a side.
func (x mixed) keyOf(s Speaker) keymat.SKp {
	if s == Responder {
		return x.keys.Pr
	}
	return x.keys.Pi
}

// proveMixed checks AUTH of a message that names a post-quantum pre-shared key. What
// the initiator would send without one may stand beside it in NO_PPK_AUTH, so that
// it can be checked without the key.
func (c *Conversation) proveMixed(r *ring, s Speaker, m *Message, auth ikev2.Auth, x signer) Proof {
	v := c.IKEv2
	likely := v.mixes
	if most := max(1, maxMixedProofs/max(1, len(r.PSKs))); auth.Method == methodSharedKey && len(likely) > most {
		likely = likely[:most]
		r.untried++
	}
	for _, keys := range likely {
		if x.key = keys.keyOf(s); x.key.IsZero() {
			continue
		}
		if p := c.proveWith(r, s, m, auth, x); p.Verdict == Verified {
			c.settle(r, keys)
			return p
		}
	}
	if data, ok := m.notification(ikev2.NoPPKAuth); ok && s == Initiator {
		if x.key = (mixed{keys: v.unmixed}).keyOf(s); !x.key.IsZero() {
			p := c.proveWith(r, s, m, ikev2.Auth{Method: auth.Method, Data: data}, x)
			if p.Verdict == Verified && v.ppkGiven() {
				v.PPK.Verdict = Refuted
			}
			return p
		}
	}
	if !v.ppkGiven() {
		return Proof{Why: "it covers " + v.PPK.title() + ", which is not known"}
	}
	return Proof{Why: "it covers " + v.PPK.title() + ", and with none of those that are known it verifies"}
}

// ppkGiven reports whether a secret was given that the key may be, or that has it in it.
func (v *IKEv2) ppkGiven() bool {
	return slices.ContainsFunc(v.mixes, func(x mixed) bool { return x.source != secrets.Source{} })
}

// title names the key.
func (x *PPK) title() string {
	if x.ID == "" {
		return "a post-quantum pre-shared key (RFC 8784)"
	}
	return `the post-quantum pre-shared key "` + x.ID + `" (RFC 8784)`
}

// childKey is a secret from which keys are derived under an IKE SA.
type childKey struct {
	keymat.SKd
	ppk       secrets.Source // that is in it
	tentative bool           // nothing proved that yet
}

// childKeysOf returns what SK_d of the IKE SA may be: one value, unless a
// post-quantum pre-shared key went into it that nothing proved.
func (c *Conversation) childKeysOf() (all []childKey) {
	v := c.IKEv2
	if !v.Keys.D.IsZero() {
		one := childKey{SKd: v.Keys.D}
		if v.PPK != nil && v.PPK.Used {
			one.ppk = v.PPK.Source
		}
		return []childKey{one}
	}
	if v.PPK == nil || len(v.Further) > 0 {
		return nil
	}
	candidates := v.mixes
	if !v.PPK.answered && !v.SKEYSEED.IsZero() { // else it is one of the mixes
		candidates = append([]mixed{{keys: v.unmixed}}, candidates...)
	}
	for _, x := range candidates {
		if !x.keys.D.IsZero() {
			all = append(all, childKey{x.keys.D, x.source, true})
		}
	}
	return all
}
