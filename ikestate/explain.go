package ikestate

import (
	"fmt"

	"ikescope/decode/isakmp"
)

// explain notes, for each message that stayed closed, why. It needs the ladder
// and the exchanges.
func (c *Conversation) explain(r *ring) {
	for _, m := range c.Messages {
		switch {
		case m.Encrypted() && !m.Decrypted:
			m.Note = c.why(m)
		case m.Missing > 0:
			m.Note = fmt.Sprintf("%d octets were not captured: read up to there", m.Missing)
		}
	}
}

func (c *Conversation) why(m *Message) string {
	p := c.Phase1
	switch {
	case m.Missing > 0:
		return fmt.Sprintf("%d octets were not captured", m.Missing)
	case p.Ladder.PSK == PSKRefuted:
		return "none of the pre-shared keys opens it"
	case p.Ladder.CipherKey.IsZero():
		return "no key: " + c.Missing()
	default:
		return "the keys of this ISAKMP SA do not open it"
	}
}

// Missing says which secret would open the conversation, "" if none is wanted.
func (c *Conversation) Missing() string {
	p := c.Phase1
	switch {
	case p == nil || !p.Ladder.CipherKey.IsZero():
		return ""
	case p.Chosen == nil:
		return "the negotiated algorithms are not in the capture; SKEYID_e or the cipher key would need them too"
	case p.Ladder.PSK == PSKRefuted:
		return "another pre-shared key: none of those given fits this exchange"
	case p.Chosen.Auth.Plain() == isakmp.AuthPSK && p.Ladder.PSK == PSKUnused:
		return "the pre-shared key, and the DH shared secret or a private value of this exchange; or SKEYID_e or the cipher key"
	default:
		return "the DH shared secret or a private value of this exchange; or SKEYID_e or the cipher key"
	}
}
