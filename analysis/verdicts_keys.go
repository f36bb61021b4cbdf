package analysis

import (
	"fmt"
	"slices"

	"ikescope/decode/isakmp"
	"ikescope/diagnose"
	"ikescope/ikestate"
	"ikescope/secrets"
	"ikescope/suite"
)

// isakmp judges the keys of an ISAKMP SA.
func (j *judge) isakmp(i *secrets.ISAKMP) diagnose.SecretVerdict {
	v := diagnose.SecretVerdict{Source: i.Source, Kind: diagnose.KindISAKMP, Verdict: diagnose.VerdictUnused}
	cs, c := j.ladders[i.Source], j.ofISAKMP(i)
	switch {
	case len(cs) > 0:
		v.Verdict, v.Text = diagnose.VerdictOpened, opened(cs)
	case len(j.derivedBy[i.Source]) > 0:
		v.Verdict, v.Text = j.used(j.derivedBy[i.Source])
	case c != nil:
		v.Verdict, v.Text = besidesISAKMP(i, c)
	case i.CookieI != nil || i.CookieR != nil:
		v.Text = "no exchange in this capture has its cookies"
	case onlyD(i):
		v.Verdict, v.Text = diagnose.VerdictUntested, "SKEYID_d alone opens nothing: SKEYID_e or the cipher key of its exchange is needed too"
	default:
		v.Text = "fits no exchange in this capture"
	}
	return v
}

// onlyD reports whether keys lead to IPsec SAs, but open no message.
func onlyD(i *secrets.ISAKMP) bool {
	return !i.SKEYIDd.IsZero() && i.SKEYID.IsZero() && i.SKEYIDe.IsZero() && i.CipherKey.IsZero()
}

// ofISAKMP finds the conversation of which keys are, or are said to be.
func (j *judge) ofISAKMP(i *secrets.ISAKMP) *ikestate.Conversation {
	if i.CookieI != nil || i.CookieR != nil {
		return j.withCookies(1, i.CookieI, i.CookieR)
	}
	at := slices.IndexFunc(j.Conversations, func(c *ikestate.Conversation) bool { return sameISAKMP(i, c) })
	if at < 0 {
		return nil
	}
	return j.Conversations[at]
}

// besidesISAKMP compares keys with those of the conversation that has their cookies.
func besidesISAKMP(i *secrets.ISAKMP, c *ikestate.Conversation) (diagnose.Verdict, string) {
	name := conversationName(c)
	switch l := c.Phase1.Ladder; {
	case l.CipherKey.IsZero() && !i.SKEYID.IsZero() && l.SKEYID.Secret().Equal(i.SKEYID):
		return diagnose.VerdictUntested, "SKEYID alone opens nothing: the Diffie-Hellman secret of " + name + " is needed too"
	case sameISAKMP(i, c):
		return diagnose.VerdictSame, "the keys of " + name + ", which another secret opened"
	case !hasEncrypted(c):
		return diagnose.VerdictUntested, "no whole encrypted message of " + name + " is in this capture"
	}
	if text := wrongRung(i, c); text != "" {
		return diagnose.VerdictWrongLength, text
	}
	if onlyD(i) && c.Phase1.Ladder.CipherKey.IsZero() {
		return diagnose.VerdictUntested, "SKEYID_d alone opens nothing: SKEYID_e or the cipher key of " + name + " is needed too"
	}
	return diagnose.VerdictRefuted, "wrong keys for " + name
}

