package ikestate

import (
	"strings"

	"ikescope/decode/ikev2"
	"ikescope/decode/isakmp"
	"ikescope/keymat"
	"ikescope/suite"
)

// initScript is the first exchange of version 2 (RFC 7296, section 1.2):
//
//	HDR, SAi1, KEi, Ni   -->
//	                     <--  HDR, SAr1, KEr, Nr, [CERTREQ]
//	HDR, SK {IDi, [CERT,] [CERTREQ,] [IDr,] AUTH, SAi2, TSi, TSr}  -->
//	                     <--  HDR, SK {IDr, [CERT,] AUTH, SAr2, TSi, TSr}
var initScript = Script{Name: "IKE_SA_INIT", Exchange: isakmp.ExchangeIKESAInit, Flights: []Flight{
	{Initiator, Clear, []Rule{one(isakmp.PayloadSA2), one(isakmp.PayloadKE2), one(isakmp.PayloadNonce2)}},
	{Responder, Clear, []Rule{one(isakmp.PayloadSA2), one(isakmp.PayloadKE2), one(isakmp.PayloadNonce2)}},
	{Initiator, Encrypted, nil},
	{Responder, Encrypted, nil},
}}

// readInit reads what travels unencrypted. A request may have been repeated with a
// cookie or for another group (RFC 7296, sections 2.6 and 1.2): the one that fits
// the answer counts.
func (c *Conversation) readInit() *Phase1 {
	p := &Phase1{Script: initScript, Flights: make([]*Message, len(initScript.Flights)), cast: make([][]*Message, len(initScript.Flights))}
	for _, m := range c.Messages {
		if i := initScript.place(m) - 1; i >= 0 && (m.Header.Exchange == isakmp.ExchangeIKESAInit || m.Header.Exchange == isakmp.ExchangeIKEAuth) {
			p.cast[i] = append(p.cast[i], m)
			p.Flights[i] = m
		}
	}
	group, gxr := keyExchange(p.Flights[1])
	for _, m := range p.cast[0] {
		if g, _ := keyExchange(m); p.Flights[1] != nil && g == group {
			p.Flights[0] = m
		}
	}
	_, p.GXI = keyExchange(p.Flights[0])
	p.GXR = gxr
	p.NonceI, p.NonceR = p.Flights[0].bodyOf(isakmp.PayloadNonce2), p.Flights[1].bodyOf(isakmp.PayloadNonce2)
	p.Offered = proposalsV2(p.Flights[0])
	if answer := proposalsV2(p.Flights[1]); len(answer) > 0 {
		p.Chosen = &answer[0]
	}
	return p
}

func keyExchange(m *Message) (group uint16, public []byte) {
	ke, err := ikev2.ParseKE(m.bodyOf(isakmp.PayloadKE2))
	if err != nil {
		return 0, nil
	}
	return ke.Group, ke.Data
}

// proposalsV2 reads the IKE proposals of a message.
func proposalsV2(m *Message) (ps []Proposal) {
	body := m.bodyOf(isakmp.PayloadSA2)
	sa, _ := ikev2.ParseSA(body) // what stands before damage counts
	for _, p := range sa {
		if p.Protocol == isakmp.ProtocolISAKMP {
			ps = append(ps, proposalV2(p))
		}
	}
	return ps
}

