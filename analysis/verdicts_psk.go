package analysis

import (
	"fmt"
	"slices"
	"strings"

	"ikescope/decode/isakmp"
	"ikescope/diagnose"
	"ikescope/ikestate"
	"ikescope/secrets"
)

// needsDH is what keeps a pre-shared key from being tried.
const needsDH = "not tried: alone it opens nothing, a Diffie-Hellman secret of the exchange is needed too"

// notCaptured is what keeps the secrets of a phase 1 from being tried that is not in
// the capture, or was cut.
const notCaptured = "not tried: the messages with the nonces and public values of its exchange are not in this capture, or not whole"

// derivable reports whether the capture has what a key is derived from besides
// secrets: nonces and public values of both sides.
func derivable(c *ikestate.Conversation) bool {
	p := c.Phase1
	return len(p.NonceI) > 0 && len(p.NonceR) > 0 && len(p.GXI) > 0 && len(p.GXR) > 0
}

// beginsLate reports whether nothing of the phase 1 of a conversation tells how its
// peers proved themselves.
func beginsLate(c *ikestate.Conversation) bool {
	return c.Version() == 1 && c.Phase1 != nil && c.Phase1.Chosen == nil && len(c.Phase1.Offered) == 0
}

// asked counts what the capture has that pre-shared keys could open or prove.
type asked struct {
	v1, v2  int // conversations that authenticate with one, or offer to
	sealed  int // of v1, with encrypted messages
	whole   int // of v1, with nonces and public values of both sides
	keyed   int // of v1, whose Diffie-Hellman secret is known
	refuted int // of v1, in which all keys turned out wrong
	assumed int // of these, if a shared secret is right that nothing proves
	silent  int // of v1 and keyed, in which nothing shows whether a key is right
	read    int // of v2, whose AUTH payloads were read
	checked int // of v2, whose AUTH by a pre-shared key could be checked
}

func (a *asked) count(c *ikestate.Conversation) {
	switch l := c.Phase1.Ladder; {
	case !usesPSK(c):
	case c.IKEv2 != nil:
		a.v2++
		if c.IKEv2.AuthI != 0 || c.IKEv2.AuthR != 0 {
			a.read++
		}
		if l.PSK == ikestate.PSKVerified || l.PSK == ikestate.PSKRefuted {
			a.checked++
		}
	default:
		a.v1++
		if hasEncrypted(c) {
			a.sealed++
		}
		if derivable(c) {
			a.whole++
		}
		if !l.GXY.IsZero() || l.PSK == ikestate.PSKRefuted {
			a.keyed++
		}
		if l.PSK == ikestate.PSKRefuted {
			a.refuted++
		}
		if l.DHAssumed {
			a.assumed++
		}
		if !l.GXY.IsZero() && l.PSK == ikestate.PSKUnverified && untestedPSK(c) {
			a.silent++
		}
	}
}

// psk judges a pre-shared key.
func (j *judge) psk(p *secrets.PSK) diagnose.SecretVerdict {
	v := diagnose.SecretVerdict{Source: p.Source, Kind: diagnose.KindPSK}
	switch cs := j.pskOf[p.Source]; {
	case len(cs) > 0:
		v.Verdict, v.Text = pskUsed(cs)
	case len(j.withheld[p.Source]) > 0:
		v.Verdict, v.Text = diagnose.VerdictExcluded, excluded(p, j.withheld[p.Source])
	default:
		v.Verdict, v.Text = j.pskIdle(p)
	}
	return v
}

// untestedPSK reports whether a conversation has nothing that could have shown
// whether its pre-shared key is right.
func untestedPSK(c *ikestate.Conversation) bool {
	return c.Phase1.Ladder.PSK != ikestate.PSKVerified && !slices.ContainsFunc(c.Messages, func(m *ikestate.Message) bool {
		return m.Encrypted() && m.Decrypted
	})
}

func pskUsed(cs []*ikestate.Conversation) (diagnose.Verdict, string) {
	if cs[0].Phase1.Ladder.PSK == ikestate.PSKVerified {
		return diagnose.VerdictOpened, "proved by the authentication of " + andMore(cs)
	}
	return diagnose.VerdictOpened, "used for " + andMore(cs) + ", in which nothing could prove it"
}

// excluded tells of a key that is right for peers that its ids do not name.
func excluded(p *secrets.PSK, cs []*ikestate.Conversation) string {
	var peers []string
	for _, w := range cs[0].Phase1.Withheld {
		if w.PSK == p.Source {
			peers = w.Peers
		}
	}
	return fmt.Sprintf("right for %s, but left out: its ids name %s, the peers here are %s",
		andMore(cs), someOf(p.IDs), strings.Join(peers, " and "))
}

// someOf names the first of many.
func someOf(names []string) string {
	const most = 4
	list := strings.Join(names[:min(len(names), most)], ", ")
	if n := len(names) - most; n > 0 {
		list += fmt.Sprintf(" and %d more", n)
	}
	return list
}

// pskIdle says why a pre-shared key opened nothing.
func (j *judge) pskIdle(p *secrets.PSK) (diagnose.Verdict, string) {
	a := j.asked
	named := !p.Only || slices.ContainsFunc(j.Conversations, func(c *ikestate.Conversation) bool {
		return c.Phase1 != nil && usesPSK(c) && c.MayUse(p)
	})
	switch {
	case a.v1+a.v2 == 0 && slices.ContainsFunc(j.Conversations, beginsLate):
		return diagnose.VerdictUntested, notCaptured
	case a.v1+a.v2 == 0:
		return diagnose.VerdictUnused, "no exchange in this capture uses a pre-shared key"
	case !named:
		return diagnose.VerdictUnused, "its ids (" + someOf(p.IDs) + ") name no peer in this capture"
	case a.v1 == 0 && a.read == 0:
		return diagnose.VerdictUntested, "not tried: it proves who speaks, but opens nothing of IKEv2; a Diffie-Hellman secret or SK_e* is needed"
	case a.v1 == 0 && a.checked == 0:
		return diagnose.VerdictUntested, "not tried: not all of what AUTH covers is known"
	case a.v1 == 0:
		return diagnose.VerdictRefuted, "no AUTH payload that could be read was made with it"
	case a.refuted > 0 && a.refuted == a.v1 && a.assumed > 0:
		return diagnose.VerdictRefuted, "wrong, or the Diffie-Hellman secret is: together they open nothing"
	case a.refuted > 0 && a.refuted == a.v1:
		return diagnose.VerdictRefuted, "wrong: no exchange in this capture was made with it"
	case a.sealed == 0:
		return diagnose.VerdictUnused, "no message that it could open is in this capture"
	case a.keyed == 0 && a.whole == 0:
		return diagnose.VerdictUntested, notCaptured
	case a.keyed == 0:
		return diagnose.VerdictUntested, needsDH
	case a.keyed < a.v1:
		return diagnose.VerdictUnused, "opens no exchange whose Diffie-Hellman secret is known"
	case a.silent > 0:
		return diagnose.VerdictUntested, "nothing in this capture shows whether it is right"
	}
	return diagnose.VerdictUnused, "fits no exchange in this capture"
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