// wrongRung says which of some keys cannot be a conversation's, by its length.
func wrongRung(i *secrets.ISAKMP, c *ikestate.Conversation) string {
	p := c.Phase1.Chosen
	if p == nil || c.Phase1.ChoiceTried {
		return ""
	}
	for _, r := range []struct {
		name       string
		have, want int
		of         string
	}{
		{"a SKEYID", i.SKEYID.Len(), p.Hash.Size, p.HashName}, {"a SKEYID_d", i.SKEYIDd.Len(), p.Hash.Size, p.HashName},
		{"a SKEYID_a", i.SKEYIDa.Len(), p.Hash.Size, p.HashName}, {"a SKEYID_e", i.SKEYIDe.Len(), p.Hash.Size, p.HashName},
		{"a cipher key", i.CipherKey.Len(), p.Cipher.KeyLen, p.Encryption},
	} {
		if r.have > 0 && r.want > 0 && r.have != r.want {
			return fmt.Sprintf("%s of %d octets; %s of %s has %d", r.name, r.have, suite.Title(r.of), conversationName(c), r.want)
		}
	}
	return ""
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
	if i != nil && r != nil {
		if c := j.byCookies[[2]isakmp.Cookie{*i, *r}]; c != nil && c.Version() == version {
			return c
		}
		return nil
	}
	for _, c := range j.Conversations {
		if c.Version() == version && (i == nil || *i == c.CookieI) && (r == nil || *r == c.CookieR) {
			return c
		}
	}
	return nil
}

// ike judges the keys of an IKE SA.
func (j *judge) ike(i *secrets.IKEv2) diagnose.SecretVerdict {
	v := diagnose.SecretVerdict{Source: i.Source, Kind: diagnose.KindIKE}
	if cs := j.ladders[i.Source]; len(cs) > 0 {
		v.Verdict, v.Text = diagnose.VerdictOpened, opened(cs)
		return v
	}
	if sas := j.derivedBy[i.Source]; len(sas) > 0 {
		v.Verdict, v.Text = j.used(sas)
		return v
	}
	if j.version[2] == 0 {
		v.Verdict, v.Text = diagnose.VerdictUnused, "no IKEv2 exchange is in this capture"
		return v
	}
	for _, c := range j.Conversations {
		if c.IKEv2 == nil || !hasEncrypted(c) {
			continue
		}
		k := c.IKEv2.Keys
		if !i.SKei.IsZero() && k.Ei.Secret().Equal(i.SKei) || !i.SKd.IsZero() && k.D.Secret().Equal(i.SKd) {
			v.Verdict, v.Text = diagnose.VerdictSame, "the keys of "+conversationName(c)+", which another secret opened"
			return v
		}
	}
	switch c := j.withCookies(2, i.SPIi, i.SPIr); {
	case c == nil && (i.SPIi != nil || i.SPIr != nil):
		v.Verdict, v.Text = diagnose.VerdictUnused, "no IKE SA in this capture has its SPIs"
	case i.SKei.IsZero() && i.SKer.IsZero() && !i.SKd.IsZero() && (c == nil || c.IKEv2 == nil || c.IKEv2.Keys.Ei.IsZero()):
		v.Verdict, v.Text = diagnose.VerdictUntested, "SK_d alone opens nothing: SK_ei and SK_er of its IKE SA are needed too"
	case c == nil:
		v.Verdict, v.Text = diagnose.VerdictUnused, "fits no exchange in this capture"
	case !hasEncrypted(c):
		v.Verdict, v.Text = diagnose.VerdictUntested, "no whole encrypted message of "+conversationName(c)+" is in this capture"
	default:
		v.Verdict, v.Text = diagnose.VerdictRefuted, "wrong keys for "+conversationName(c)
	}
	return v
}

// rsaKey judges a private key.
func (j *judge) rsaKey(k *secrets.RSAKey) diagnose.SecretVerdict {
	v := diagnose.SecretVerdict{Source: k.Source, Kind: diagnose.KindRSAKey, Verdict: diagnose.VerdictUnused, Text: "nothing in this capture is encrypted to it"}
	if cs := j.Uses.Opened(k.Source, string(diagnose.KindRSAKey)); len(cs) > 0 {
		v.Verdict, v.Text = diagnose.VerdictOpened, "nonces and identities of "+andMore(cs)
	}
	return v
}
