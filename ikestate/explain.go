package ikestate

import (
	"fmt"
	"slices"
	"strings"

	"ikescope/decode/isakmp"
	"ikescope/suite"
)

// explain notes, for each message that stayed closed, why. It needs the ladder
// and the exchanges.
func (c *Conversation) explain() {
	before := map[exchangeID]*Message{} // the encrypted message before, by exchange
	for _, m := range c.Messages {
		x := exchangeID{m.Header.Exchange, m.Header.MessageID}
		switch {
		case m.Encrypted() && !m.Decrypted:
			m.Note = c.why(m, before[x])
		case m.Missing > 0:
			m.Note = fmt.Sprintf("%d octets were not captured: read up to there", m.Missing)
		}
		if m.Encrypted() {
			before[x] = m
		}
	}
}

// why says why a message stayed closed; before is the encrypted one before it in its
// exchange, which matters in version 1.
func (c *Conversation) why(m, before *Message) string {
	p := c.Phase1
	switch {
	case m.Missing > 0:
		return fmt.Sprintf("%d octets were not captured", m.Missing)
	case len(p.Withheld) > 0 && c.IKEv2 == nil:
		return "the pre-shared key that opens it is for other peers"
	case p.Ladder.DHAssumed && c.IKEv2 == nil:
		return "the pre-shared keys and DH shared secrets given do not open it"
	case p.Ladder.PSK == PSKRefuted && c.IKEv2 == nil:
		return "none of the pre-shared keys opens it"
	case p.Ladder.CipherKey.IsZero() && c.Missing() != "":
		return "no key: " + c.Missing()
	case c.IKEv2 != nil && c.Missing() != "":
		return "no key: " + c.Missing()
	case c.IKEv2 != nil:
		return "the keys of this IKE SA do not open it"
	case c.unchained(m, before):
		return "it chains to a message that is not in the capture, or not whole"
	default:
		return "the keys of this ISAKMP SA do not open it"
	}
}

// unchained reports whether the initialization vector of a message of version 1 is
// out of reach: the message before it is missing or was cut (RFC 2409, appendix B).
func (c *Conversation) unchained(m, before *Message) bool {
	if isPhase1(m) {
		return c.Phase1.unchained(m)
	}
	return before != nil && (before.Missing > 0 || before.FromInitiator == m.FromInitiator)
}

// unchained is the same of a message of phase 1; the first that is encrypted chains
// to the public values.
func (p *Phase1) unchained(m *Message) bool {
	for i := m.Position - 2; i >= 0; i-- {
		if f := p.Script.Flights[i]; f.Protection != Clear {
			return p.Flights[i] == nil || p.Flights[i].Missing > 0
		}
	}
	return len(p.GXI) == 0 || len(p.GXR) == 0
}

// Missing says which secret would open the conversation, "" if none is wanted.
func (c *Conversation) Missing() string {
	p := c.Phase1
	switch {
	case p == nil:
		return ""
	case c.IKEv2 != nil:
		return c.missingV2()
	case !p.Ladder.CipherKey.IsZero() || !slices.ContainsFunc(c.Messages, (*Message).Encrypted):
		return ""
	case len(p.Withheld) > 0:
		w := p.Withheld[0]
		return fmt.Sprintf("the pre-shared key: that of %s fits, but its ids name neither %s", w.PSK, strings.Join(w.Peers, " nor "))
	case !p.derivable():
		return "SKEYID_e or the cipher key: the messages from which they could be derived are not in the capture, or not whole"
	case p.Ladder.DHAssumed:
		return "another pre-shared key or another DH shared secret: those given do not open this exchange together"
	case p.Ladder.PSK == PSKRefuted:
		return "another pre-shared key: none of those given fits this exchange"
	case p.Chosen != nil && p.Chosen.Auth.Plain() == isakmp.AuthPSK && p.Ladder.PSK == PSKUnused:
		return "the pre-shared key, and the DH shared secret or a private value of this exchange; or SKEYID_e or the cipher key"
	default:
		return "the DH shared secret or a private value of this exchange; or SKEYID_e or the cipher key"
	}
}

// derivable reports whether the capture has what SKEYID is made of besides
// secrets (RFC 2409, section 5): both nonces, or what public keys hide.
func (p *Phase1) derivable() bool {
	if p.Chosen != nil && (p.Chosen.Auth.Plain() == isakmp.AuthRSAEncryption || p.Chosen.Auth.Plain() == isakmp.AuthRSARevisedEncryption) {
		return true
	}
	return p.NonceI != nil && p.NonceR != nil
}

