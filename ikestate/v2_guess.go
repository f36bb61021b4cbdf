package ikestate

import (
	"slices"

	"ikescope/secrets"
	"ikescope/suite"
)

// lastTransform bounds the registries in which algorithms for keys are looked up.
const lastTransform = 64

// attemptPRFs are the pseudorandom functions that may be those of an IKE SA: the
// negotiated one, else all that fit the keys.
type attemptPRFs []suite.PRF

// prfs returns what may be the pseudorandom function of the IKE SA, as far as it can
// be computed: the negotiated one, else those of supplied keys.
func (c *Conversation) prfs() attemptPRFs {
	if p := c.Phase1.Chosen; len(c.IKEv2.prfs) == 0 && p != nil && p.PRF.Computable() {
		return attemptPRFs{p.PRF}
	}
	return slices.DeleteFunc(slices.Clone(c.IKEv2.prfs), func(f suite.PRF) bool { return !f.Computable() })
}

// prfsFor returns the PRFs for which SK_d and SK_p of s are as long as they are
// (RFC 7296, section 2.14).
func prfsFor(s *secrets.IKEv2) (prfs attemptPRFs) {
	n := 0
	for _, k := range []int{s.SKd.Len(), s.SKpi.Len(), s.SKpr.Len()} {
		n = max(n, k)
	}
	for id := range uint16(lastTransform) {
		if f, ok := suite.IKEv2PRF(id); ok && f.Computable() && f.KeyLen == n {
			prfs = append(prfs, f)
		}
	}
	return prfs
}

// proposalsFor returns the algorithms under which supplied keys are tried where
// those that were negotiated are not known: first what their file names, then what
// their lengths allow.
func proposalsFor(s *secrets.IKEv2, prfs attemptPRFs) (all []*Proposal) {
	for _, c := range ciphersFor(s) {
		if c.AEAD() {
			all = append(all, guessedProposal(c, suite.Integrity{}, prfs))
			continue
		}
		for _, i := range integritiesFor(s) {
			all = append(all, guessedProposal(c, i, prfs))
		}
	}
	return all
}

// ciphersFor returns the named cipher, then those whose keys are as long as SK_e:
// without SK_a the AEAD ones, then the others.
func ciphersFor(s *secrets.IKEv2) (all []suite.Cipher) {
	var separate []suite.Cipher
	for _, c := range suite.Ciphers() {
		switch {
		case c.KeymatLen() != max(s.SKei.Len(), s.SKer.Len()) || c.KeyLen == 0 || c.ImplicitIV || c.Mode == suite.ModeGMAC:
		case c.Name == s.Encryption:
			all = append([]suite.Cipher{c}, all...)
		case !c.AEAD():
			separate = append(separate, c)
		case s.SKai.IsZero() && s.SKar.IsZero():
			all = append(all, c)
		}
	}
	return append(all, separate...)
}

// integritiesFor returns the named integrity algorithm, then those with keys as
// long as SK_a; without one, those that differ in the length of the ICV, which
// cannot be checked then.
func integritiesFor(s *secrets.IKEv2) (all []suite.Integrity) {
	n := max(s.SKai.Len(), s.SKar.Len())
	named, ok := suite.IntegrityByName(s.Integrity)
	if ok && named.KeyLen == n {
		all = append(all, named)
	}
	icvs := map[int]bool{}
	for _, i := range suite.Integrities() {
		if i.New == nil || i.Name == named.Name || n > 0 && i.KeyLen != n || n == 0 && icvs[i.ICVLen] {
			continue
		}
		icvs[i.ICVLen] = true
		all = append(all, i)
	}
	return all
}

func guessedProposal(c suite.Cipher, i suite.Integrity, prfs attemptPRFs) *Proposal {
	p := &Proposal{Cipher: c, Encryption: c.Name, Integrity: i, IntegrityName: i.Name}
	if len(prfs) > 0 {
		p.PRF = prfs[0]
	}
	if len(prfs) == 1 {
		p.HashName = prfs[0].Name
	}
	return p
}
