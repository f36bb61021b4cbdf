package ikestate

import (
	"strings"

	"ikescope/decode/ikev2"
	"ikescope/decode/isakmp"
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
	out.setAdditional(p.AdditionalKEs())
	out.Encryption, out.HashName = strings.Join(enc, ","), strings.Join(prf, ",")
	out.IntegrityName, out.GroupName = strings.Join(integ, ","), strings.Join(group, ",")
	return out
}

// setAdditional reads the further key exchanges: of those of one type, which are
// alternatives, it names all and keeps the first.
func (p *Proposal) setAdditional(ts []ikev2.Transform) {
	for i, t := range ts {
		name := suite.GroupName(t.ID)
		if i > 0 && ts[i-1].Type == t.Type {
			p.Additional[len(p.Additional)-1] += "," + name
			continue
		}
		g, _ := suite.GroupByID(t.ID)
		p.Additional, p.AdditionalGroups = append(p.Additional, name), append(p.AdditionalGroups, g)
	}
}

func keepFirst[T any](slot *T, v T, n int) {
	if n == 1 {
		*slot = v
	}
}
