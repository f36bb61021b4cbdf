package ikestate

import (
	"cmp"
	"slices"

	"ikescope/decode/ikev2"
	"ikescope/decode/isakmp"
	"ikescope/keymat"
	"ikescope/suite"
)

// Behind a CREATE_CHILD_SA exchange there may be IKE_FOLLOWUP_KE exchanges, each with
// a key exchange. What the responder sends in ADDITIONAL_KEY_EXCHANGE is repeated in
// the request that goes on from there (RFC 9370, section 2.2.4):
//
//	HDR, SK {SA, Ni, KEi}  -->
//	                       <--  HDR, SK {SA, Nr, KEr, N(ADDITIONAL_KEY_EXCHANGE)(link1)}
//	HDR, SK {KEi(1), N(ADDITIONAL_KEY_EXCHANGE)(link1)}  -->
//	                       <--  HDR, SK {KEr(1), [N(ADDITIONAL_KEY_EXCHANGE)(link2)]}

// followups are the key exchanges behind one CREATE_CHILD_SA exchange.
type followups struct {
	kes     []exchangeKE // in order; without public values where their messages were not read
	last    *Message     // that completes them, nil if that is not in the capture
	refused bool         // the responder answered one with an error
}

// linkKey finds the IKE_FOLLOWUP_KE exchanges that go on from an answer.
type linkKey struct {
	by   Speaker
	link string
}

// linkFollowups finds them for the whole IKE SA, in order of their message IDs.
func (c *Conversation) linkFollowups() {
	v := c.IKEv2
	for _, x := range v.Exchanges {
		if x.Type != isakmp.ExchangeFollowupKE {
			continue
		}
		if link, ok := x.Request.notification(ikev2.AdditionalKeyExchange); ok {
			if v.links == nil {
				v.links = map[linkKey][]*ExchangeV2{}
			}
			k := linkKey{x.By, string(link)}
			v.links[k] = append(v.links[k], x)
		}
	}
	for _, xs := range v.links {
		slices.SortStableFunc(xs, func(a, b *ExchangeV2) int { return cmp.Compare(a.MessageID, b.MessageID) })
	}
}

// followedUp follows the key exchanges that a chosen proposal asks for.
func (c *Conversation) followedUp(x *ExchangeV2, chosen ikev2.Proposal) (f followups) {
	for _, t := range chosen.ChosenKEs() {
		ke := exchangeKE{}
		ke.group, _ = suite.GroupByID(t.ID)
		f.last = nil
		if x = c.next(x); x != nil {
			ke.mid = x.MessageID
			for s, m := range []*Message{x.Request, x.Response} {
				if group, public := keyExchange(m); group == t.ID {
					ke.public[s] = public
				}
			}
			f.last = x.Response
			f.refused = f.refused || x.Response.refuses()
		}
		f.kes = append(f.kes, ke)
	}
	return f
}

// next is the exchange that goes on from the answer of another, nil if it is not in
// the capture.
func (c *Conversation) next(x *ExchangeV2) *ExchangeV2 {
	if x == nil {
		return nil
	}
	link, ok := x.Response.notification(ikev2.AdditionalKeyExchange)
	if !ok {
		return nil
	}
	xs := c.IKEv2.links[linkKey{x.By, string(link)}]
	at, _ := slices.BinarySearchFunc(xs, x.MessageID+1, func(y *ExchangeV2, mid uint32) int { return cmp.Compare(y.MessageID, mid) })
	if at == len(xs) {
		return nil
	}
	return xs[at]
}

// agreement is the shared secrets of an exchange and of those that follow it.
type agreement struct {
	agreed
	further []keymat.Secret
	sources []Taken // of these
}

// maxCombined bounds the combinations of shared secrets that are tried for one
// exchange: where nothing says whose they are, they multiply.
const maxCombined = 1024

// withFollowups adds to the shared secrets that an exchange may have those of the
// key exchanges behind it. What a log has beside the first one comes first.
func (c *Conversation) withFollowups(r *ring, first []agreed, kes []exchangeKE) (all []agreement) {
	n := 0
	for _, ke := range kes {
		n += ke.group.SharedLen
	}
	for _, a := range first {
		if n > 0 && a.beside.Len() == n {
			all = append(all, agreement{agreed: a, further: []keymat.Secret{a.beside}})
		}
	}
	logged := len(all)
	for _, a := range first {
		all = append(all, agreement{agreed: a})
	}
	for _, ke := range kes {
		all = append(all[:logged:logged], c.followedBy(r, all[logged:], ke)...)
	}
	return all
}

// followedBy puts the secrets that a key exchange may have behind each of those that
// are there. No two key exchanges of one SA have the same.
func (c *Conversation) followedBy(r *ring, before []agreement, ke exchangeKE) (all []agreement) {
	candidates := r.further(ke.group, ke.public[Initiator], ke.public[Responder])
	for _, b := range before {
		for _, g := range candidates {
			same := func(s keymat.Secret) bool { return s.Equal(g.secret) }
			if same(b.secret) || slices.ContainsFunc(b.further, same) || g.tentative() && same(c.Phase1.Ladder.GXY) {
				continue
			}
			if len(all) == maxCombined {
				r.untried++
				return all
			}
			b := agreement{b.agreed, append(slices.Clip(b.further), g.secret), append(slices.Clip(b.sources), g.taken())}
			b.proved = b.proved && g.proved || b.secret.IsZero() && g.proved
			all = append(all, b)
		}
	}
	return all
}
