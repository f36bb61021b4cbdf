package report

import (
	"fmt"
	"path/filepath"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/secrets"
)

// keyLine says which secrets opened a conversation, from the top of the ladder
// down.
func (p *page) keyLine(c *ikestate.Conversation) string {
	if c.Phase1 == nil {
		return ""
	}
	l := c.Phase1.Ladder
	var parts []string
	if l.PSKSource != (secrets.Source{}) && l.PSK != ikestate.PSKUnused {
		parts = append(parts, fmt.Sprintf("PSK %s (%s)", p.source(l.PSKSource), l.PSK))
	}
	if s := p.dhLine(c); s != "" {
		parts = append(parts, s)
	}
	switch {
	case len(parts) > 0:
		return "key: " + joinParts(parts, " + ")
	case l.PSK == ikestate.PSKRefuted:
		return "no pre-shared key fits"
	default:
		return ""
	}
}

// source names the place of a secret without the folders before it.
func (p *page) source(s secrets.Source) string {
	s.File = filepath.Base(s.File)
	return p.text(s.String())
}

// dhLine names the rung on which the ladder was entered besides the PSK.
func (p *page) dhLine(c *ikestate.Conversation) string {
	l := c.Phase1.Ladder
	from := ""
	if l.DHSource != (secrets.Source{}) {
		from = " (" + p.source(l.DHSource) + ")"
	}
	switch l.Rung {
	case ikestate.RungDHPrivate:
		who := c.Initiator.Addr()
		if l.DHSide == ikestate.Responder {
			who = c.Responder.Addr()
		}
		return "DH value of " + who.String() + from
	case ikestate.RungDHShared:
		return "DH shared secret" + from
	case ikestate.RungSKEYID:
		return "SKEYID" + from
	case ikestate.RungSKEYIDe:
		return "SKEYID_e" + from
	case ikestate.RungCipherKey:
		return "cipher key" + from
	default:
		return ""
	}
}

// missing says which secrets would open what stayed closed, and where programs
// write them. It reports false where there is nothing to say.
func (p *page) missing(l *layout) bool {
	var phase1, pfs, esp bool
	first := int64(0)
	for _, t := range l.tunnels {
		for _, c := range t.conversations {
			if m := firstClosed(c); m != nil && lacks(c) != "" {
				phase1 = true
				if first == 0 || m.Frame < first {
					first = m.Frame
				}
			}
		}
		pfs = pfs || needsPFS(t)
		esp = esp || t.traffic().opened.NoKey > 0
	}
	if !phase1 && !pfs && !esp {
		return false
	}
	p.heading("What would open the rest", "")
	if phase1 {
		p.para(2, 2, "Encrypted from packet "+count(first)+" on. "+p.long(missingText(l)))
	}
	if pfs {
		p.para(2, 2, "A Quick Mode used PFS: its own DH shared secret or private value is needed too.")
	}
	p.places(phase1, pfs, esp)
	return true
}

// missingText is what the first closed conversation lacks.
func missingText(l *layout) string {
	for _, t := range l.tunnels {
		for _, c := range t.conversations {
			if s := lacks(c); s != "" && firstClosed(c) != nil {
				return "Missing: " + s + "."
			}
		}
	}
	return ""
}

// lacks says which secret would open a conversation, "" where it is open.
func lacks(c *ikestate.Conversation) string {
	switch v := c.IKEv2; {
	case v == nil:
		return c.Missing()
	case v.Keys.Ei.IsZero():
		return "the DH shared secret or a private value of this exchange; or SK_ei and SK_er"
	default:
		return ""
	}
}

func firstClosed(c *ikestate.Conversation) *ikestate.Message {
	for _, m := range c.Messages {
		if m.Encrypted() && !m.Decrypted {
			return m
		}
	}
	return nil
}

// needsPFS reports whether an SA has no key although its Quick Mode was read:
// the shared secret of its own exchange is missing.
func needsPFS(t *tunnel) bool {
	for _, s := range t.sas {
		if s.PFSGroup != "" && !s.KeysKnown && s.Protocol != isakmp.ProtocolIPComp && s.Conversation != nil {
			return true
		}
	}
	return false
}

// places is where programs write the secrets that open a conversation.
var places = []struct{ secret, where string }{
	{"DH shared secret, DH private value", `strongSwan: charondebug "ike 4", the lines "shared Diffie Hellman secret"`},
	{"SKEYIDs, SK_*, cipher key", `strongSwan "ike 4"; libreswan plutodebug "crypt,private"; racoon -dd and MikroTik "ipsec,debug" logs`},
	{"cipher key, SK_e and SK_a", "strongSwan save-keys plugin; Wireshark ikev1_ and ikev2_decryption_table"},
}

// espPlaces is where the keys of IPsec SAs stand.
const espPlaces = `ip xfrm state, setkey -D, FortiGate "diagnose vpn tunnel list", Wireshark esp_sa`

func (p *page) places(phase1, pfs, esp bool) {
	g := &grid{columns: []column{{title: "secret"}, {title: "where it is found", flex: true, least: 30}}}
	if phase1 || pfs {
		for _, x := range places {
			if phase1 || x.secret == places[0].secret {
				g.add(x.secret, x.where)
			}
		}
	}
	if esp {
		g.add("keys of the ESP SAs alone", espPlaces)
	}
	p.table(2, g)
}
