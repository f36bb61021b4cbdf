package analysis

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"ikescope/diagnose"
	"ikescope/ikestate"
	"ikescope/keymat"
	"ikescope/secrets"
	"ikescope/suite"
)

// dhs judges all values of Diffie-Hellman exchanges.
func (j *judge) dhs() (all []diagnose.SecretVerdict) {
	for ds := j.Ring.DHs; len(ds) > 0; {
		n := 1
		if len(ds) > 1 && eitherValue(&ds[0], &ds[1]) {
			n = 2
			all = append(all, j.either(&ds[0], &ds[1]))
		} else {
			all = append(all, j.dh(&ds[0]))
		}
		ds = ds[n:]
	}
	return all
}

// dh judges a value of a Diffie-Hellman exchange.
func (j *judge) dh(d *secrets.DH) diagnose.SecretVerdict {
	v := diagnose.SecretVerdict{Source: d.Source, Kind: diagnose.KindDHShared, Verdict: diagnose.VerdictOpened}
	rung := ikestate.RungDHShared
	if !d.Private.IsZero() {
		v.Kind, rung = diagnose.KindDHPrivate, ikestate.RungDHPrivate
	}
	taken := ikestate.Taken{Source: d.Source, Kind: rung.String()}
	ladders, sas, used := j.climbed(d.Source, rung), j.derived(d.Source, rung), j.Uses.Opened(d.Source, rung.String())
	switch {
	case len(ladders) > 0:
		v.Text = opened(ladders)
	case len(sas) > 0:
		v.Text = "the exchange that made " + spiList(sas)
	case len(j.furtherOf[taken]) > 0:
		v.Text = "a further key exchange: " + opened(j.furtherOf[taken])
	case len(j.alsoIn[taken]) > 0:
		v.Text = "a further key exchange of " + spiList(j.alsoIn[taken])
	case len(used) > 0:
		v.Verdict, v.Text = diagnose.VerdictSame, "belongs to an exchange of "+andMore(used)
	case j.shutOut[d.Source] != nil:
		c := j.shutOut[d.Source]
		v.Verdict, v.Text = diagnose.VerdictUntested, "belongs to "+conversationName(c)+"; "+besidesDH(c)
	case d.Private.IsZero():
		v.Verdict, v.Text = j.sharedIdle(d)
	default:
		v.Verdict, v.Text = j.privateIdle(d)
	}
	return v
}

// eitherValue reports whether two entries are one value, of which its user does
// not say whether it is a private value or a shared secret.
func eitherValue(private, shared *secrets.DH) bool {
	return private.Source == shared.Source && private.Shared.IsZero() && private.Private.Equal(shared.Shared)
}

// either judges such a value as what it turned out to be; where that is unknown,
// it says what speaks against each.
func (j *judge) either(private, shared *secrets.DH) diagnose.SecretVerdict {
	p, s := j.dh(private), j.dh(shared)
	switch {
	case p.Verdict.Good() || j.partOf(private) != nil:
		return p
	case s.Verdict.Good():
		return s
	}
	v := p
	v.Kind = diagnose.KindDH
	if s.Verdict == diagnose.VerdictUntested {
		v.Verdict = s.Verdict
	}
	if s.Text != p.Text {
		v.Text = "as a private value: " + p.Text + "; as a shared secret: " + s.Text
	}
	return v
}

// climbed returns the conversations that a secret opened as the given rung.
func (j *judge) climbed(src secrets.Source, rung ikestate.Rung) (cs []*ikestate.Conversation) {
	for _, c := range j.ladders[src] {
		if c.Phase1.Ladder.Rung == rung {
			cs = append(cs, c)
		}
	}
	return cs
}

// derived returns the SAs whose keys follow from a secret as the given rung.
func (j *judge) derived(src secrets.Source, rung ikestate.Rung) (sas []*SA) {
	for _, s := range j.derivedBy[src] {
		if s.Keys.Rung == rung {
			sas = append(sas, s)
		}
	}
	return sas
}

// sharedIdle says why a shared secret was not taken.
func (j *judge) sharedIdle(d *secrets.DH) (diagnose.Verdict, string) {
	if c := j.sameShared(d); c != nil {
		return diagnose.VerdictSame, "the shared secret of " + conversationName(c) + ", which another secret opened"
	}
	n := d.Shared.Len()
	has := func(fits func(suite.Group) bool) bool { return slices.ContainsFunc(j.groups, fits) }
	if len(j.groups) == 0 || has(func(g suite.Group) bool { return g.SharedLen == n }) {
		if slices.ContainsFunc(j.Conversations, sealedUnderivable) {
			return diagnose.VerdictUntested, notCaptured
		}
		if slices.ContainsFunc(j.Conversations, func(c *ikestate.Conversation) bool { return wantsPSK(c, n) }) {
			return diagnose.VerdictUntested, "not tried: the pre-shared key of the exchange is needed too"
		}
		if j.asked.assumed > 0 {
			return diagnose.VerdictUnused, "opens no exchange in this capture with the pre-shared keys supplied"
		}
		return diagnose.VerdictUnused, "fits no exchange in this capture"
	}
	const mostLost = 3
	text := fmt.Sprintf("%d octets; the groups here are %s", n, lengthsOfGroups(j.groups))
	if has(func(g suite.Group) bool { return g.SharedLen > n && g.SharedLen-n <= mostLost }) {
		text += "; was a leading zero lost?"
	}
	return diagnose.VerdictWrongLength, text
}

