package ikestate

import (
	"slices"

	"ikescope/decode/isakmp"
	"ikescope/keymat"
	"ikescope/secrets"
)

// climbV2 finds the secrets of an IKE SA: g^ir, keys that the user supplied, or
// SK_d of the IKE SA that it replaced. Of several that fit, those that open the
// latest messages are its keys: an IKE SA with further key exchanges has others
// after each of them (RFC 9370, section 2.2.2).
func (c *Conversation) climbV2(r *ring) {
	p, v := c.Phase1, c.IKEv2
	if made, ok := r.rekeyed[pair{c.CookieI, c.CookieR}]; ok {
		p.Chosen = made.under
	}
	fits := c.fitting(r)
	if len(fits) == 0 {
		return
	}
	fits = c.furtherKeys(r, fits)
	best := fits[0]
	for _, a := range fits {
		v.protections = append(v.protections, a.protection())
		v.proofKeys = append(v.proofKeys, [2]keymat.SKp{a.keys.Pi, a.keys.Pr})
		if a.score == best.score && a.last > best.last {
			best = a
		}
	}
	p.ChoiceTried = p.Chosen == nil && best.score >= readable
	if p.ChoiceTried || p.Chosen != nil {
		p.Chosen = best.under
	}
	p.Ladder, v.SKEYSEED, v.Keys, v.prfs = best.ladder, best.seed, best.keys, best.prfs
	c.withoutFurther(best)
	if best.score >= readable {
		r.used.note(p.Ladder.DHSource, p.Ladder.Rung.String(), c)
		r.used.note(best.ppk, kindPPK, c)
		v.FurtherKeys = best.further
		for _, src := range best.further {
			r.used.note(src.Source, src.Kind, c)
		}
	}
}

// maxFitting bounds the sets of keys with which the messages of one IKE SA are
// opened.
const maxFitting = 16

// fitting returns the attempts that open a message, the best first; where there is
// nothing to try them on, the first attempt.
func (c *Conversation) fitting(r *ring) (fits []attemptV2) {
	best := hopeless
	for _, a := range c.attemptsV2(r) {
		if a.score, a.last = c.testV2(a); a.score == hopeless || a.score < best {
			continue
		}
		if a.score > best {
			best, fits = a.score, fits[:0]
		}
		if len(fits) < maxFitting {
			fits = append(fits, a)
		}
		if a.guessed && a.score == proved {
			break
		}
	}
	if best < readable {
		return fits[:min(len(fits), 1)]
	}
	return fits
}

// attemptV2 is one set of keys that may be those of an IKE SA.
type attemptV2 struct {
	under   *Proposal
	prfs    attemptPRFs
	ladder  Ladder
	seed    keymat.SKEYSEED
	keys    keymat.IKEv2Keys
	guessed bool           // the algorithms are none that were negotiated
	steps   int            // key exchanges after the first one that are in the keys
	further []Taken        // of the secrets of these
	ppk     secrets.Source // post-quantum pre-shared key that is in the keys
	score   score
	last    int // index of the last message that it opens
}

func (a attemptV2) protection() [2]keymat.SKProtection {
	return [2]keymat.SKProtection{
		{Cipher: a.under.Cipher, Integrity: a.under.Integrity, E: a.keys.Ei, A: a.keys.Ai},
		{Cipher: a.under.Cipher, Integrity: a.under.Integrity, E: a.keys.Er, A: a.keys.Ar},
	}
}

func (c *Conversation) attemptsV2(r *ring) (as []attemptV2) {
	p := c.Phase1
	made := r.rekeyed[pair{c.CookieI, c.CookieR}]
	as = append(as, made.attempts...)
	init := made.init
	if made.from == nil && p.Chosen != nil {
		init = keymat.SAInit{PRF: p.Chosen.PRF, SPIi: c.CookieI, SPIr: c.CookieR, Ni: p.NonceI, Nr: p.NonceR}
	}
	seeded := p.Chosen != nil && !p.Chosen.Cipher.IsZero() && init.PRF.Computable() && init.Ni != nil && init.Nr != nil
	if seeded && made.from == nil {
		for _, g := range r.agreements(p.Chosen.Group, p.GXI, p.GXR) {
			as = append(as, fromSeed(p.Chosen, init, init.SKEYSEED(g.secret), Ladder{
				Rung: g.rung, GXY: g.secret, DHSource: g.source, DHProved: g.proved, DHSide: g.side,
			}))
		}
	}
	for i := range r.IKEv2s {
		s := &r.IKEv2s[i]
		if !sameCookie(s.SPIi, c.CookieI) || !sameCookie(s.SPIr, c.CookieR) {
			continue
		}
		as = append(as, c.suppliedV2(s)...)
		if seeded && !s.SKEYSEED.IsZero() {
			as = append(as, fromSeed(p.Chosen, init, keymat.SKEYSEEDFrom(s.SKEYSEED), Ladder{Rung: RungSKEYID, DHSource: s.Source}))
		}
	}
	return as
}

