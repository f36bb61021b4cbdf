package ikestate

import (
	"slices"

	"ikescope/decode/ikev2"
	"ikescope/decode/isakmp"
	"ikescope/keymat"
	"ikescope/secrets"
)

// IKEv2 is what version 2 has and version 1 has not (RFC 7296). What both have is
// in Conversation and Phase1, so that nothing behind this room needs to know
// which version made an SA.
type IKEv2 struct {
	SKEYSEED  keymat.SKEYSEED
	Keys      keymat.IKEv2Keys
	AuthI     uint8 // authentication methods (RFC 7296, section 3.8), 0 unknown
	AuthR     uint8
	EAP       bool          // the initiator proves itself by EAP (section 2.16)
	RekeyedTo *Conversation // the IKE SA that replaced this one
	RekeyOf   *Conversation // the IKE SA whose SK_d made this one
	Exchanges []*ExchangeV2 // in order of their first messages
	// PSKI and PSKR are where the pre-shared keys were given that verify AUTH of
	// the initiator and of the responder.
	PSKI, PSKR secrets.Source

	// PPK is a post-quantum pre-shared key that the initiator named, nil if it did not.
	PPK *PPK
	// Announced: both peers said in IKE_SA_INIT that they know such keys (USE_PPK).
	Announced bool

	// Further are key exchanges after the first one whose secrets are not known, so
	// that SK_d and what was said behind them are not either (RFC 9370).
	Further []string

	// FurtherKeys are the secrets of those that are known.
	FurtherKeys []Taken

	protections [][2]keymat.SKProtection // each by sender: initiator, responder
	proofKeys   [][2]keymat.SKp          // SK_pi and SK_pr beside them
	covered     intAuth
	ppkBetween  bool             // keys that open IKE_INTERMEDIATE do not open what follows, as a post-quantum key went in there (RFC 9867)
	unmixed     keymat.IKEv2Keys // without a post-quantum pre-shared key
	mixes       []mixed          // with those that it may be
	links       map[linkKey][]*ExchangeV2
	prfs        attemptPRFs
	ids         [2][]byte // bodies of the ID payloads, by sender
}

// ExchangeV2 is a request and its response (RFC 7296, section 1); either may be
// missing in the capture.
type ExchangeV2 struct {
	Type              isakmp.ExchangeType
	MessageID         uint32
	By                Speaker // who sent the request
	Request, Response *Message
}

// solveV2 rebuilds a conversation of version 2. The steps are in the order of the
// protocol.
func (c *Conversation) solveV2(r *ring) {
	c.IPsecSAs, c.Deletes, c.Notices, c.Exchanges = nil, nil, nil, nil
	c.IKEv2 = &IKEv2{RekeyOf: r.rekeyed[pair{c.CookieI, c.CookieR}].from}
	for _, m := range c.Messages {
		m.FromInitiator = m.Header.Flags&isakmp.FlagInitiator != 0
		m.Position, m.Verified = 0, Unchecked
		m.readClear()
	}
	c.orientV2()
	c.Phase1 = c.readInit()
	c.climbV2(r)
	c.openV2()
	c.pairV2()
	c.linkFollowups()
	c.readPPK(r)
	c.readAuth(r)
	for _, x := range c.IKEv2.Exchanges {
		c.readChild(r, x)
		c.readRekey(r, x)
	}
	c.readNoticesV2()
	c.judgeV2()
	nat := c.judgeNATV2()
	c.nat = &nat
	for _, m := range c.Messages {
		if m.Encrypted() && !m.Decrypted && m.Note == "" {
			m.Note = c.why(m, nil)
		}
	}
}

// orientV2 takes the peers from the header flag that says who began the IKE SA.
func (c *Conversation) orientV2() {
	for _, m := range c.Messages {
		if m.FromInitiator {
			c.Initiator, c.Responder, c.InitiatorCertain = m.Src, m.Dst, true
			return
		}
	}
	if len(c.Messages) > 0 {
		m := c.Messages[0]
		c.Initiator, c.Responder, c.InitiatorCertain = m.Dst, m.Src, true
	}
}

