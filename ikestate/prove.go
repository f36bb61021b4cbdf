package ikestate

import (
	"slices"

	"ikescope/decode/isakmp"
	"ikescope/keymat"
	"ikescope/secrets"
)

// test decrypts and verifies what an attempt allows: phase 1 itself, and where
// that proves nothing, the exchanges that it would protect.
func (c *Conversation) test(a *attempt) {
	a.messages = map[*Message]opened{}
	o := a.ladder.opener(a.under)
	if o.usable() {
		c.openPhase1(a, o)
	}
	c.checkProofs(a)
	c.weigh(a, o)
	switch {
	case a.score >= proved:
	case !o.usable():
		if !a.refuted(Initiator) && !a.refuted(Responder) {
			a.score = max(a.score, untested)
		}
	case a.score >= readable || !c.opensPhase1(a):
		a.score = max(a.score, c.testPhase2(a, o))
	}
	if a.score == untested && (a.proved(Initiator) || a.proved(Responder)) {
		a.score = readable
	}
}

// opensPhase1 reports whether right keys would have opened a message of phase 1:
// one that is whole, and so is what its vector comes from.
func (c *Conversation) opensPhase1(a *attempt) bool {
	before := len(c.startIVs(a)) > 0
	for i := range c.Phase1.Flights {
		whole := slices.ContainsFunc(c.Phase1.cast[i], func(m *Message) bool { return m.Encrypted() && m.Missing == 0 })
		if whole && before {
			return true
		}
		if c.Phase1.Script.Flights[i].Protection != Clear {
			before = whole
		}
	}
	return false
}

// openPhase1 decrypts the encrypted messages of phase 1. The chain starts with
// hash(g^xi | g^xr); each message then chains to the last block of the one
// before it (RFC 2409, appendix B). As with all chains here, every block that
// could be the vector is tried.
func (c *Conversation) openPhase1(a *attempt, o opener) {
	ivs := slices.Concat(c.startIVs(a), c.lastBlocks(o.cipher.BlockLen))
	for i, f := range c.Phase1.Script.Flights {
		for _, m := range c.Phase1.cast[i] {
			if !m.Encrypted() {
				continue
			}
			x := openWith(o, m, ivs)
			if !x.ok() {
				x = c.healIdentity(a, o, f.Speaker, m)
			}
			if x.ok() {
				a.messages[m] = x
				a.score = max(a.score, readable)
			}
		}
	}
}

// lastBlocks returns the last block of every encrypted message of phase 1, the
// last message's first.
func (c *Conversation) lastBlocks(n int) (blocks [][]byte) {
	for i := len(c.Phase1.Flights) - 1; i >= 0; i-- {
		for _, m := range c.Phase1.cast[i] {
			if b := m.lastBlock(n); m.Encrypted() && b != nil {
				blocks = append(blocks, b)
			}
		}
	}
	return blocks
}

// startIVs returns the vectors from which phase 1's chain may start.
func (c *Conversation) startIVs(a *attempt) (ivs [][]byte) {
	n := a.under.Cipher.BlockLen
	if len(a.material.GXI) > 0 && len(a.material.GXR) > 0 {
		ivs = append(ivs, a.material.InitialIV(n))
	}
	if a.ladder.InitialIV.Len() >= n {
		ivs = append(ivs, a.ladder.InitialIV.Bytes()[:n])
	}
	return ivs
}

func openWith(o opener, m *Message, ivs [][]byte) opened {
	for _, iv := range ivs {
		if x := o.open(m, iv); x.ok() {
			return x
		}
	}
	return opened{}
}

// weigh marks the attempt proved when one side's proof is right and so are the
// keys. A HASH in the clear proves the pre-shared key; it says nothing of a g^xy
// that the user supplied. With signatures in Base Mode the proof needs no secret.
func (c *Conversation) weigh(a *attempt, o opener) {
	if !a.proved(Initiator) && !a.proved(Responder) || a.baseSigned(c) {
		return
	}
	opened := a.score >= readable
	if opened || !o.usable() && !a.ladder.alternative || a.ladder.DHProved || a.ladder.GXY.IsZero() && o.usable() {
		a.score = proved
	} else if !o.usable() {
		a.score = readable
	}
}

// testPhase2 tries the keys on the exchanges under the ISAKMP SA. Keys that open
// none of them are wrong; where there is nothing to open, they stay untested.
func (c *Conversation) testPhase2(a *attempt, o opener) score {
	ctx := c.protection(a.under, a.ladder, a.material)
	best := untested
	for i, x := range c.groupExchanges() {
		if i == maxTestedExchanges {
			break
		}
		for _, got := range ctx.open(x) {
			switch {
			case got.verified == Verified:
				return proved
			case got.ok() && got.verified == Unchecked:
				best = readable
			case best == untested:
				best = hopeless
			}
		}
	}
	return best
}

// maxTestedExchanges bounds the work that one wrong key costs.
const maxTestedExchanges = 16

// judgePSK says what the tests tell of the pre-shared keys.
func (c *Conversation) judgePSK(r *ring, best attempt) PSKVerdict {
	under := best.under
	if under == nil {
		under = c.Phase1.Chosen
	}
	switch {
	case under == nil || under.Auth.Plain() != isakmp.AuthPSK || best.ladder.psk == nil && len(c.allowed(r)) == 0:
		return PSKUnused
	case best.ladder.PSKSource == (secrets.Source{}) && best.score >= readable:
		return PSKUnused
	case best.proved(Initiator) || best.proved(Responder):
		return PSKVerified
	case best.score == proved:
		return PSKVerified
	case c.refutes(r, under, best):
		return PSKRefuted
	}
	return PSKUnverified
}

// refutes reports whether the capture holds what a right key would have opened:
// a hash in the clear, or an encrypted message together with the shared secret.
func (c *Conversation) refutes(r *ring, under *Proposal, best attempt) bool {
	if best.refuted(Initiator) || best.refuted(Responder) {
		return true
	}
	if best.score >= untested {
		return false
	}
	m := c.Phase1.derivation(c, under, hidden{})
	derivable := m.NiB != nil && m.NrB != nil && m.GXI != nil && m.GXR != nil
	return derivable && len(r.agreements(under.Group, m.GXI, m.GXR)) > 0 && c.hasEncryptedProof()
}

func (c *Conversation) hasEncryptedProof() bool {
	for i := range c.Phase1.Flights {
		for _, m := range c.Phase1.cast[i] {
			if m.Encrypted() && m.Missing == 0 {
				return true
			}
		}
	}
	return false
}

// protection returns what is needed to open and verify the exchanges under the
// ISAKMP SA.
func (c *Conversation) protection(under *Proposal, l Ladder, m keymat.Phase1) protection {
	return protection{
		opener: l.opener(under), hash: under.Hash, prf: m.PRF, a: l.A,
		chains: c.chainStarts(under, l, m),
	}
}

// chainStarts returns every block that may have been the last of phase 1, from
// which the vector of a phase 2 exchange is computed, the likeliest first.
func (c *Conversation) chainStarts(under *Proposal, l Ladder, m keymat.Phase1) [][]byte {
	start := c.startIVs(&attempt{under: under, ladder: l, material: m})
	return slices.Concat(c.lastBlocks(under.Cipher.BlockLen), start)
}
