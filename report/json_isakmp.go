package report

import (
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf8"

	"ikescope/analysis"
	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/keymat"
	"ikescope/suite"
)

type jsonISAKMP struct {
	ID            string         `json:"id"`
	Version       int            `json:"version"`
	CookieI       string         `json:"initiator_cookie"`
	CookieR       string         `json:"responder_cookie"`
	Initiator     string         `json:"initiator"`
	InitiatorPort uint16         `json:"initiator_port"`
	Responder     string         `json:"responder"`
	ResponderPort uint16         `json:"responder_port"`
	Exchange      string         `json:"exchange"`
	Captured      bool           `json:"exchange_captured"` // else the exchange is not known
	State         string         `json:"state"`
	Proposal      *jsonProposal  `json:"proposal"`
	Offered       []jsonProposal `json:"offered"`
	InitiatorID   *jsonID        `json:"initiator_id"`
	ResponderID   *jsonID        `json:"responder_id"`
	Secrets       jsonSecrets    `json:"secrets"`
	Lifetimes     []jsonLifetime `json:"responder_lifetimes,omitempty"` // RESPONDER-LIFETIME, RFC 2407, section 4.6.3.1
	Messages      int            `json:"messages"`
	Decrypted     int            `json:"decrypted_messages"`
	jsonPeers
	Keys *jsonISAKMPKeys `json:"keys,omitempty"`
}

type jsonProposal struct {
	Encryption        string   `json:"encryption"`
	Hash              string   `json:"hash"`
	Additional        []string `json:"additional_groups,omitempty"` // key exchanges of IKE_INTERMEDIATE (RFC 9370)
	Group             *string  `json:"group"`                       // null where SKEYID or lower keys opened a capture that begins after phase 1
	Auth              *string  `json:"auth"`                        // null in version 2, which does not negotiate it
	Integrity         string   `json:"integrity,omitempty"`         // version 2
	LifetimeSeconds   *uint64  `json:"lifetime_seconds"`
	LifetimeKilobytes *uint64  `json:"lifetime_kilobytes"`
}

// jsonLifetime is a lifetime that a responder announced besides the negotiated
// one.
type jsonLifetime struct {
	Protocol  string  `json:"protocol"` // of the SA: isakmp, esp, ah
	Frame     int64   `json:"frame"`
	Seconds   *uint64 `json:"seconds"`
	Kilobytes *uint64 `json:"kilobytes"`
}

func lifetimesJSON(c *ikestate.Conversation) (all []jsonLifetime) {
	for n, ls := range announcedLifetimes(c) {
		seconds, kilobytes := limits(ls)
		all = append(all, jsonLifetime{n.Protocol.String(), n.Message.Frame, known(seconds), known(kilobytes)})
	}
	return all
}

type jsonID struct {
	Type     string  `json:"type"`
	Value    *string `json:"value"`
	ValueHex string  `json:"value_hex,omitempty"` // of a value that is no text
}

type jsonSecrets struct {
	Rung    string   `json:"rung"`
	PSK     string   `json:"psk"`
	PPK     *jsonPPK `json:"ppk,omitempty"`
	Missing string   `json:"missing"`
}

// jsonPPK is a post-quantum pre-shared key that the initiator names (RFC 8784).
type jsonPPK struct {
	ID      string `json:"id"`
	Used    bool   `json:"used"`    // the responder has it too
	Verdict string `json:"verdict"` // verified, refuted or unchecked
}

type jsonISAKMPKeys struct {
	Rungs
	*RungsIKEv2
}

func isakmpJSON(r *analysis.Result, ids identifiers, o Options) []jsonISAKMP {
	return list(r.Conversations, func(c *ikestate.Conversation) jsonISAKMP {
		j := jsonISAKMP{
			ID: ids.conversation[c], Version: c.Version(),
			CookieI: c.CookieI.String(), CookieR: c.CookieR.String(),
			Initiator: c.Initiator.Addr().String(), InitiatorPort: c.Initiator.Port(),
			Responder: c.Responder.Addr().String(), ResponderPort: c.Responder.Port(),
			Exchange: exchangeOf(c).String(), Captured: exchangeCaptured(c), State: c.State().String(),
			Offered:   []jsonProposal{},
			Secrets:   jsonSecrets{Rung: ikestate.RungNone.String(), PSK: ikestate.PSKUnused.String(), Missing: lacksWithin(r, c)},
			jsonPeers: peersJSON(c, o),
		}
		j.count(c)
		if c.Phase1 != nil {
			j.phase1(c, o)
		}
		return j
	})
}

