package ikestate

import (
	"bytes"
	"iter"

	"ikescope/decode/isakmp"
	"ikescope/keymat"
	"ikescope/secrets"
)

// score ranks attempts: a hash that verifies is proof, a payload chain that
// reads well is a strong hint, keys that nothing could test are a guess.
type score uint8

const (
	hopeless score = iota
	untested
	readable
	proved
)

// attempt is one combination of proposal and secrets, with what it opened.
type attempt struct {
	flights  []*Message
	under    *Proposal
	material keymat.Phase1
	ladder   Ladder
	hidden   hidden
	messages map[*Message]opened
	ids      [2]*isakmp.ID
	proofs   [2]Proof
	score    score
}

// climb finds the secrets that belong to the conversation and keeps the best
// attempt. It needs placePhase1; it sets Phase1 but for its State.
func (c *Conversation) climb(r *ring) score {
	p := c.Phase1
	best := c.bestAttempt(r)
	if best.flights != nil {
		p.Flights = best.flights
	}
	p.readClear()
	p.Ladder.PSK = c.judgePSK(r, best)
	p.Ladder.DHAssumed = p.Ladder.PSK == PSKRefuted && best.assumesDH()
	if best.under == nil && p.Chosen.Computable() {
		best.hidden = c.unseal(r, p.Chosen)
	}
	if best.hidden.used {
		best.hidden.replace(p)
	}
	if best.score == hopeless {
		return hopeless
	}
	guessed := best.score == untested && p.Chosen == nil && len(c.choices(r)) > 1
	if best.score == untested && best.ladder.psk != nil && (guessed || len(c.allowed(r)) > 1) {
		best.ladder = best.ladder.above()
	}
	best.ladder.PSK, best.ladder.DHAssumed = p.Ladder.PSK, p.Ladder.DHAssumed
	p.Ladder, p.material = best.ladder, best.material
	if p.Chosen == nil && !guessed {
		p.Chosen, p.ChoiceTried = best.under, true
	}
	p.proofs = best.proofs
	p.IDii, p.IDir = firstID(best.ids[Initiator], p.IDii), firstID(best.ids[Responder], p.IDir)
	for m, x := range best.messages {
		x.commit(m)
	}
	c.noteUses(r, best)
	return best.score
}

// assumesDH reports whether only a shared secret that may be another exchange's speaks
// against the attempt, and no hash.
func (a *attempt) assumesDH() bool {
	return !a.ladder.DHProved && !a.refuted(Initiator) && !a.refuted(Responder)
}

// bestAttempt tests casting by casting until something is proved. Where several
// messages claim one place, as when one was forged, the keys decide.
func (c *Conversation) bestAttempt(r *ring) (best attempt) {
	first := c.Phase1.Flights
	for flights := range c.Phase1.castings() {
		c.Phase1.Flights = flights
		c.Phase1.readClear()
		for a := range c.attempts(r) {
			a.flights = flights
			c.test(&a)
			c.restrict(&a)
			if best.under == nil || a.score > best.score {
				best = a
			}
			if best.score == proved {
				return best
			}
		}
	}
	c.Phase1.Flights = first
	return best
}

func firstID(ids ...*isakmp.ID) *isakmp.ID {
	for _, id := range ids {
		if id != nil {
			return id
		}
	}
	return nil
}

// attempts yields every combination worth testing, the most likely first.
func (c *Conversation) attempts(r *ring) iter.Seq[attempt] {
	return func(yield func(attempt) bool) {
		for _, under := range c.choices(r) {
			if !under.Computable() {
				continue
			}
			h := c.unseal(r, under)
			m := c.Phase1.derivation(c, under, h)
			for l := range c.ladders(r, under, m) {
				if !yield(attempt{under: under, material: m, ladder: l, hidden: h}) {
					return
				}
			}
		}
	}
}

// ladders yields the ladders that the secrets allow under a proposal: from the
// top (g^xy and a PSK), then from the rungs that the user named.
func (c *Conversation) ladders(r *ring, under *Proposal, m keymat.Phase1) iter.Seq[Ladder] {
	return func(yield func(Ladder) bool) {
		agreements := r.agreements(under.Group, m.GXI, m.GXR)
		for _, l := range c.starts(r, under, m, agreements) {
			if !yield(l) {
				return
			}
		}
		if under.GroupName == "" {
			agreements = r.sharedOf(0)
		}
		for i := range r.ISAKMPs {
			for _, l := range c.fromRungs(&r.ISAKMPs[i], under, m, agreements) {
				if !yield(l) {
					return
				}
			}
		}
	}
}

// starts are the ladders that begin with a shared secret or a PSK alone.
func (c *Conversation) starts(r *ring, under *Proposal, m keymat.Phase1, agreements []agreed) (ls []Ladder) {
	if m.NiB == nil || m.NrB == nil {
		return nil
	}
	for _, s := range skeyids(r, under, m, agreements) {
		l := s
		if !l.GXY.IsZero() {
			l = derive(l, under, m)
		}
		ls = append(ls, l)
	}
	return append(ls, c.keyless(r, under, m, agreements)...)
}

