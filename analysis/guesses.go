package analysis

import (
	"slices"

	"ikescope/esp"
	"ikescope/ikestate"
	"ikescope/keymat"
	"ikescope/secrets"
	"ikescope/suite"
)

// withGuesses adds to a ring the entries of IKE that its guesses may be.
func withGuesses(ring *secrets.Ring) *secrets.Ring {
	if ring == nil || len(ring.Guesses) == 0 {
		return ring
	}
	all := new(secrets.Ring)
	all.Merge(ring)
	all.Merge(ring.Guessed())
	return all
}

// keepGuesses adds to the result's ring what guesses turned out to be. The rest of
// them was not supplied as anything, so that nothing can be said of it.
func (r *Result) keepGuesses() {
	if r.Ring == nil || len(r.Ring.Guesses) == 0 {
		return
	}
	r.forgetGuessedPSKs()
	right := r.rightGuesses(r.Ring.Guessed())
	ring := *r.Ring
	ring.PSKs = append(append([]secrets.PSK(nil), ring.PSKs...), right.PSKs...)
	ring.DHs = append(append([]secrets.DH(nil), ring.DHs...), right.DHs...)
	ring.ISAKMPs = append(append([]secrets.ISAKMP(nil), ring.ISAKMPs...), right.ISAKMPs...)
	r.Ring = &ring
}

// rightGuesses picks out the entries that opened something.
func (r *Result) rightGuesses(maybe *secrets.Ring) *secrets.Ring {
	right := new(secrets.Ring)
	as := func(src secrets.Source, rung ikestate.Rung, value keymat.Secret) []*ikestate.Conversation {
		if value.IsZero() {
			return nil
		}
		return r.Uses.Opened(src, rung.String())
	}
	for _, p := range maybe.PSKs {
		if r.proves(p.Source) {
			right.PSKs = append(right.PSKs, p)
		}
	}
	for _, d := range maybe.DHs {
		if len(as(d.Source, ikestate.RungDHPrivate, d.Private))+len(as(d.Source, ikestate.RungDHShared, d.Shared)) > 0 {
			right.DHs = append(right.DHs, d)
		}
	}
	for _, i := range maybe.ISAKMPs {
		used := slices.Concat(as(i.Source, ikestate.RungSKEYID, i.SKEYID), as(i.Source, ikestate.RungSKEYIDe, i.SKEYIDe), as(i.Source, ikestate.RungCipherKey, i.CipherKey))
		if slices.ContainsFunc(used, func(c *ikestate.Conversation) bool { return sameISAKMP(&i, c) }) {
			right.ISAKMPs = append(right.ISAKMPs, i)
		}
	}
	return right
}

// forgetGuessedPSKs takes back what was said of pre-shared keys where nothing proved
// a guess, and no other was supplied.
func (r *Result) forgetGuessedPSKs() {
	guessed := map[secrets.Source]bool{}
	for _, g := range r.Ring.Guesses {
		guessed[g.Source] = true
	}
	for _, c := range r.Conversations {
		if c.Phase1 == nil || c.Phase1.Ladder.PSK == ikestate.PSKVerified {
			continue
		}
		l := &c.Phase1.Ladder
		if guessed[l.PSKSource] || len(r.Ring.PSKs) == 0 {
			l.PSK, l.PSKSource = ikestate.PSKUnused, secrets.Source{}
		}
	}
}

// proves reports whether a pre-shared key was proved right.
func (r *Result) proves(src secrets.Source) bool {
	for _, c := range r.Conversations {
		if c.Phase1 != nil && c.Phase1.Ladder.PSKSource == src && c.Phase1.Ladder.PSK == ikestate.PSKVerified {
			return true
		}
	}
	return false
}

