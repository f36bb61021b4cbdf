package ikestate

import (
	"fmt"

	"ikescope/decode/isakmp"
	"ikescope/suite"
)

// Proposal is one phase 1 transform by meaning (RFC 2409, appendix A).
type Proposal struct {
	Number, Transform int
	Attributes        isakmp.Phase1Attributes

	Cipher     suite.Cipher // zero where the number is unknown
	Hash       suite.Hash
	Group      suite.Group
	Encryption string // names that also unknown numbers have
	HashName   string
	GroupName  string
	Auth       isakmp.AuthMethod

	PRF           suite.PRF       // of version 2
	Integrity     suite.Integrity // of version 2, zero with an AEAD cipher
	IntegrityName string
	Additional    []string // further key exchanges, of version 2 (RFC 9370, section 2.2.1)

	// AdditionalGroups are the methods of these, zero where the number is unknown.
	AdditionalGroups []suite.Group

	LifetimeSeconds, LifetimeKilobytes uint64
}

// Computable reports whether keys can be derived under this proposal.
func (p *Proposal) Computable() bool {
	return p != nil && !p.Cipher.IsZero() && p.Hash.Computable()
}

func (p *Proposal) String() string {
	return fmt.Sprintf("%s, %s, %s, %s", p.Encryption, p.HashName, p.GroupName, p.Auth)
}

// phase1Proposals reads every transform of an SA payload, in the order offered.
func phase1Proposals(sa isakmp.SA) (ps []Proposal) {
	for _, prop := range sa.Proposals {
		for _, t := range prop.Transforms {
			ps = append(ps, phase1Proposal(int(prop.Number), t))
		}
	}
	return ps
}

func phase1Proposal(number int, t isakmp.Transform) Proposal {
	a := t.Phase1()
	p := Proposal{Number: number, Transform: int(t.Number), Attributes: a, Auth: a.Auth}
	p.Cipher, _ = suite.Phase1Cipher(a.Encryption, int(a.KeyLength))
	p.Hash, _ = suite.Phase1Hash(a.Hash)
	p.Group = groupOf(a)
	p.Encryption = nameOr(p.Cipher.Name, suite.EncryptionName(a.Encryption))
	p.HashName = nameOr(p.Hash.Name, suite.HashName(a.Hash))
	p.GroupName = nameOr(p.Group.Name, suite.GroupName(a.Group))
	p.LifetimeSeconds, _ = a.Lifetime(isakmp.LifeSeconds)
	p.LifetimeKilobytes, _ = a.Lifetime(isakmp.LifeKilobytes)
	return p
}

// groupOf finds the negotiated group; parameters that travel in the SA payload
// count where no number is given (RFC 2409, appendix A, attributes 5 to 10).
func groupOf(a isakmp.Phase1Attributes) suite.Group {
	if g, ok := suite.GroupByID(a.Group); ok {
		return g
	}
	return ownGroup(a)
}

func nameOr(name, otherwise string) string {
	if name != "" {
		return name
	}
	return otherwise
}