// pairV2 joins requests and responses by message ID and requester.
func (c *Conversation) pairV2() {
	type key struct {
		mid uint32
		by  Speaker
	}
	byKey := map[key]*ExchangeV2{}
	for _, m := range c.Messages {
		response := m.Header.Flags&isakmp.FlagResponse != 0
		k := key{m.Header.MessageID, speaker(m.FromInitiator != response)}
		x := byKey[k]
		if x == nil {
			x = &ExchangeV2{Type: m.Header.Exchange, MessageID: k.mid, By: k.by}
			byKey[k] = x
			c.IKEv2.Exchanges = append(c.IKEv2.Exchanges, x)
		}
		x.put(m, response)
	}
}

// put takes a message; one that was read counts more than one that was not, and
// in IKE_SA_INIT, which may start over (RFC 7296, section 2.6), the last counts.
func (x *ExchangeV2) put(m *Message, response bool) {
	slot := &x.Request
	m.Position = 1
	if response {
		slot, m.Position = &x.Response, 2
	}
	if *slot == nil || !(*slot).Decrypted || x.Type == isakmp.ExchangeIKESAInit || (*slot).piece() && !m.piece() {
		*slot = m
	}
}

// piece reports whether m is a fragment that does not stand for its whole message.
func (m *Message) piece() bool {
	_, ok := m.First(isakmp.PayloadEncryptedFragment)
	return ok || !m.Decrypted && m.sealed.Type == isakmp.PayloadEncryptedFragment
}

// proved reports whether the message is there and verifies.
func (m *Message) proved() bool { return m != nil && m.Verified == Verified }

// judgeV2 decides how far the IKE SA came.
func (c *Conversation) judgeV2() {
	p := c.Phase1
	switch {
	case c.failedV2():
		p.State = Failed
	case p.HashI == Verified || p.HashR == Verified || c.IKEv2.AuthR != 0 || c.IKEv2.RekeyOf != nil || c.laterV2():
		p.State = Established
	default:
		p.State = Incomplete
	}
}

// laterV2 reports whether an exchange was answered that needs an established IKE
// SA, or provably begun, or IKE_AUTH was answered where nothing could be read.
func (c *Conversation) laterV2() bool {
	return slices.ContainsFunc(c.IKEv2.Exchanges, func(x *ExchangeV2) bool {
		later := x.Type == isakmp.ExchangeCreateChildSA || x.Type == isakmp.ExchangeInformational2
		unread := x.Type == isakmp.ExchangeIKEAuth && x.Response != nil && !x.Response.Decrypted
		begun := x.Type == isakmp.ExchangeCreateChildSA && (x.Request.proved() || x.Response.proved())
		return begun || x.Request != nil && x.Response != nil && (later || unread)
	})
}

// failedV2 reports whether the IKE SA was refused. An error in IKE_SA_INIT is not
// authenticated and counts only where nothing follows it (RFC 7296, section
// 2.21.1); NO_PROPOSAL_CHOSEN in IKE_AUTH concerns the child SA (section 1.2).
func (c *Conversation) failedV2() bool {
	began := slices.ContainsFunc(c.IKEv2.Exchanges, func(x *ExchangeV2) bool { return x.Type == isakmp.ExchangeIKEAuth })
	return slices.ContainsFunc(c.Notices, func(n Notice) bool {
		t := ikev2.NotifyType(n.Type)
		switch n.Message.Header.Exchange {
		case isakmp.ExchangeIKESAInit:
			return !began && t.IsError() && t.Fatal()
		case isakmp.ExchangeIKEAuth:
			return t.IsError() && t.Fatal() && t != ikev2.NoProposalChosen
		case isakmp.ExchangeInformational2:
			return t == ikev2.AuthenticationFailed
		}
		return false
	})
}