// proposalV2 reads a proposal by meaning. One that offers several algorithms of a
// kind names them all; the values are those of the first.
func proposalV2(p ikev2.Proposal) Proposal {
	out := Proposal{Number: int(p.Number)}
	var enc, prf, integ, group []string
	for _, t := range p.Transforms {
		switch t.Type {
		case ikev2.Encryption:
			c, _ := suite.IKEv2Cipher(t.ID, t.KeyBits)
			enc = append(enc, nameOr(c.Name, suite.IKEv2EncryptionName(t.ID)))
			keepFirst(&out.Cipher, c, len(enc))
		case ikev2.PRF:
			f, _ := suite.IKEv2PRF(t.ID)
			prf = append(prf, strings.TrimPrefix(nameOr(f.Name, suite.IKEv2PRFName(t.ID)), "hmac-"))
			keepFirst(&out.PRF, f, len(prf))
		case ikev2.Integrity:
			i, _ := suite.IKEv2Integrity(t.ID)
			integ = append(integ, nameOr(i.Name, suite.IKEv2IntegrityName(t.ID)))
			keepFirst(&out.Integrity, i, len(integ))
		case ikev2.KeyMethod:
			g, _ := suite.GroupByID(t.ID)
			group = append(group, nameOr(g.Name, suite.GroupName(t.ID)))
			keepFirst(&out.Group, g, len(group))
		}
	}
	out.Encryption, out.HashName = strings.Join(enc, ","), strings.Join(prf, ",")
	out.IntegrityName, out.GroupName = strings.Join(integ, ","), strings.Join(group, ",")
	return out
}

func keepFirst[T any](slot *T, v T, n int) {
	if n == 1 {
		*slot = v
	}
}

// climbV2 finds the secrets of an IKE SA: g^ir, keys that the user supplied, or
// SK_d of the IKE SA that it replaced.
func (c *Conversation) climbV2(r *ring) {
	p := c.Phase1
	best := hopeless
	for _, a := range c.attemptsV2(r) {
		s := c.testV2(a)
		if s <= best {
			continue
		}
		best = s
		p.Ladder, p.Chosen = a.ladder, a.under
		c.IKEv2.SKEYSEED, c.IKEv2.Keys, c.IKEv2.protection = a.seed, a.keys, a.protection()
	}
	if best >= readable {
		r.used.note(p.Ladder.DHSource, p.Ladder.Rung.String(), c)
	}
}

// attemptV2 is one set of keys that may be those of an IKE SA.
type attemptV2 struct {
	under  *Proposal
	ladder Ladder
	seed   keymat.SKEYSEED
	keys   keymat.IKEv2Keys
}

func (a attemptV2) protection() [2]keymat.SKProtection {
	return [2]keymat.SKProtection{
		{Cipher: a.under.Cipher, Integrity: a.under.Integrity, E: a.keys.Ei, A: a.keys.Ai},
		{Cipher: a.under.Cipher, Integrity: a.under.Integrity, E: a.keys.Er, A: a.keys.Ar},
	}
}

func (c *Conversation) attemptsV2(r *ring) (as []attemptV2) {
	p := c.Phase1
	if made, ok := r.rekeyed[pair{c.CookieI, c.CookieR}]; ok {
		return []attemptV2{made.attempt}
	}
	if p.Chosen == nil || p.Chosen.Cipher.IsZero() {
		return nil
	}
	if p.NonceI != nil && p.NonceR != nil && p.Chosen.PRF.Computable() {
		init := keymat.SAInit{PRF: p.Chosen.PRF, SPIi: c.CookieI, SPIr: c.CookieR, Ni: p.NonceI, Nr: p.NonceR}
		for _, g := range r.agreements(p.Chosen.Group, p.GXI, p.GXR) {
			as = append(as, fromSeed(p.Chosen, init, init.SKEYSEED(g.secret), Ladder{
				Rung: g.rung, GXY: g.secret, DHSource: g.source, DHProved: g.proved, DHSide: g.side,
			}))
		}
	}
	for i := range r.IKEv2s {
		if s := &r.IKEv2s[i]; sameCookie(s.SPIi, c.CookieI) && sameCookie(s.SPIr, c.CookieR) {
			as = append(as, suppliedV2(s, p.Chosen))
		}
	}
	return as
}

func fromSeed(under *Proposal, init keymat.SAInit, seed keymat.SKEYSEED, l Ladder) attemptV2 {
	keys := seed.Derive(init, under.Integrity.KeyLen, under.Cipher.KeymatLen())
	return attemptV2{under: under, ladder: l, seed: seed, keys: keys}
}
