package analysis

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/keymat"
	"ikescope/secrets"
	"ikescope/suite"
)

// needsDH is what keeps a pre-shared key from being tried.
const needsDH = "not tried: a Diffie-Hellman secret of the exchange is needed too"

// psk judges a pre-shared key.
func (j *judge) psk(p *secrets.PSK) SecretVerdict {
	v := SecretVerdict{Source: p.Source, Kind: KindPSK}
	if cs := j.pskOf[p.Source]; len(cs) > 0 {
		switch l := cs[0].Phase1.Ladder; {
		case l.PSK == ikestate.PSKVerified:
			v.Verdict, v.Text = VerdictOpened, "proved by the authentication of "+andMore(cs)
		case l.GXY.IsZero():
			v.Verdict, v.Text = VerdictUntested, needsDH
		default:
			v.Verdict, v.Text = VerdictOpened, "used for "+andMore(cs)+", in which nothing could prove it"
		}
		return v
	}
	for i := range j.Findings {
		if f := &j.Findings[i]; slices.Contains(f.Secrets, p.Source) {
			v.Verdict, v.Text = VerdictOpened, fmt.Sprintf("proves a finding: %s", f.Summary)
			return v
		}
	}
	var asked, sealed, keyed, refuted int
	for _, c := range j.Conversations {
		if c.Phase1 == nil || !usesPSK(c) {
			continue
		}
		asked++
		if hasEncrypted(c) {
			sealed++
		}
		if !c.Phase1.Ladder.GXY.IsZero() || c.Phase1.Ladder.PSK == ikestate.PSKRefuted {
			keyed++
		}
		if c.Phase1.Ladder.PSK == ikestate.PSKRefuted {
			refuted++
		}
	}
	switch {
	case asked == 0:
		v.Verdict, v.Text = VerdictUnused, "no exchange in this capture uses a pre-shared key"
	case refuted > 0 && refuted == asked:
		v.Verdict, v.Text = VerdictRefuted, "wrong: no exchange in this capture was made with it"
	case sealed == 0:
		v.Verdict, v.Text = VerdictUnused, "no message that it could open is in this capture"
	case keyed == 0:
		v.Verdict, v.Text = VerdictUntested, needsDH
	default:
		v.Verdict, v.Text = VerdictUnused, "fits no exchange in this capture"
	}
	return v
}

// usesPSK reports whether a conversation authenticates with a pre-shared key, or
// offers to; that of IKEv2 shows it only once it is read.
func usesPSK(c *ikestate.Conversation) bool {
	if c.Version() == 2 && c.IKEv2 != nil {
		return c.IKEv2.AuthI == 0 && c.IKEv2.AuthR == 0 || c.IKEv2.AuthI == 2 || c.IKEv2.AuthR == 2
	}
	if chosen := c.Phase1.Chosen; chosen != nil {
		return chosen.Auth.Plain() == isakmp.AuthPSK
	}
	return slices.ContainsFunc(c.Phase1.Offered, func(o ikestate.Proposal) bool { return o.Auth.Plain() == isakmp.AuthPSK })
}