// lacksWithin says which secret would open a conversation, or where it is open,
// which one would give the keys of its IPsec SAs.
func lacksWithin(r *analysis.Result, c *ikestate.Conversation) string {
	if m := lacks(c); m != "" {
		return m
	}
	var all []string
	for _, s := range r.SAs {
		if s.Conversation != c || s.KeysKnown {
			continue
		}
		if m := "for IPsec SAs: " + s.Missing(); s.Missing() != "" && !slices.Contains(all, m) {
			all = append(all, m)
		}
	}
	return strings.Join(all, "; ")
}

func (j *jsonISAKMP) phase1(c *ikestate.Conversation, o Options) {
	p := c.Phase1
	for i := range p.Offered {
		j.Offered = append(j.Offered, proposalJSON(&p.Offered[i]))
	}
	if p.Chosen != nil {
		chosen := proposalJSON(p.Chosen)
		j.Proposal = &chosen
	}
	j.InitiatorID, j.ResponderID = idJSON(p.IDii), idJSON(p.IDir)
	j.Lifetimes = lifetimesJSON(c)
	j.Secrets.Rung, j.Secrets.PSK = p.Ladder.Rung.String(), p.Ladder.PSK.String()
	if c.IKEv2 != nil && c.IKEv2.PPK != nil {
		x := c.IKEv2.PPK
		j.Secrets.PPK = &jsonPPK{x.ID, x.Used, x.Verdict.String()}
	}
	if o.ShowKeys {
		j.Keys = &jsonISAKMPKeys{Rungs: RungsOf(p.Ladder)}
		if c.IKEv2 != nil {
			v2 := RungsOfIKEv2(c.IKEv2Secrets())
			j.Keys.RungsIKEv2 = &v2
		}
	}
}

// hexOf discloses a secret; an absent one is null.
func hexOf(s keymat.Secret) *string { return known(s.Hex()) }

func proposalJSON(p *ikestate.Proposal) jsonProposal {
	j := jsonProposal{
		Encryption: p.Encryption, Hash: p.HashName, Group: known(p.GroupName), Integrity: p.IntegrityName,
		LifetimeSeconds: known(p.LifetimeSeconds), LifetimeKilobytes: known(p.LifetimeKilobytes),
		Additional: p.Additional,
	}
	if p.Auth != 0 {
		j.Auth = known(suite.AuthMethodName(uint16(p.Auth)))
	}
	return j
}

func idJSON(id *isakmp.ID) *jsonID {
	if id == nil {
		return nil
	}
	j := &jsonID{Type: id.Type.String()}
	if s, ok := id.Text(); ok && utf8.ValidString(s) {
		j.Value = &s
	} else {
		j.ValueHex = hex.EncodeToString(id.Data)
	}
	return j
}

// exchangeOf is the exchange type with which a conversation begins.
func exchangeOf(c *ikestate.Conversation) isakmp.ExchangeType {
	if c.Phase1 != nil && c.Phase1.Script.Exchange != isakmp.ExchangeNone {
		return c.Phase1.Script.Exchange
	}
	switch m := firstOfPhase1(c); {
	case c.Version() == 2:
		return isakmp.ExchangeIKESAInit
	case m != nil:
		return m.Header.Exchange
	default:
		return isakmp.ExchangeMain
	}
}

// exchangeCaptured reports whether a message of the exchange that made a
// conversation's SA is in the capture. Where none is, the exchange of version 1 is
// the usual one, not what was seen.
func exchangeCaptured(c *ikestate.Conversation) bool {
	if c.Version() == 2 {
		return slices.ContainsFunc(c.Messages, func(m *ikestate.Message) bool { return m.Header.Exchange == isakmp.ExchangeIKESAInit })
	}
	return firstOfPhase1(c) != nil
}

// count counts messages, retransmissions included, and of these the encrypted
// ones that could be read.
func (j *jsonISAKMP) count(c *ikestate.Conversation) {
	for _, m := range c.Messages {
		n := 1 + len(m.Repeats)
		if len(m.Fragments) == 0 { // else its fragments are counted
			j.Messages += n
		}
		if m.Encrypted() && m.Decrypted {
			j.Decrypted += n
		}
	}
}
