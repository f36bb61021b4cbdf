package ikestate

import "ikescope/decode/isakmp"

// solve rebuilds the conversation from all its messages. The steps are in the
// order of the protocol; each says what it needs in its own comment.
func (c *Conversation) solve(r *ring) {
	if c.Version() == 2 {
		c.solveV2(r)
		return
	}
	c.recallReadings()
	c.nat, c.natBudget = nil, &r.natBudget
	if c.solvePhase1(r) < proved && c.disputed() {
		c.Initiator, c.Responder = c.Responder, c.Initiator
		if c.solvePhase1(r) < proved {
			c.Initiator, c.Responder = c.Responder, c.Initiator
			c.solvePhase1(r)
		}
	}
	c.Exchanges = c.groupExchanges()
	c.openExchanges()
	c.chooseReadings()
	c.Phase1.settle()
	c.concludeProofs()
	c.readNewGroups()
	for _, x := range c.Exchanges {
		if x.Type == isakmp.ExchangeQuick {
			c.solveQuick(r, x)
		}
	}
	c.readTransactions()
	c.readNotices()
	c.applyLifetimes()
	c.judge()
	c.explain()
	c.explainFragments()
}

// solvePhase1 rebuilds phase 1 under the present belief of who began it.
func (c *Conversation) solvePhase1(r *ring) score {
	c.reset()
	c.Phase1 = c.placePhase1()
	return c.climb(r)
}

// disputed reports whether both sides sent what only an initiator sends: one of
// the two was forged.
func (c *Conversation) disputed() bool {
	var from [2]bool
	for _, m := range c.Messages {
		if opens(m) {
			from[speaker(m.FromInitiator)] = true
		}
	}
	return from[Initiator] && from[Responder]
}

// reset forgets what an earlier solve found out.
func (c *Conversation) reset() {
	c.IPsecSAs, c.Deletes, c.Notices = nil, nil, nil
	for _, m := range c.Messages {
		m.FromInitiator = c.fromInitiator(m.Src)
		m.Position, m.Verified = 0, Unchecked
		if m.Encrypted() {
			m.readClear()
		}
	}
}

// openExchanges decrypts and verifies phase 2. It needs the ladder.
func (c *Conversation) openExchanges() {
	p := c.Phase1
	o := p.Ladder.opener(p.Chosen)
	if !o.usable() {
		return
	}
	ctx := c.protection(p.Chosen, p.Ladder, p.material)
	for _, x := range c.Exchanges {
		for i, got := range ctx.open(x) {
			if got.ok() {
				got.commit(x.Messages[i])
			}
		}
	}
}

// judge decides how far phase 1 came. Without keys, a protected exchange shows
// that both sides finished it: nobody sends one before (RFC 2409, section 5).
func (c *Conversation) judge() {
	p := c.Phase1
	last := len(p.Flights) - 1
	switch {
	case p.HashI == Verified && p.HashR == Verified:
		p.State = Established
	case c.phase2Seen():
		p.State = Established
	case c.refusedPhase1():
		p.State = Failed
	case last >= 0 && p.Flights[last] != nil && p.HashI != Refuted && p.HashR != Refuted:
		p.State = Established
	default:
		p.State = Incomplete
	}
}

// phase2Seen reports whether both sides spoke in exchanges that only an
// established ISAKMP SA has, or one provably did.
func (c *Conversation) phase2Seen() bool {
	var from [2]bool
	for _, x := range c.Exchanges {
		for _, m := range x.Messages {
			if x.Type != isakmp.ExchangeInformational && m.Verified == Verified {
				return true
			}
			if x.Type != isakmp.ExchangeInformational || m.Decrypted {
				from[speaker(m.FromInitiator)] = true
			}
		}
	}
	return from[Initiator] && from[Responder]
}

// refusedPhase1 reports whether a peer said, without encryption, that it gave up.
func (c *Conversation) refusedPhase1() bool {
	for _, n := range c.Notices {
		if !n.Message.Encrypted() && n.Type.IsError() {
			return true
		}
	}
	return false
}
