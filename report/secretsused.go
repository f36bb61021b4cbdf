package report

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"ikescope/ikestate"
	"ikescope/secrets"
)

// keyLine says which secrets opened a conversation, from the top of the ladder
// down.
func (p *page) keyLine(c *ikestate.Conversation) string {
	if c.Phase1 == nil {
		return ""
	}
	var parts []string
	if s := p.pskLine(c); s != "" {
		parts = append(parts, s)
	}
	if s := p.dhLine(c); s != "" {
		parts = append(parts, s)
	}
	if c.IKEv2 != nil {
		parts = append(parts, p.postQuantum(c.IKEv2)...)
	}
	switch l := c.Phase1.Ladder; {
	case len(parts) > 0:
		return "key: " + joinParts(parts, " + ")
	case l.DHAssumed:
		return "no pre-shared key fits, or the DH shared secret is wrong"
	case l.PSK == ikestate.PSKRefuted:
		return "no pre-shared key fits"
	case l.PSK == ikestate.PSKUnverified && firstClosed(c) != nil && incomplete(c):
		return "no key: the messages with the nonces and public values are not whole in the capture"
	case l.PSK == ikestate.PSKUnverified && firstClosed(c) != nil:
		return "no key: a pre-shared key cannot be tried without a DH secret"
	default:
		return ""
	}
}

// postQuantum names the secrets of further key exchanges and a post-quantum
// pre-shared key.
func (p *page) postQuantum(v *ikestate.IKEv2) (parts []string) {
	if n := len(v.FurtherKeys); n > 0 {
		parts = append(parts, fmt.Sprintf("%d of further key exchanges (%s)", n, p.source(v.FurtherKeys[0].Source)))
	}
	if x := v.PPK; x != nil && x.Used && x.Source != (secrets.Source{}) {
		parts = append(parts, fmt.Sprintf("PPK %s (%s)", p.source(x.Source), x.Verdict))
	}
	return parts
}

// incomplete reports whether the capture lacks what keys are derived from besides
// secrets.
func incomplete(c *ikestate.Conversation) bool {
	p := c.Phase1
	return len(p.NonceI) == 0 || len(p.NonceR) == 0 || len(p.GXI) == 0 || len(p.GXR) == 0
}

// pskLine names the pre-shared key that was proved, or that opened messages. One
// that nothing could test says nothing about the exchange.
func (p *page) pskLine(c *ikestate.Conversation) string {
	l := c.Phase1.Ladder
	if l.PSKSource == (secrets.Source{}) || l.PSK == ikestate.PSKUnused || l.PSK == ikestate.PSKUnverified && l.CipherKey.IsZero() {
		return ""
	}
	return fmt.Sprintf("PSK %s (%s)", p.source(l.PSKSource), l.PSK)
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
		if c.IKEv2 != nil {
			return "SK_d" + from
		}
		return "SKEYID" + from
	case ikestate.RungSKEYIDe:
		if c.IKEv2 != nil {
			return "SK_ei and SK_er" + from
		}
		return "SKEYID_e" + from
	case ikestate.RungCipherKey:
		return "cipher key" + from
	default:
		return ""
	}
}

// gap is what stayed closed.
type gap struct {
	phase1, esp bool
	withheld    bool  // as the key is for other peers: no file would help
	first       int64 // packet from which on IKE is encrypted
	lacks       string
	keys        []string // what IPsec SAs lack whose exchanges were read
}

func gaps(l *layout) (g gap) {
	for _, t := range l.tunnels {
		for _, c := range t.conversations {
			if m := firstClosed(c); m != nil && lacks(c) != "" {
				g.phase1 = g.phase1 || len(c.Phase1.Withheld) == 0
				g.withheld = g.withheld || len(c.Phase1.Withheld) > 0
				if g.first == 0 || m.Frame < g.first {
					g.first = m.Frame
				}
			}
		}
		for _, s := range t.sas {
			if m := s.Missing(); m != "" && !s.KeysKnown && !slices.Contains(g.keys, m) {
				g.keys = append(g.keys, m)
			}
		}
		g.esp = g.esp || t.traffic().opened.NoKey > 0
	}
	g.lacks = missingText(l)
	return g
}

func (g gap) any() bool { return g.phase1 || g.withheld || len(g.keys) > 0 || g.esp }

// texts says which secrets would open what stayed closed.
func (g gap) texts() (texts []string) {
	if g.phase1 || g.withheld {
		texts = append(texts, "Encrypted from packet "+count(g.first)+" on. "+g.lacks)
	}
	for _, lacks := range g.keys {
		texts = append(texts, "IPsec SAs have no keys although their negotiation was read. Missing: "+lacks+".")
	}
	return texts
}

// missing says which secrets would open what stayed closed, and where programs
// write them.
func (p *page) missing(l *layout) gap {
	g := gaps(l)
	if !g.any() {
		return g
	}
	p.heading("What would open the rest", "")
	for _, s := range g.texts() {
		p.para(2, 2, p.long(s))
	}
	table := &grid{columns: []column{{title: "secret"}, {title: "where it is found", flex: true, least: 30}}}
	ps := g.places()
	for _, x := range ps {
		table.add(x.Secret, x.Where)
	}
	if len(ps) > 0 {
		p.table(2, table)
	}
	return g
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
func lacks(c *ikestate.Conversation) string { return c.Missing() }

func firstClosed(c *ikestate.Conversation) *ikestate.Message {
	for _, m := range c.Messages {
		if m.Encrypted() && !m.Decrypted {
			return m
		}
	}
	return nil
}

// Place is where programs write a kind of secret.
type Place struct{ Secret, Where string }

// places is where programs write the secrets that open a conversation. The first
// two also lead to the keys of IPsec SAs.
var places = []Place{
	{"DH shared secret, DH private value", `strongSwan: charondebug "ike 4", the lines "shared Diffie Hellman secret", since version 6 "key exchange secret"`},
	{"SKEYIDs, SK_*, cipher key", `strongSwan "ike 4"; libreswan plutodebug "crypt,private"; racoon -dd and MikroTik "ipsec,debug" logs`},
	{"cipher key, SK_e and SK_a", "strongSwan save-keys plugin; Wireshark ikev1_ and ikev2_decryption_table"},
}

// espPlaces is where the keys of IPsec SAs stand.
const espPlaces = `ip xfrm state, setkey -D, FortiGate "diagnose vpn tunnel list", Wireshark esp_sa`

func (g gap) places() (ps []Place) {
	if slices.ContainsFunc(g.keys, func(lacks string) bool { return strings.Contains(lacks, "post-quantum pre-shared key") }) {
		ps = append(ps, Place{"post-quantum pre-shared key", `swanctl.conf, section ppk; ipsec.secrets, PPK and PPKS; strongSwan "ike 4"`})
	}
	for i, x := range places {
		if g.phase1 || len(g.keys) > 0 && i < 2 {
			ps = append(ps, x)
		}
	}
	if g.esp && !g.withheld {
		ps = append(ps, Place{"keys of the ESP SAs alone", espPlaces})
	}
	return ps
}

// example is the name of a file that would help: keys of ESP stand in what the
// kernel prints, everything else in a daemon's log. It is "" where no file would.
func (g gap) example() string {
	switch {
	case g.phase1 || len(g.keys) > 0:
		return "charon.log"
	case g.esp && !g.withheld:
		return "xfrm.txt"
	}
	return ""
}