// tryGuesses looks for the keys of a flow among values of which nobody knows what
// they are: keys of AEADs and KEYMAT, which the packets verify; integrity keys, which
// they verify too, and with them cipher keys, which must make sense of them.
func (r *resolver) tryGuesses(f *Flow) {
	if f.Key.Protocol == protocolAH {
		r.guessAH(f)
		return
	}
	for _, g := range r.ring.Guesses {
		if g.Text {
			continue
		}
		for _, e := range []secrets.ESP{{EncryptionKey: g.Value}, {Keymat: g.Value}} {
			e.Protocol, e.SPI, e.Source = protocolESP, f.Key.SPI, g.Source
			if sa := r.given.verified(&e, f); sa != nil && sensible(sa, f) == len(f.samples) {
				r.found(e, f, sa)
				return
			}
		}
	}
	if sa, src := r.guessPair(f); sa != nil {
		r.found(secrets.ESP{Protocol: protocolESP, SPI: f.Key.SPI, Source: src}, f, sa)
	}
}

// guessAH looks for the integrity key of a flow of AH, which the packets verify.
func (r *resolver) guessAH(f *Flow) {
	for _, g := range r.ring.Guesses {
		for _, p := range usualPairings[protocolAH] {
			if g.Text || p.integrity.KeyLen != g.Value.Len() {
				continue
			}
			sa := r.given.verifiedEither(esp.Params{SPI: f.Key.SPI, Integrity: p.integrity, IntegrityKey: g.Value.Bytes()}, f)
			if sa != nil {
				r.found(secrets.ESP{Protocol: protocolAH, SPI: f.Key.SPI, Source: g.Source}, f, sa)
				return
			}
		}
	}
}

// guessPair looks for an integrity key first. To verify, no cipher is needed.
func (r *resolver) guessPair(f *Flow) (*esp.SA, secrets.Source) {
	null, _ := suite.CipherByName("null")
	for _, g := range r.ring.Guesses {
		for _, p := range usualPairings[protocolAH] {
			if g.Text || p.integrity.KeyLen != g.Value.Len() {
				continue
			}
			sa := r.given.verifiedEither(esp.Params{SPI: f.Key.SPI, Cipher: null, Integrity: p.integrity, IntegrityKey: g.Value.Bytes()}, f)
			if sa != nil {
				return r.guessCipher(sa.Params(), f)
			}
		}
	}
	return nil, secrets.Source{}
}

// verifiedEither makes the SA that verifies a sample of the flow, with sequence
// numbers of either kind.
func (k *keyring) verifiedEither(p esp.Params, f *Flow) *esp.SA {
	for range 2 {
		if k.trials == 0 {
			k.missed++
			return nil
		}
		k.trials--
		if sa, err := esp.NewSA(p); err == nil && k.fits(sa, f) {
			return sa
		}
		p.ESN = !p.ESN
	}
	return nil
}

// guessCipher looks for the cipher key that goes with an integrity key, which is
// right: the one that makes sense of every sample.
func (r *resolver) guessCipher(p esp.Params, f *Flow) (*esp.SA, secrets.Source) {
	for _, g := range r.ring.Guesses {
		for _, c := range suite.Ciphers() {
			if g.Text || c.AEAD() || c.Mode == suite.ModeNull || c.KeymatLen() != g.Value.Len() || r.given.trials == 0 {
				continue
			}
			r.given.trials--
			p.Cipher, p.CipherKey = c, g.Value.Bytes()
			if sa, err := esp.NewSA(p); err == nil && sensible(sa, f) == len(f.samples) {
				return sa, g.Source
			}
		}
	}
	return nil, secrets.Source{}
}

// found adds what a guess turned out to be to the ring, and opens the flow with it.
func (r *resolver) found(e secrets.ESP, f *Flow, sa *esp.SA) {
	p := sa.Params()
	e.Keymat = keymat.Secret{}
	e.Encryption, e.EncryptionKey = p.Cipher.Name, keymat.NewSecret(p.CipherKey)
	e.Integrity, e.IntegrityKey = p.Integrity.Name, keymat.NewSecret(p.IntegrityKey)
	e.ESN = p.ESN
	r.learn(&secrets.Ring{ESPs: []secrets.ESP{e}})
	for i := range r.ring.ESPs {
		if given := &r.ring.ESPs[i]; given.SPI == e.SPI && given.EncryptionKey.Equal(e.EncryptionKey) && given.IntegrityKey.Equal(e.IntegrityKey) {
			r.apply(given, f, sa)
			return
		}
	}
}
