package ikestate

import (
	"net/netip"
	"slices"

	"ikescope/decode/isakmp"
	"ikescope/secrets"
)

// A pre-shared key may be restricted to some peers. Addresses and, where the mode
// sends them in the clear, identities say at once whether the peers of a conversation
// are among them; in Main Mode and in version 2 the key, or others, must open the
// identities first. So each key is tried. What fits but is for other peers is
// withheld: its messages stay closed.

// Withheld is a pre-shared key of the user that fits a conversation but is for other
// peers only (see [secrets.PSK.For]).
type Withheld struct {
	PSK   secrets.Source
	DH    secrets.Source // of the secret that opened messages together with it, if any
	Peers []string       // what the peers are called, with the identities that it opened
}

// MayUse reports whether a pre-shared key may be that of the conversation's peers
// by what is known of them.
func (c *Conversation) MayUse(p *secrets.PSK) bool {
	if c.Phase1 == nil {
		return p.For(c.addresses(), nil)
	}
	return c.names(p, c.Phase1.IDii, c.Phase1.IDir)
}

// peerNames lists the peers: "192.0.2.1 (gw.example.org)", the identity where it is
// known and another than the address.
func (c *Conversation) peerNames(ids [2]*isakmp.ID) []string {
	names := make([]string, 0, 2)
	for i, a := range c.addresses() {
		name := a.String()
		if id := ids[i]; id != nil && id.String() != name {
			name += " (" + id.String() + ")"
		}
		names = append(names, name)
	}
	return names
}

func (c *Conversation) addresses() []netip.Addr {
	return []netip.Addr{c.Initiator.Addr().Unmap(), c.Responder.Addr().Unmap()}
}

// names reports whether a key may be that of peers with the conversation's
// addresses and some identities.
func (c *Conversation) names(p *secrets.PSK, ids ...*isakmp.ID) bool {
	if !p.Only {
		return true
	}
	var texts []string
	for _, id := range ids {
		if id != nil {
			texts = append(texts, id.String())
		}
	}
	return p.For(c.addresses(), texts)
}

// restrict takes back an attempt whose pre-shared key is for other peers, and notes
// the key where the attempt shows that it would be the right one.
func (c *Conversation) restrict(a *attempt) {
	p := a.ladder.psk
	ids := [2]*isakmp.ID{firstID(a.ids[Initiator], c.Phase1.IDii), firstID(a.ids[Responder], c.Phase1.IDir)}
	if p == nil || a.score == hopeless || c.names(p, ids[:]...) {
		return
	}
	switch {
	case len(a.messages) > 0 && a.score >= readable:
		c.withhold(Withheld{p.Source, a.ladder.DHSource, c.peerNames(ids)})
	case a.proved(Initiator) || a.proved(Responder):
		c.withhold(Withheld{PSK: p.Source, Peers: c.peerNames(ids)})
	}
	*a = attempt{under: a.under, flights: a.flights}
}

// allowed lists the pre-shared keys that may be the conversation's.
func (c *Conversation) allowed(r *ring) (ps []*secrets.PSK) {
	for i := range r.PSKs {
		if p := &r.PSKs[i]; c.MayUse(p) {
			ps = append(ps, p)
		}
	}
	return ps
}

func (c *Conversation) withhold(w Withheld) {
	if !slices.ContainsFunc(c.Phase1.Withheld, func(o Withheld) bool { return o.PSK == w.PSK }) {
		c.Phase1.Withheld = append(c.Phase1.Withheld, w)
	}
}
