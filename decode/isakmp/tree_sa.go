package isakmp

import (
	"errors"

	"ikescope/suite"
)

func saSummary(body []byte) string {
	sa, _ := ParseSA(body)
	n := 0
	for _, p := range sa.Proposals {
		n += len(p.Transforms)
	}
	return plural(len(sa.Proposals), "proposal") + ", " + plural(n, "transform")
}

func saTree(b *branch, body []byte) error {
	sa, err := ParseSA(body)
	b.add("doi", named(sa.DOI), 0, 4)
	if errors.Is(err, ErrUnsupported) {
		b.octets("data", body[4:], 4)
		return err
	}
	if len(sa.Situation) >= 4 {
		r := reader{b: sa.Situation}
		s := Situation(r.u32(""))
		b.add("situation", withNumber(s.String(), uint64(s)), 4, 4)
		b.octets("labels", sa.Situation[4:], 8)
	}
	for _, p := range sa.Proposals {
		b.proposal(p)
	}
	return err
}

func (b *branch) proposal(p Proposal) {
	value := decimal(p.Number) + " " + p.Protocol.String()
	b.part("proposal", value, p.Offset, len(p.Raw), func(b *branch) {
		b.add("number", decimal(p.Number), p.Offset+4, 1)
		b.add("protocol", named(p.Protocol), p.Offset+5, 1)
		b.add("spi size", decimal(uint8(len(p.SPI))), p.Offset+6, 1)
		b.add("transform count", decimal(p.Count), p.Offset+7, 1)
		if len(p.SPI) > 0 {
			b.add("spi", spiText(p.SPI), p.Offset+8, len(p.SPI))
		}
		for _, t := range p.Transforms {
			b.transform(p.Protocol, t)
		}
	})
}

func (b *branch) transform(protocol Protocol, t Transform) {
	id := transformName(protocol, t.ID)
	b.part("transform", decimal(t.Number)+" "+id, t.Offset, len(t.Raw), func(b *branch) {
		b.add("number", decimal(t.Number), t.Offset+4, 1)
		b.add("id", withNumber(id, uint64(t.ID)), t.Offset+5, 1)
		for _, a := range t.Attributes {
			b.attribute(saAttribute(protocol, a))
		}
		for _, e := range attributeProblems(protocol, t) {
			b.problem(e)
		}
	})
}

// attribute adds a data attribute and returns its node.
func (b *branch) attribute(name, value string, a Attribute) *Node {
	n := attributeHeaderLen
	if !a.Basic {
		n += len(a.Value)
	}
	b.kids = append(b.kids, Node{Name: name, Value: value, Offset: b.base + a.Offset, Length: n})
	return &b.kids[len(b.kids)-1]
}

// transformName names a transform identifier. RFC 2407 sections 4.4.2 to 4.4.5.
func transformName(p Protocol, id uint8) string {
	switch p {
	case ProtocolISAKMP:
		return names[uint8]{1: "key-ike"}.of(id)
	case ProtocolAH:
		return suite.AHTransformName(id)
	case ProtocolESP:
		return suite.ESPTransformName(id)
	case ProtocolIPComp:
		return suite.IPCompTransformName(id)
	default:
		return decimal(id)
	}
}

// phase1Values and ipsecValues name the values of attributes that are registered numbers.
var (
	phase1Values = map[Phase1Attribute]func(uint16) string{
		Phase1Encryption: suite.EncryptionName,
		Phase1Hash:       suite.HashName,
		Phase1AuthMethod: func(n uint16) string { return AuthMethod(n).String() },
		Phase1Group:      suite.GroupName,
		Phase1GroupType:  func(n uint16) string { return GroupType(n).String() },
		Phase1LifeType:   func(n uint16) string { return LifeType(n).String() },
	}
	ipsecValues = map[IPsecAttribute]func(uint16) string{
		IPsecLifeType:      func(n uint16) string { return LifeType(n).String() },
		IPsecGroup:         suite.GroupName,
		IPsecEncapsulation: func(n uint16) string { return EncapsulationMode(n).String() },
		IPsecAuth:          suite.ESPAuthName,
	}
)

// saAttribute names an attribute of a transform and its value.
func saAttribute(p Protocol, a Attribute) (name, value string, _ Attribute) {
	switch p {
	case ProtocolISAKMP:
		return Phase1Attribute(a.Type).String(), attributeValue(a, phase1Values[Phase1Attribute(a.Type)]), a
	case ProtocolAH, ProtocolESP, ProtocolIPComp:
		return IPsecAttribute(a.Type).String(), attributeValue(a, ipsecValues[IPsecAttribute(a.Type)]), a
	default:
		return decimal(a.Type), attributeValue(a, nil), a
	}
}

// attributeValue writes a value by its name, as a number of up to 8 octets, or in hex.
func attributeValue(a Attribute, name func(uint16) string) string {
	n, ok := a.Uint()
	switch {
	case !ok:
		return TreeContext{}.hex(a.Value)
	case name != nil && n <= 0xffff:
		return withNumber(name(uint16(n)), n)
	default:
		return withNumber("", n)
	}
}

// attributeProblems is what is wrong with the attributes of a transform.
func attributeProblems(p Protocol, t Transform) []*Error {
	switch p {
	case ProtocolISAKMP:
		return t.Phase1().Problems
	case ProtocolAH, ProtocolESP, ProtocolIPComp:
		return t.IPsec().Problems
	default:
		return nil
	}
}
