package analysis

import (
	"slices"

	"ikescope/esp"
	"ikescope/keymat"
	"ikescope/secrets"
)

// looseRung is a value that may be the SKEYID_d or SK_d of a conversation whose
// messages another secret opened: a guess, or an entry that has nothing else.
type looseRung struct {
	value  keymat.Secret
	source secrets.Source
	guess  bool
}

func (r *resolver) looseRungs() (all []looseRung) {
	for i := range r.ring.ISAKMPs {
		if k := &r.ring.ISAKMPs[i]; !k.SKEYIDd.IsZero() && k.SKEYIDe.IsZero() && k.CipherKey.IsZero() {
			all = append(all, looseRung{k.SKEYIDd, k.Source, false})
		}
	}
	for i := range r.ring.IKEv2s {
		if k := &r.ring.IKEv2s[i]; !k.SKd.IsZero() && k.SKei.IsZero() && k.SKer.IsZero() {
			all = append(all, looseRung{k.SKd, k.Source, false})
		}
	}
	for _, g := range r.ring.Guesses {
		if !g.Text {
			all = append(all, looseRung{g.Value, g.Source, true})
		}
	}
	return all
}

// tryRungs derives the keys of a flow whose negotiation was read but not keyed from
// each of the values, and takes those that verify its packets.
func (r *resolver) tryRungs(f *Flow, loose []looseRung) {
	s := f.sa
	if s == nil || s.Conversation == nil || s.KeysKnown {
		return
	}
	for _, x := range loose {
		k, ok := s.KeysUnder(x.value, x.source)
		if !ok {
			continue
		}
		if r.given.trials == 0 {
			r.given.missed++
			return
		}
		r.given.trials--
		sa, err := esp.NewSA(params(s.IPsecSA, k))
		if err != nil || !r.given.fits(sa, f) {
			continue
		}
		s.Keys, s.KeysKnown = k, true
		s.opener = &opener{sa: sa, owner: s}
		r.table.add(s)
		f.opener = s.opener
		if x.guess && !slices.ContainsFunc(r.rungs, func(o looseRung) bool { return o.source == x.source }) {
			r.rungs = append(r.rungs, x)
			r.foundRung(s, x)
		}
		return
	}
}

// foundRung adds what a guess turned out to be to the ring.
func (r *resolver) foundRung(s *SA, x looseRung) {
	ring := *r.ring
	c := s.Conversation
	cookieI, cookieR := [8]byte(c.CookieI), [8]byte(c.CookieR)
	if c.IKEv2 != nil {
		ring.IKEv2s = append(slices.Clone(ring.IKEv2s), secrets.IKEv2{SPIi: &cookieI, SPIr: &cookieR, SKd: x.value, Source: x.source})
	} else {
		ring.ISAKMPs = append(slices.Clone(ring.ISAKMPs), secrets.ISAKMP{CookieI: &cookieI, CookieR: &cookieR, SKEYIDd: x.value, Source: x.source})
	}
	r.ring = &ring
}