// dh judges a value of a Diffie-Hellman exchange.
func (j *judge) dh(d *secrets.DH) SecretVerdict {
	v := SecretVerdict{Source: d.Source, Kind: KindDHShared}
	if !d.Private.IsZero() {
		v.Kind = KindDHPrivate
	}
	if cs := j.ladders[d.Source]; len(cs) > 0 {
		v.Verdict, v.Text = VerdictOpened, opened(cs)
		return v
	}
	if sas := j.derivedBy[d.Source]; len(sas) > 0 {
		v.Verdict, v.Text = VerdictOpened, fmt.Sprintf("the exchange that made %s", spiList(sas))
		return v
	}
	if use := j.Uses[d.Source]; use != nil && len(use.Opened) > 0 && strings.HasPrefix(use.Kind, "dh-") {
		v.Verdict, v.Text = VerdictSame, "belongs to an exchange of "+andMore(use.Opened)
		return v
	}
	if c := j.sameShared(d); c != nil {
		v.Verdict, v.Text = VerdictSame, "the shared secret of "+conversationName(c)+", which another secret opened"
		return v
	}
	if v.Kind == KindDHPrivate {
		v.Verdict, v.Text = VerdictUnused, "its public value is in no KE payload of this capture"
		if c := j.partOf(d); c != nil {
			v.Verdict, v.Text = VerdictUntested, "belongs to "+conversationName(c)+"; "+besidesDH(c)
		}
		return v
	}
	v.Verdict, v.Text = VerdictUnused, "fits no exchange in this capture"
	if groups := j.groups(); len(groups) > 0 && !slices.ContainsFunc(groups, func(g suite.Group) bool { return g.SharedLen == d.Shared.Len() }) {
		v.Verdict = VerdictWrongLength
		v.Text = fmt.Sprintf("%d octets; the groups here are %s", d.Shared.Len(), lengthsOfGroups(groups))
	}
	return v
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
	case c.Phase1.Ladder.PSK == ikestate.PSKRefuted:
		return "no pre-shared key supplied fits"
	case usesPSK(c):
		return "the pre-shared key is needed too"
	default:
		return "opens nothing alone"
	}
}