func fromSeed(under *Proposal, init keymat.SAInit, seed keymat.SKEYSEED, l Ladder) attemptV2 {
	keys := seed.Derive(init, under.Integrity.KeyLen, under.Cipher.KeymatLen())
	return attemptV2{under: under, prfs: attemptPRFs{under.PRF}, ladder: l, seed: seed, keys: keys}
}

// suppliedV2 starts from keys that the user supplied: under the negotiated
// algorithms, else under each that may be theirs.
func (c *Conversation) suppliedV2(s *secrets.IKEv2) (as []attemptV2) {
	l := Ladder{Rung: RungSKEYIDe, DHSource: s.Source}
	if !s.SKd.IsZero() {
		l.Rung = RungSKEYID
	}
	keys := keymat.IKEv2Keys{
		D:  keymat.SKdFrom(s.SKd),
		Ai: keymat.SKaFrom(s.SKai), Ar: keymat.SKaFrom(s.SKar),
		Ei: keymat.SKeFrom(s.SKei), Er: keymat.SKeFrom(s.SKer),
		Pi: keymat.SKpFrom(s.SKpi), Pr: keymat.SKpFrom(s.SKpr),
	}
	if under := c.Phase1.Chosen; under != nil && !under.Cipher.IsZero() {
		return []attemptV2{{under: under, prfs: attemptPRFs{under.PRF}, ladder: l, keys: keys}}
	}
	prfs := prfsFor(s)
	for _, under := range proposalsFor(s, prfs) {
		as = append(as, attemptV2{under: under, prfs: prfs, ladder: l, keys: keys, guessed: true})
	}
	return as
}

// testV2 tries keys on the first encrypted messages of either side. It tells the
// last of them that opened. Guessed algorithms must make sense of all that they
// open: an ICV says nothing of the cipher.
func (c *Conversation) testV2(a attemptV2) (best score, last int) {
	protection := [][2]keymat.SKProtection{a.protection()}
	tested, told, last := 0, false, -1
	for i, m := range c.Messages {
		if m.sealed.Raw == nil || m.Missing > 0 {
			continue
		}
		if tested++; tested > maxTestedMessages || a.guessed && tested > maxGuessedMessages {
			break
		}
		u, err := openSealed(protection, m)
		if err != nil {
			continue
		}
		says, sound := m.readsAs(u.plain)
		switch {
		case a.guessed && !sound:
			return hopeless, -1
		case u.verified:
			best, last = proved, i
		case sound && says:
			best, last = max(best, readable), i
		}
		told = told || says
	}
	if a.guessed && !told && best == proved && !a.under.Cipher.AEAD() {
		best = readable
	}
	if tested == 0 {
		best = untested
	}
	return best, last
}

// Bounds on the work that wrong keys cost, in messages tried.
const (
	maxTestedMessages  = 64
	maxGuessedMessages = 8
)

// readsAs reports whether the plaintext of a message holds payloads, and whether it
// may be what was encrypted. What is in a fragment cannot be told.
func (m *Message) readsAs(plain []byte) (says, sound bool) {
	if m.sealed.Type == isakmp.PayloadEncryptedFragment {
		return false, true
	}
	ps, rest, err := isakmp.ParsePayloads(m.sealed.Next, plain, isakmp.HeaderLen)
	return len(ps) > 0, err == nil && len(rest) == 0 && !slices.ContainsFunc(ps, func(p isakmp.Payload) bool {
		return p.Type < isakmp.PayloadSA2
	})
}
