package ikev2

import (
	"fmt"
	"strings"

	"ikescope/decode/isakmp"
	"ikescope/suite"
)

// Name is the algorithm that a transform stands for, a number where it is not
// known.
func (t Transform) Name() string {
	switch t.Type {
	case Encryption:
		if c, ok := suite.IKEv2Cipher(t.ID, t.KeyBits); ok {
			return c.Name
		}
		return suite.IKEv2EncryptionName(t.ID)
	case PRF:
		return suite.IKEv2PRFName(t.ID)
	case Integrity:
		return suite.IKEv2IntegrityName(t.ID)
	case KeyMethod:
		return suite.GroupName(t.ID)
	case ESN:
		return [...]string{"no", "yes"}[min(t.ID, 1)]
	}
	if t.Type.additional() {
		return suite.GroupName(t.ID)
	}
	return decimal(t.ID)
}

// String lists protocol and algorithms, those of one kind joined by "/".
func (p Proposal) String() string {
	var kinds []string
	for _, kind := range []TransformType{Encryption, Integrity, PRF, KeyMethod} {
		if names := p.names(kind); len(names) > 0 {
			kinds = append(kinds, strings.Join(names, "/"))
		}
	}
	for kind := FirstAdditionalKE; kind <= LastAdditionalKE; kind++ {
		if names := p.names(kind); len(names) > 0 {
			kinds = append(kinds, "then "+strings.Join(names, "/"))
		}
	}
	return p.Protocol.String() + " " + strings.Join(kinds, ", ")
}

func (p Proposal) names(kind TransformType) (names []string) {
	for _, t := range p.Transforms {
		if t.Type == kind {
			names = append(names, t.Name())
		}
	}
	return names
}

func saSummary(body []byte) string {
	ps, _ := ParseSA(body)
	var all []string
	for _, p := range ps {
		all = append(all, p.String())
	}
	return strings.Join(all, "; ")
}

func saTree(b *branch, body []byte) error {
	ps, err := ParseSA(body)
	for _, p := range ps {
		b.kids = append(b.kids, p.tree(b))
	}
	return err
}

func (p Proposal) tree(of *branch) isakmp.Node {
	b := &branch{offset: of.offset, length: of.length}
	if len(p.SPI) > 0 {
		b.add("spi", spiText(p.SPI))
		b.kids[0].Length = len(p.SPI)
	}
	for _, t := range p.Transforms {
		b.add(t.Type.String(), t.Name())
	}
	return b.node("proposal", fmt.Sprintf("%d %s", p.Number, p.Protocol))
}
