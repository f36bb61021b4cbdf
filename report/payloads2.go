package report

import (
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"ikescope/decode/ikev2"
	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/suite"
)

// payload2 summarises one payload of version 2. What is told once for the whole
// message is empty here.
func (p *page) payload2(c *ikestate.Conversation, m *ikestate.Message, pl isakmp.Payload) string {
	switch pl.Type {
	case isakmp.PayloadVendor2, isakmp.PayloadTSi, isakmp.PayloadTSr:
		return ""
	case isakmp.PayloadSA2:
		return p.offer2(c, m, pl)
	case isakmp.PayloadKE2:
		ke, _ := ikev2.ParseKE(pl.Body)
		return glued(fmt.Sprintf("KE %s", algorithm(suite.GroupName(ke.Group))))
	case isakmp.PayloadNonce2:
		return glued(fmt.Sprintf("nonce %d", len(pl.Body)))
	case isakmp.PayloadIDi, isakmp.PayloadIDr:
		return p.id2(pl)
	case isakmp.PayloadAuth:
		return p.auth2(c, m, pl)
	case isakmp.PayloadNotify2:
		return p.notify2(pl)
	case isakmp.PayloadDelete2:
		return p.delete2(pl)
	case isakmp.PayloadCert2:
		return "certificate " + p.certificate(pl)
	case isakmp.PayloadCertRequest2:
		return "asks for a certificate"
	}
	return strings.ToUpper(pl.Type.String()) + " " + p.text(pl.Summary())
}

// offer2 writes the proposals of an SA payload: of each kind of algorithm those
// that are offered. An answer that is the only offer there was is "accepted".
func (p *page) offer2(c *ikestate.Conversation, m *ikestate.Message, pl isakmp.Payload) string {
	sa, err := ikev2.ParseSA(pl.Body)
	s := "SA " + proposals2(sa)
	if asked, ok := request(c, m).First(isakmp.PayloadSA2); ok {
		if offered, _ := ikev2.ParseSA(asked.Body); proposals2(offered) == proposals2(sa) {
			s = "SA accepted"
		}
	}
	if err != nil {
		s += " " + p.wrong() + " " + p.text(err.Error())
	}
	return s
}

func proposals2(sa []ikev2.Proposal) string {
	var texts []string
	for _, prop := range sa {
		texts = append(texts, proposal2(prop))
	}
	return several(texts)
}

// request finds the message that a response answers, nil where there is none.
func request(c *ikestate.Conversation, m *ikestate.Message) *ikestate.Message {
	if m.Header.Flags&isakmp.FlagResponse == 0 {
		return nil
	}
	for _, r := range c.Messages {
		if r.Header.MessageID == m.Header.MessageID && r.FromInitiator != m.FromInitiator && r.Header.Flags&isakmp.FlagResponse == 0 {
			return r
		}
	}
	return nil
}

// kinds2 are the transform types in the order in which they are written.
var kinds2 = slices.Concat([]kind2{
	{ikev2.Encryption, func(t ikev2.Transform) string {
		if c, ok := suite.IKEv2Cipher(t.ID, t.KeyBits); ok {
			return algorithm(c.Name)
		}
		return algorithm(suite.IKEv2EncryptionName(t.ID))
	}},
	{ikev2.Integrity, func(t ikev2.Transform) string { return algorithm(suite.IKEv2IntegrityName(t.ID)) }},
	{ikev2.PRF, func(t ikev2.Transform) string { return "PRF " + algorithm(suite.IKEv2PRFName(t.ID)) }},
	{ikev2.KeyMethod, groupName2},
}, furtherKinds2(), []kind2{
	{ikev2.ESN, func(t ikev2.Transform) string { return map[uint16]string{0: "no ESN", 1: "ESN"}[t.ID] }},
})

type kind2 struct {
	kind ikev2.TransformType
	name func(ikev2.Transform) string
}

func groupName2(t ikev2.Transform) string { return algorithm(suite.GroupName(t.ID)) }

// furtherKinds2 are the key exchanges after the first one (RFC 9370).
func furtherKinds2() (all []kind2) {
	for k := ikev2.FirstAdditionalKE; k <= ikev2.LastAdditionalKE; k++ {
		all = append(all, kind2{k, func(t ikev2.Transform) string { return "then " + groupName2(t) }})
	}
	return all
}

// fewAlternatives is how many algorithms of one kind are written out.
const fewAlternatives = 4

func proposal2(prop ikev2.Proposal) string {
	var parts []string
	for _, k := range kinds2 {
		var names []string
		for _, t := range prop.Transforms {
			if t.Type == k.kind {
				names = appendNew(names, glued(k.name(t)))
			}
		}
		if n := len(names) - fewAlternatives; n > 0 {
			names = append(names[:fewAlternatives], fmt.Sprintf("%d more", n))
		}
		if len(names) > 0 {
			parts = append(parts, strings.Join(names, " or "))
		}
	}
	s := strings.Join(parts, ", ")
	if prop.Protocol == isakmp.ProtocolISAKMP {
		return s
	}
	return prop.Protocol.Title() + " " + s
}

func (p *page) id2(pl isakmp.Payload) string {
	id, err := ikev2.ParseID(pl.Body)
	if err != nil {
		return "ID " + p.text(err.Error())
	}
	return strings.ToUpper(pl.Type.String()[:2]) + pl.Type.String()[3:] + " " + p.idText(&id)
}

