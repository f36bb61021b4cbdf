package analysis

import (
	"slices"

	"ikescope/diagnose"
	"ikescope/ikestate"
	"ikescope/secrets"
)

// ppk judges a post-quantum pre-shared key.
func (j *judge) ppk(p *secrets.PPK) diagnose.SecretVerdict {
	v := diagnose.SecretVerdict{Source: p.Source, Kind: diagnose.KindPPK}
	const kind = string(diagnose.KindPPK)
	cs, sas := j.Uses.Opened(p.Source, kind), j.alsoIn[ikestate.Taken{Source: p.Source, Kind: kind}]
	switch {
	case len(cs) > 0:
		v.Verdict, v.Text = diagnose.VerdictOpened, "it is in the keys of "+andMore(cs)
	case len(sas) > 0:
		v.Verdict, v.Text = diagnose.VerdictOpened, "it is in the keys of "+spiList(sas)
	default:
		v.Verdict, v.Text = j.ppkIdle(p)
	}
	return v
}

// ppkIdle says why a post-quantum pre-shared key is in no keys.
func (j *judge) ppkIdle(p *secrets.PPK) (diagnose.Verdict, string) {
	asks := func(fits func(*ikestate.Conversation) bool) bool {
		return slices.ContainsFunc(j.Conversations, func(c *ikestate.Conversation) bool {
			return c.IKEv2 != nil && fits(c)
		})
	}
	unread := asks(func(c *ikestate.Conversation) bool { return c.IKEv2.Announced && c.IKEv2.PPK == nil })
	switch {
	case asks(func(c *ikestate.Conversation) bool {
		return c.IKEv2.PPK != nil && c.IKEv2.PPK.Verdict == ikestate.Refuted
	}):
		return diagnose.VerdictRefuted, "the authentication of no IKE SA was made with it"
	case asks(func(c *ikestate.Conversation) bool { return c.IKEv2.PPK != nil && c.IKEv2.PPK.Used }):
		return diagnose.VerdictUntested, "nothing in this capture shows whether it is right"
	case unread:
		return diagnose.VerdictUntested, "not tried: it opens no message; a Diffie-Hellman secret or SK_e* is needed to read IKE_AUTH"
	}
	return diagnose.VerdictUnused, "no IKE SA in this capture uses a post-quantum pre-shared key"
}