// keyless are the ladders that can be tested without a cipher key: a pre-shared
// key by a HASH in the clear (Aggressive and Base Mode), also where no g^xy that
// the user supplied is the right one; and in Base Mode signatures.
func (c *Conversation) keyless(r *ring, under *Proposal, m keymat.Phase1, agreements []agreed) (ls []Ladder) {
	switch {
	case c.Phase1.Script.Exchange == isakmp.ExchangeMain:
		return nil
	case under.Auth.Plain() == isakmp.AuthPSK && len(agreements) > 0:
		ls = skeyids(r, under, m, nil)
	case under.Auth.IsSignature() && c.Phase1.Script.Exchange == isakmp.ExchangeBase:
		ls = []Ladder{{}}
	}
	for i := range ls {
		ls[i].alternative = true
	}
	return ls
}

// skeyids computes SKEYID in each way that the authentication method has (RFC
// 2409, section 5): one for each PSK, or one from g^xy or the cookies.
func skeyids(r *ring, under *Proposal, m keymat.Phase1, agreements []agreed) (ls []Ladder) {
	if len(agreements) == 0 {
		agreements = []agreed{{}}
	}
	for _, g := range agreements {
		base := Ladder{Rung: g.rung, GXY: g.secret, DHSource: g.source, DHProved: g.proved, DHSide: g.side}
		switch under.Auth.Plain() {
		case isakmp.AuthPSK:
			for i := range r.PSKs {
				l := base
				l.psk = &r.PSKs[i]
				l.SKEYID, l.PSKSource = m.SKEYIDFromPSK(l.psk.Secret), l.psk.Source
				ls = append(ls, l)
			}
		case isakmp.AuthRSAEncryption, isakmp.AuthRSARevisedEncryption:
			base.SKEYID = m.SKEYIDFromPublicKey()
			ls = append(ls, base)
		default:
			if !g.secret.IsZero() {
				base.SKEYID = m.SKEYIDFromSignature(g.secret)
				ls = append(ls, base)
			}
		}
	}
	return ls
}

// above is the ladder without what comes of its pre-shared key: where there are
// several, and nothing tells which is right.
func (l Ladder) above() Ladder {
	return Ladder{Rung: l.Rung, GXY: l.GXY, DHSource: l.DHSource, DHSide: l.DHSide, DHProved: l.DHProved}
}

// derive climbs down from SKEYID and g^xy to the cipher key.
func derive(l Ladder, under *Proposal, m keymat.Phase1) Ladder {
	k := l.SKEYID.Derive(m, l.GXY)
	l.D, l.A, l.E = k.D, k.A, k.E
	l.CipherKey = l.E.CipherKey(m.PRF, under.Cipher)
	return l
}

// fromRungs are the ladders that start from the rungs that a user supplied: none
// where the entry names other cookies or has a key that does not fit the proposal.
// SKEYID alone leads down with each g^xy that could be the exchange's.
func (c *Conversation) fromRungs(s *secrets.ISAKMP, under *Proposal, m keymat.Phase1, agreements []agreed) (ls []Ladder) {
	if !sameCookie(s.CookieI, c.CookieI) || !sameCookie(s.CookieR, c.CookieR) {
		return nil
	}
	l := Ladder{
		Rung: rungOf(s), DHSource: s.Source, SKEYID: keymat.SKEYIDFrom(s.SKEYID), D: keymat.SKEYIDdFrom(s.SKEYIDd),
		A: keymat.SKEYIDaFrom(s.SKEYIDa), E: keymat.SKEYIDeFrom(s.SKEYIDe),
		CipherKey: keymat.CipherKeyFrom(s.CipherKey), InitialIV: s.InitialIV,
	}
	if !l.E.IsZero() || l.SKEYID.IsZero() || len(agreements) == 0 {
		agreements = []agreed{{}}
	}
	for _, g := range agreements[:min(len(agreements), maxAgreements)] {
		down := l
		if down.GXY = g.secret; !g.secret.IsZero() {
			down = derive(down, under, m)
		}
		if down.CipherKey.IsZero() && !down.E.IsZero() {
			down.CipherKey = down.E.CipherKey(m.PRF, under.Cipher)
		}
		if down.CipherKey.IsZero() || down.CipherKey.Secret().Len() == under.Cipher.KeyLen {
			ls = append(ls, down)
		}
	}
	return ls
}

// maxAgreements bounds the shared secrets that are tried with one SKEYID.
const maxAgreements = 256

func sameCookie(want *[8]byte, have isakmp.Cookie) bool {
	return want == nil || bytes.Equal(want[:], have[:])
}

func rungOf(s *secrets.ISAKMP) Rung {
	switch {
	case !s.SKEYID.IsZero():
		return RungSKEYID
	case !s.SKEYIDe.IsZero():
		return RungSKEYIDe
	case !s.CipherKey.IsZero():
		return RungCipherKey
	}
	return RungNone
}

func (l Ladder) opener(under *Proposal) opener {
	if under == nil {
		return opener{}
	}
	return opener{cipher: under.Cipher, key: l.CipherKey}
}

func (c *Conversation) noteUses(r *ring, a attempt) {
	if a.score < readable {
		return
	}
	r.used.note(a.ladder.DHSource, a.ladder.Rung.String(), c)
	r.used.note(a.ladder.PSKSource, "psk", c)
	for _, x := range a.hidden.revealed {
		r.used.note(x.Source, "rsa-key", c)
	}
}