// sameShared finds the conversation whose g^xy a shared secret is, also where
// other keys opened it: SKEYID_d is a function of both (RFC 2409, section 5).
func (j *judge) sameShared(d *secrets.DH) *ikestate.Conversation {
	if d.Shared.IsZero() {
		return nil
	}
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

// groups lists the Diffie-Hellman groups of the exchanges in the capture.
func (j *judge) groups() (gs []suite.Group) {
	add := func(g suite.Group) {
		if g.SharedLen > 0 && !slices.ContainsFunc(gs, func(o suite.Group) bool { return o.Name == g.Name }) {
			gs = append(gs, g)
		}
	}
	for _, c := range j.Conversations {
		if c.Phase1 != nil && c.Phase1.Chosen != nil {
			add(c.Phase1.Chosen.Group)
		}
		for _, x := range c.Exchanges {
			if x.Quick != nil {
				add(x.Quick.PFSGroup)
			}
		}
	}
	for _, s := range j.SAs {
		if g, ok := suite.GroupByName(s.PFSGroup); ok {
			add(g)
		}
	}
	return gs
}

func lengthsOfGroups(gs []suite.Group) string {
	var parts []string
	for _, g := range gs {
		parts = append(parts, fmt.Sprintf("%s with %d", strings.ToUpper(g.Name), g.SharedLen))
	}
	return strings.Join(parts, ", ")
}

// isakmp judges the keys of an ISAKMP SA.
func (j *judge) isakmp(i *secrets.ISAKMP) SecretVerdict {
	v := SecretVerdict{Source: i.Source, Kind: KindISAKMP}
	if cs := j.ladders[i.Source]; len(cs) > 0 {
		v.Verdict, v.Text = VerdictOpened, opened(cs)
		return v
	}
	c := j.withCookies(1, i.CookieI, i.CookieR)
	switch {
	case c == nil && (i.CookieI != nil || i.CookieR != nil):
		v.Verdict, v.Text = VerdictUnused, "no exchange in this capture has its cookies"
		return v
	case c == nil:
		for _, other := range j.Conversations {
			if sameISAKMP(i, other) {
				c = other
			}
		}
		if c == nil {
			v.Verdict, v.Text = VerdictUnused, "fits no exchange in this capture"
			return v
		}
	}
	if l := c.Phase1; l != nil && l.Ladder.CipherKey.IsZero() && !i.SKEYID.IsZero() && l.Ladder.SKEYID.Secret().Equal(i.SKEYID) {
		v.Verdict, v.Text = VerdictUntested, "SKEYID alone opens nothing: the Diffie-Hellman secret of "+conversationName(c)+" is needed too"
		return v
	}
	if sameISAKMP(i, c) {
		v.Verdict, v.Text = VerdictSame, "the keys of "+conversationName(c)+", which another secret opened"
		return v
	}
	v.Verdict, v.Text = VerdictRefuted, "wrong keys for "+conversationName(c)
	if p := c.Phase1.Chosen; p != nil && !i.CipherKey.IsZero() && !p.Cipher.IsZero() && p.Cipher.KeyLen != i.CipherKey.Len() {
		v.Verdict = VerdictWrongLength
		v.Text = fmt.Sprintf("a cipher key of %d octets; %s in %s has %d", i.CipherKey.Len(), strings.ToUpper(p.Cipher.Name), conversationName(c), p.Cipher.KeyLen)
	} else if !hasEncrypted(c) {
		v.Verdict, v.Text = VerdictUntested, "nothing encrypted of "+conversationName(c)+" is in this capture"
	}
	return v
}

// sameISAKMP reports whether a conversation was opened with the same keys.
func sameISAKMP(i *secrets.ISAKMP, c *ikestate.Conversation) bool {
	if c.Phase1 == nil {
		return false
	}
	l := c.Phase1.Ladder
	return !i.CipherKey.IsZero() && l.CipherKey.Secret().Equal(i.CipherKey) ||
		!i.SKEYIDe.IsZero() && l.E.Secret().Equal(i.SKEYIDe) || !i.SKEYID.IsZero() && l.SKEYID.Secret().Equal(i.SKEYID)
}

func hasEncrypted(c *ikestate.Conversation) bool {
	return slices.ContainsFunc(c.Messages, func(m *ikestate.Message) bool { return m.Encrypted() && m.Missing == 0 })
}

// withCookies finds the conversation of a version with the cookies that are known.
func (j *judge) withCookies(version int, i, r *[8]byte) *ikestate.Conversation {
	if i == nil && r == nil {
		return nil
	}
	for _, c := range j.Conversations {
		if c.Version() == version && (i == nil || isakmp.Cookie(*i) == c.CookieI) && (r == nil || isakmp.Cookie(*r) == c.CookieR) {
			return c
		}
	}
	return nil
}

// ike judges the keys of an IKE SA.
func (j *judge) ike(i *secrets.IKEv2) SecretVerdict {
	v := SecretVerdict{Source: i.Source, Kind: KindIKE}
	if cs := j.ladders[i.Source]; len(cs) > 0 {
		v.Verdict, v.Text = VerdictOpened, opened(cs)
		return v
	}
	if j.version[2] == 0 {
		v.Verdict, v.Text = VerdictUnused, "no IKEv2 exchange is in this capture"
		return v
	}
	for _, c := range j.Conversations {
		if c.IKEv2 == nil {
			continue
		}
		k := c.IKEv2.Keys
		if !i.SKei.IsZero() && k.Ei.Secret().Equal(i.SKei) || !i.SKd.IsZero() && k.D.Secret().Equal(i.SKd) {
			v.Verdict, v.Text = VerdictSame, "the keys of "+conversationName(c)+", which another secret opened"
			return v
		}
	}
	switch c := j.withCookies(2, i.SPIi, i.SPIr); {
	case c == nil && (i.SPIi != nil || i.SPIr != nil):
		v.Verdict, v.Text = VerdictUnused, "no IKE SA in this capture has its SPIs"
	case c == nil:
		v.Verdict, v.Text = VerdictUnused, "fits no exchange in this capture"
	case !hasEncrypted(c):
		v.Verdict, v.Text = VerdictUntested, "nothing encrypted of "+conversationName(c)+" is in this capture"
	default:
		v.Verdict, v.Text = VerdictRefuted, "wrong keys for "+conversationName(c)
	}
	return v
}

// rsaKey judges a private key.
func (j *judge) rsaKey(k *secrets.RSAKey) SecretVerdict {
	v := SecretVerdict{Source: k.Source, Kind: KindRSAKey, Verdict: VerdictUnused, Text: "nothing in this capture is encrypted to it"}
	if use := j.Uses[k.Source]; use != nil && len(use.Opened) > 0 {
		v.Verdict, v.Text = VerdictOpened, "nonces and identities of "+andMore(use.Opened)
	}
	return v
}