// wantsPSK reports whether a conversation has encrypted messages that a shared
// secret of n octets could open, and no pre-shared key was there to try it with.
func wantsPSK(c *ikestate.Conversation, n int) bool {
	return c.Version() == 1 && c.Phase1 != nil && usesPSK(c) && hasEncrypted(c) && c.Phase1.Ladder.CipherKey.IsZero() &&
		c.Phase1.Ladder.PSK == ikestate.PSKUnused && (c.Phase1.Chosen == nil || c.Phase1.Chosen.Group.SharedLen == n)
}

// sealedUnderivable reports whether a conversation has encrypted messages that its
// shared secret could open, had the capture the rest.
func sealedUnderivable(c *ikestate.Conversation) bool {
	return c.Phase1 != nil && slices.ContainsFunc(c.Messages, (*ikestate.Message).Encrypted) && !derivable(c) && c.Phase1.Ladder.CipherKey.IsZero()
}

// privateIdle says why a private value opened nothing.
func (j *judge) privateIdle(d *secrets.DH) (diagnose.Verdict, string) {
	if c := j.partOf(d); c != nil {
		return diagnose.VerdictUntested, "belongs to " + conversationName(c) + "; " + besidesDH(c)
	}
	if slices.ContainsFunc(j.Conversations, cutInClear) {
		return diagnose.VerdictUnused, "its public value is in no KE payload of this capture, as far as they were captured"
	}
	var names []string
	for _, g := range j.groups {
		names = append(names, suite.Title(g.Name))
	}
	if len(names) == 0 && slices.ContainsFunc(j.Conversations, sealedUnderivable) {
		return diagnose.VerdictUntested, notCaptured
	}
	if len(names) == 0 {
		return diagnose.VerdictUnused, "no exchange in this capture names a Diffie-Hellman group"
	}
	return diagnose.VerdictUnused, "its public value (" + strings.Join(names, ", ") + ") is in no KE payload of this capture"
}

// cutInClear reports whether the capture cut messages that may have held public
// values.
func cutInClear(c *ikestate.Conversation) bool {
	return slices.ContainsFunc(c.Messages, func(m *ikestate.Message) bool { return m.Missing > 0 && !m.Encrypted() })
}

// partOf finds the phase 1 in which the public value of a private one was sent.
func (j *judge) partOf(d *secrets.DH) *ikestate.Conversation {
	publics := map[string][]byte{} // by the name of the group
	for _, c := range j.Conversations {
		p := c.Phase1
		if p == nil || p.Chosen == nil || !p.Chosen.Group.Computable() || len(p.GXI) == 0 && len(p.GXR) == 0 {
			continue
		}
		g := p.Chosen.Group
		own, known := publics[g.Name]
		if !known {
			own, _ = g.Public(d.Private.Bytes())
			publics[g.Name] = own
		}
		if own != nil && (bytes.Equal(own, p.GXI) || bytes.Equal(own, p.GXR)) {
			return c
		}
	}
	return nil
}

// besidesDH is what a conversation lacks whose Diffie-Hellman secret is known.
func besidesDH(c *ikestate.Conversation) string {
	switch {
	case len(c.Phase1.Withheld) > 0:
		return "the pre-shared key that fits is left out by its ids"
	case c.Phase1.Ladder.PSK == ikestate.PSKRefuted:
		return "no pre-shared key supplied fits"
	case c.Version() == 1 && usesPSK(c):
		return "the pre-shared key is needed too"
	default:
		return "opens nothing alone"
	}
}

// sameShared finds the conversation whose g^xy a shared secret is, also where
// other keys opened it: SKEYID_d is a function of both (RFC 2409, section 5).
func (j *judge) sameShared(d *secrets.DH) *ikestate.Conversation {
	for _, c := range j.Conversations {
		if c.Phase1 == nil {
			continue
		}
		l, chosen := c.Phase1.Ladder, c.Phase1.Chosen
		if l.GXY.Equal(d.Shared) {
			return c
		}
		if !l.GXY.IsZero() || l.SKEYID.IsZero() || l.D.IsZero() || chosen == nil || !chosen.Hash.Computable() {
			continue
		}
		p := keymat.Phase1{PRF: suite.HMAC(chosen.Hash), CookieI: c.CookieI, CookieR: c.CookieR}
		if l.SKEYID.Derive(p, d.Shared).D.Secret().Equal(l.D.Secret()) {
			return c
		}
	}
	return nil
}

// groupsOf lists the Diffie-Hellman groups of the exchanges in the capture.
func groupsOf(r *Result) (gs []suite.Group) {
	add := func(g suite.Group) {
		if g.SharedLen > 0 && !slices.ContainsFunc(gs, func(o suite.Group) bool { return o.Name == g.Name }) {
			gs = append(gs, g)
		}
	}
	for _, c := range r.Conversations {
		if c.Phase1 != nil && c.Phase1.Chosen != nil {
			add(c.Phase1.Chosen.Group)
			for _, g := range c.Phase1.Chosen.AdditionalGroups {
				add(g)
			}
		}
		for _, x := range c.Exchanges {
			if x.Quick != nil {
				add(x.Quick.PFSGroup)
			}
		}
	}
	for _, s := range r.SAs {
		names := []string{s.PFSGroup}
		if s.IPsecSA != nil {
			names = append(names, s.FurtherGroups...)
		}
		for _, name := range names {
			if g, ok := suite.GroupByName(name); ok {
				add(g)
			}
		}
	}
	return gs
}

func lengthsOfGroups(gs []suite.Group) string {
	var parts []string
	for _, g := range gs {
		parts = append(parts, fmt.Sprintf("%s with %d", suite.Title(g.Name), g.SharedLen))
	}
	return strings.Join(parts, ", ")
}