// Missing says which secret would give the SA its keys where the exchange that
// made it was read, "" if none is wanted. Keys that are but tentative packets may have
// proved.
func (s *IPsecSA) Missing() string {
	c := s.Conversation
	if c == nil || c.Phase1 == nil || s.keyed() || s.Protocol == isakmp.ProtocolIPComp {
		return ""
	}
	switch {
	case c.IKEv2 != nil && s.Made != nil && s.Made.Header.Exchange == isakmp.ExchangeIKEAuth && c.Phase1.NonceI == nil:
		return "its keys themselves: IKE_SA_INIT, with the nonces that are in them, is not in the capture"
	case s.seedsCut:
		return "its keys themselves: the messages that made it, with what is in its keys, are not whole in the capture"
	case s.ppkInChild:
		return "its keys themselves: the exchange mixed a post-quantum pre-shared key into them (RFC 9867), which is not computed here"
	}
	rung, pfs := c.missingD(), s.missingPFS()
	if rung != "" && pfs != "" {
		return rung + ", and " + pfs
	}
	return rung + pfs
}

// missingD names SKEYID_d or SK_d, "" where it is known.
func (c *Conversation) missingD() string {
	switch v := c.IKEv2; {
	case v == nil && c.Phase1.Ladder.D.IsZero():
		return "SKEYID_d"
	case v == nil || !v.Keys.D.IsZero():
		return ""
	case v.PPK != nil && len(v.Further) == 0:
		return v.PPK.title() + ", or SK_d with it"
	}
	return "SK_d"
}

// missingPFS names the secrets of the SA's own key exchanges, "" where it had none.
func (s *IPsecSA) missingPFS() string {
	switch {
	case len(s.FurtherGroups) > 0:
		return "the shared secrets of its own key exchanges, by " + listed(append([]string{s.PFSGroup}, s.FurtherGroups...)) + " (RFC 9370)"
	case s.PFSGroup != "":
		return "the DH shared secret or a private value of its own exchange, which used PFS"
	}
	return ""
}

// keyed reports whether the SA's keys are known for sure.
func (s *IPsecSA) keyed() bool {
	return slices.ContainsFunc(s.Keys, func(k SAKeys) bool { return !k.Tentative })
}

// missingV2 is Missing of version 2, whose keys come from the DH exchange alone
// (RFC 7296, section 2.14): a pre-shared key only proves who speaks.
func (c *Conversation) missingV2() string {
	switch {
	case c.IKEv2.ppkBetween:
		return "SK_d, SK_ei, SK_er, SK_ai and SK_ar of after IKE_INTERMEDIATE: the peers can mix a post-quantum pre-shared key into them there (RFC 9867), which is not computed here"
	case len(c.IKEv2.Further) > 0:
		return "SK_d, SK_ei, SK_er, SK_ai and SK_ar of after the key exchange by " + listed(c.IKEv2.Further) + " (RFC 9370), or its shared secret"
	case !c.IKEv2.Keys.Ei.IsZero() || !c.IKEv2.Keys.Er.IsZero() || !slices.ContainsFunc(c.Messages, (*Message).Encrypted):
		return ""
	case c.Phase1.Chosen == nil && c.IKEv2.RekeyOf == nil:
		return "SK_ei, SK_er, SK_ai, SK_ar and SK_d: IKE_SA_INIT, from which they could be derived, is not in the capture; if this IKE SA replaced another one, the keys of that one"
	case c.IKEv2.RekeyOf != nil && c.Phase1.Chosen != nil && len(c.Phase1.Chosen.Additional) > 0:
		return "the shared secrets of the key exchanges that made this IKE SA, by " + listed(append([]string{c.Phase1.Chosen.GroupName}, c.Phase1.Chosen.Additional...)) + " (RFC 9370); or SK_ei, SK_er, SK_ai and SK_ar"
	case c.IKEv2.RekeyOf != nil:
		return "the DH shared secret or a private value of the exchange that made this IKE SA; or SK_ei, SK_er, SK_ai and SK_ar"
	case len(c.Phase1.Chosen.Additional) > 0:
		return "the shared secrets (or private values) of IKE_SA_INIT and of the key exchanges by " + listed(c.Phase1.Chosen.Additional) + " behind it (RFC 9370); or SK_ei, SK_er, SK_ai, SK_ar and SK_d of after them"
	default:
		return "the DH shared secret or a private value of IKE_SA_INIT; or SK_ei, SK_er, SK_ai and SK_ar (no pre-shared key is needed to decrypt)"
	}
}

// listed joins the names of key exchanges: "Curve25519, ML-KEM-768 and ML-KEM-1024".
// Those that are empty are left out.
func listed(groups []string) string {
	var names []string
	for _, g := range groups {
		if g != "" {
			names = append(names, suite.Title(g))
		}
	}
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}
