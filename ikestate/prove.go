package ikestate

import (
	"bytes"
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
	c.checkHashes(a)
	switch {
	case a.score >= proved:
	case !o.usable():
		if a.hashI != Refuted && a.hashR != Refuted {
			a.score = max(a.score, untested)
		}
	case a.score >= readable || !c.opensPhase1(a):
		a.score = max(a.score, c.testPhase2(a, o))
	}
}

// opensPhase1 reports whether right keys would have opened a message of phase 1.
func (c *Conversation) opensPhase1(a *attempt) bool {
	return len(c.startIVs(a)) > 0 && c.hasEncryptedProof()
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

// checkHashes verifies HASH_I and HASH_R over everything that phase 1 exchanged
// (RFC 2409, section 5). It marks the attempt proved when one of them is right.
func (c *Conversation) checkHashes(a *attempt) {
	if a.ladder.SKEYID.IsZero() || a.material.SAiB == nil {
		return
	}
	for i, f := range c.Phase1.Script.Flights {
		for _, m := range c.Phase1.cast[i] {
			c.checkHash(a, f.Speaker, m)
		}
	}
	if a.hashI == Verified || a.hashR == Verified {
		a.score = proved
	}
}

func (c *Conversation) checkHash(a *attempt, s Speaker, m *Message) {
	x, ok := a.messages[m]
	if m.Encrypted() && !ok {
		return
	}
	if !m.Encrypted() {
		x = opened{plain: m.Raw, payloads: m.Payloads}
	}
	id := x.payload(isakmp.PayloadID)
	if id == nil {
		id = c.Phase1.at(s, isakmp.PayloadID).bodyOf(isakmp.PayloadID)
	}
	got := x.payload(isakmp.PayloadHash)
	if id == nil || got == nil {
		return
	}
	x.verified = verdictOf(bytes.Equal(got, a.authHash(s, id)))
	a.recordProof(s, id, x.verified)
	if m.Encrypted() {
		a.messages[m] = x
	} else {
		a.messages[m] = opened{plain: nil, payloads: m.Payloads, verified: x.verified}
	}
}

func (a *attempt) authHash(s Speaker, idBody []byte) []byte {
	if s == Initiator {
		return a.ladder.SKEYID.HashI(a.material, idBody)
	}
	return a.ladder.SKEYID.HashR(a.material, idBody)
}

func (a *attempt) recordProof(s Speaker, idBody []byte, v Verdict) {
	hash, slot := &a.hashI, &a.idii
	if s == Responder {
		hash, slot = &a.hashR, &a.idir
	}
	if *hash != Verified {
		*hash = v
	}
	if id, err := isakmp.ParseID(idBody); err == nil {
		*slot = &id
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
	case len(r.PSKs) == 0 || under == nil || under.Auth.Plain() != isakmp.AuthPSK:
		return PSKUnused
	case best.ladder.PSKSource == (secrets.Source{}) && best.score >= readable:
		return PSKUnused
	case best.hashI == Verified || best.hashR == Verified:
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
	if best.hashI == Refuted || best.hashR == Refuted {
		return true
	}
	if best.score >= untested {
		return false
	}
	m := c.Phase1.derivation(c, under)
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