// auth2 writes method and outcome of an AUTH payload (RFC 7296, section 2.15).
func (p *page) auth2(c *ikestate.Conversation, m *ikestate.Message, pl isakmp.Payload) string {
	a, err := ikev2.ParseAuth(pl.Body)
	if err != nil {
		return "AUTH " + p.text(err.Error())
	}
	v := ikestate.Unchecked
	if c.Phase1 != nil {
		s := ikestate.Responder
		v = c.Phase1.HashR
		if m.FromInitiator {
			s, v = ikestate.Initiator, c.Phase1.HashI
		}
		if x := c.Phase1.Proof(s).Message; x != nil && x.Header.MessageID != m.Header.MessageID {
			v = ikestate.Unchecked // with EAP a side may send two (RFC 7296, section 2.16)
		}
	}
	return p.proof("AUTH by "+algorithm(suite.IKEv2AuthMethodName(a.Method)), v)
}

// Notifications that are told apart from the others (RFC 7296, section 3.10.1).
const (
	natSource      = 16388
	natDestination = 16389
	rekeySA        = 16393
)

func (p *page) notify2(pl isakmp.Payload) string {
	n, err := ikev2.ParseNotify(pl.Body)
	if err != nil {
		return "NOTIFY " + p.text(err.Error())
	}
	name := ikev2.NotifyType(n.Type).String()
	switch {
	case n.Type == natSource || n.Type == natDestination || isCapability(name):
		return ""
	case n.Type == rekeySA && len(n.SPI) > 0:
		return "rekeys " + n.Protocol.Title() + " " + spiOctets(n.SPI)
	case ikev2.NotifyType(n.Type).IsError():
		return p.paint(red, name)
	}
	return name
}

// isCapability reports whether a notification says what its sender can do.
func isCapability(name string) bool {
	return strings.HasSuffix(name, "_SUPPORTED") || name == "SIGNATURE_HASH_ALGORITHMS" || name == "EAP_ONLY_AUTHENTICATION"
}

// capabilities sums up what the sender of a message can do.
func capabilities(m *ikestate.Message) string {
	var names []string
	for _, pl := range m.All(isakmp.PayloadNotify2) {
		n, err := ikev2.ParseNotify(pl.Body)
		if name := ikev2.NotifyType(n.Type).String(); err == nil && isCapability(name) {
			name = strings.TrimPrefix(strings.TrimSuffix(strings.TrimSuffix(name, "_SUPPORTED"), "_IKEV2"), "IKEV2_")
			names = appendNew(names, strings.ToLower(strings.ReplaceAll(name, "_", " ")))
		}
	}
	if names == nil {
		return ""
	}
	return "supports " + strings.Join(names, ", ")
}

func (p *page) delete2(pl isakmp.Payload) string {
	d, err := ikev2.ParseDelete(pl.Body)
	s := "delete IKE SA"
	if d.Protocol != isakmp.ProtocolISAKMP {
		s = "delete " + d.Protocol.Title() + " " + spiList(d.SPIs)
	}
	if err != nil {
		s += " " + p.wrong() + " " + p.text(err.Error())
	}
	return s
}

// selectors writes the traffic selectors of a message: "10.1.0.0/24 → 10.2.0.0/24".
func (p *page) selectors(m *ikestate.Message) string {
	from, to := p.selectorList(m, isakmp.PayloadTSi), p.selectorList(m, isakmp.PayloadTSr)
	if from == "" && to == "" {
		return ""
	}
	return from + " " + p.to + " " + to
}

func (p *page) selectorList(m *ikestate.Message, t isakmp.PayloadType) string {
	var texts []string
	for _, pl := range m.All(t) {
		ts, _ := ikev2.ParseSelectors(pl.Body)
		for _, x := range ts[:min(len(ts), fewAlternatives)] {
			id := x.ID()
			texts = append(texts, p.text(selector(&id, netip.Addr{})))
		}
		if n := len(ts) - fewAlternatives; n > 0 {
			texts = append(texts, fmt.Sprintf("%d more", n))
		}
	}
	return strings.Join(texts, ", ")
}

// natDetection says what the NAT_DETECTION notifications of a message tell (RFC
// 7296, section 2.23). Unlike in version 1 the hash is always SHA-1.
func (p *page) natDetection(m *ikestate.Message) string {
	var src, dst [][]byte
	for _, pl := range m.All(isakmp.PayloadNotify2) {
		switch n, err := ikev2.ParseNotify(pl.Body); {
		case err != nil:
		case n.Type == natSource:
			src = append(src, n.Data)
		case n.Type == natDestination:
			dst = append(dst, n.Data)
		}
	}
	if len(src) == 0 || len(dst) == 0 {
		return ""
	}
	return natText2(m, holds(dst, natHash2(m, m.Dst)), holds(src, natHash2(m, m.Src)))
}

// natText2 says what follows: where a hash is not that of what the capture shows,
// a NAT changed the address, or the sender pretends so to force UDP encapsulation.
func natText2(m *ikestate.Message, dst, src bool) string {
	var changed []string
	if !dst {
		changed = append(changed, role(!m.FromInitiator)+" is behind a NAT")
	}
	if !src {
		changed = append(changed, role(m.FromInitiator)+" is behind a NAT, or forces UDP encapsulation")
	}
	if changed == nil {
		return "NAT-D: no NAT"
	}
	return "NAT-D: " + strings.Join(changed, "; ")
}

// holds reports whether one of the octet strings equals want.
func holds(all [][]byte, want []byte) bool {
	return slices.ContainsFunc(all, func(b []byte) bool { return bytes.Equal(b, want) })
}

// natHash2 is SHA1(SPIi | SPIr | IP | Port).
func natHash2(m *ikestate.Message, at netip.AddrPort) []byte {
	b := slices.Concat(m.Header.CookieI[:], m.Header.CookieR[:], at.Addr().AsSlice())
	sum := sha1.Sum(binary.BigEndian.AppendUint16(b, at.Port()))
	return sum[:]
}
