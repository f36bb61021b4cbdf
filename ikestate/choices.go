package ikestate

import (
	"slices"

	"ikescope/decode/isakmp"
	"ikescope/keymat"
	"ikescope/secrets"
	"ikescope/suite"
)

// choices returns the proposals under which keys may be derived: the responder's
// choice; else those offered; and where the capture has neither, each that the
// lengths of the supplied keys allow.
func (c *Conversation) choices(r *ring) []*Proposal {
	p := c.Phase1
	if p.Chosen != nil && !p.ChoiceTried {
		return []*Proposal{p.Chosen}
	}
	var all []*Proposal
	for i := range p.Offered {
		if !derivesAlike(all, &p.Offered[i]) && len(all) < maxChoices {
			all = append(all, &p.Offered[i])
		}
	}
	if len(all) > 0 {
		return all
	}
	all = c.unseenChoices(r)
	for i := range r.ISAKMPs {
		if s := &r.ISAKMPs[i]; sameCookie(s.CookieI, c.CookieI) && sameCookie(s.CookieR, c.CookieR) {
			all = append(all, impliedBy(s)...)
		}
	}
	return all
}

// maxChoices bounds how many proposals are tried where the choice is not known.
const maxChoices = 256

// derivesAlike reports whether keys under p would equal those under one of all.
func derivesAlike(all []*Proposal, p *Proposal) bool {
	return slices.ContainsFunc(all, func(o *Proposal) bool {
		return o.Encryption == p.Encryption && o.HashName == p.HashName && o.GroupName == p.GroupName && o.Auth.Plain() == p.Auth.Plain()
	})
}

// unseenChoices lists the proposals that the public values' length and the user's
// secrets allow, where the capture starts behind both SA payloads.
func (c *Conversation) unseenChoices(r *ring) (ps []*Proposal) {
	p := c.Phase1
	if p.GXI == nil || p.GXR == nil || len(r.DHs) == 0 {
		return nil
	}
	auth := isakmp.AuthPSK
	if len(r.PSKs) == 0 {
		auth = isakmp.AuthRSA // any signature method: SKEYID is the same
	}
	for _, g := range suite.Groups() {
		if g.PublicLen != len(p.GXI) || len(r.agreements(g, p.GXI, p.GXR)) == 0 {
			continue
		}
		for _, guess := range impliedBy(&secrets.ISAKMP{}) {
			guess.Group, guess.GroupName, guess.Auth = g, g.Name, auth
			ps = append(ps, guess)
		}
	}
	return ps
}

// phase1KeyBits are the key lengths that phase 1 ciphers have, 0 for a fixed one.
var phase1KeyBits = []int{0, 128, 192, 256}

// impliedBy lists the proposals whose key and hash lengths are those of s.
func impliedBy(s *secrets.ISAKMP) (ps []*Proposal) {
	for _, h := range impliedHashes(s) {
		for id := uint16(1); id <= lastPhase1Cipher; id++ {
			for _, bits := range phase1KeyBits {
				c, ok := suite.Phase1Cipher(id, bits)
				if !ok || bits != 0 && c.KeyLen*8 != bits || !keyFits(s.CipherKey, c) {
					continue
				}
				ps = append(ps, &Proposal{Cipher: c, Hash: h, Encryption: c.Name, HashName: h.Name})
			}
		}
	}
	return ps
}

const (
	lastPhase1Cipher = 8 // Camellia (RFC 4312)
	lastPhase1Hash   = 6 // SHA2-512 (RFC 4868)
)

func keyFits(key keymat.Secret, c suite.Cipher) bool {
	return key.IsZero() || key.Len() == c.KeyLen
}

func impliedHashes(s *secrets.ISAKMP) (hs []suite.Hash) {
	for id := uint16(1); id <= lastPhase1Hash; id++ {
		h, ok := suite.Phase1Hash(id)
		if ok && h.Computable() && hashFits(h, s.SKEYID, s.SKEYIDd, s.SKEYIDa, s.SKEYIDe) {
			hs = append(hs, h)
		}
	}
	return hs
}

func hashFits(h suite.Hash, values ...keymat.Secret) bool {
	for _, v := range values {
		if !v.IsZero() && v.Len() != h.Size {
			return false
		}
	}
	return true
}
