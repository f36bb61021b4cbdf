package ikestate

import (
	"encoding/binary"
	"slices"

	"ikescope/decode/ikev2"
	"ikescope/decode/isakmp"
	"ikescope/keymat"
	"ikescope/suite"
)

// Between IKE_SA_INIT and IKE_AUTH there may be IKE_INTERMEDIATE exchanges (RFC
// 9242), each with a key exchange of its own (RFC 9370, section 2.2.2). It is
// protected by the keys of before it, and makes those of after it:
//
//	HDR, SK {KEi(n)}  -->
//	                  <--  HDR, SK {KEr(n)}

// maxIntermediate bounds the IKE_INTERMEDIATE messages that are opened to find a key
// exchange. Seven of them can be negotiated, and some may come in many fragments.
const maxIntermediate = 1024

// furtherKeys adds to the keys that fit those that follow each of the key exchanges,
// as far as its secret is known.
func (c *Conversation) furtherKeys(r *ring, fits []attemptV2) []attemptV2 {
	p := c.Phase1
	if p.Chosen == nil || len(p.Chosen.Additional) == 0 || p.NonceI == nil || p.NonceR == nil {
		return fits
	}
	init := keymat.SAInit{PRF: p.Chosen.PRF, SPIi: c.CookieI, SPIr: c.CookieR, Ni: p.NonceI, Nr: p.NonceR}
	all := slices.Clone(fits)
	for _, from := range fits {
		for next, ok := c.stepV2(r, from, init); ok && len(all) < 2*maxFitting; next, ok = c.stepV2(r, next, init) {
			all = append(all, next)
		}
	}
	for i := range all {
		if a := &all[i]; a.seed.IsZero() && a.last >= 0 && c.Messages[a.last].Header.Exchange == isakmp.ExchangeIntermediate {
			a.steps = int(min(c.Messages[a.last].Header.MessageID-1, uint32(len(p.Chosen.Additional))))
		}
	}
	return all
}

// stepV2 derives the keys behind the first key exchange that the keys of an attempt
// protect:
//
//	SKEYSEED(n) = prf(SK_d(n-1), SK(n) | Ni | Nr)
func (c *Conversation) stepV2(r *ring, from attemptV2, init keymat.SAInit) (attemptV2, bool) {
	if from.keys.D.IsZero() || !init.PRF.Computable() || from.under.Cipher.IsZero() || from.steps == len(c.Phase1.Chosen.Additional) {
		return attemptV2{}, false
	}
	x, ok := c.exchangedUnder(from)
	if !ok {
		return attemptV2{}, false
	}
	for _, g := range r.further(x.group, x.public[Initiator], x.public[Responder]) {
		seed := from.keys.D.RekeySKEYSEED(init.PRF, keymat.ChildSA{Ni: init.Ni, Nr: init.Nr, GIR: g.secret})
		a := fromSeed(from.under, init, seed, from.ladder)
		if a.score, a.last = c.testV2(a); a.score >= readable && a.last > from.last {
			a.steps = from.steps + 1
			if from.seed.IsZero() { // supplied: the exchanges before were not followed
				a.steps = int(min(x.mid, uint32(len(c.Phase1.Chosen.Additional))))
			}
			a.further = append(slices.Clip(from.further), g.taken())
			return a, true
		}
	}
	return attemptV2{}, false
}

// exchangeKE is a key exchange in an IKE_INTERMEDIATE exchange.
type exchangeKE struct {
	mid    uint32
	group  suite.Group
	public [2][]byte // by sender
}

// exchangedUnder finds the first key exchange of which the keys of an attempt open
// both messages.
func (c *Conversation) exchangedUnder(a attemptV2) (first exchangeKE, ok bool) {
	found := map[uint32]*exchangeKE{}
	for _, u := range c.openedUnder(a) {
		inner, _, _ := isakmp.ParsePayloads(u.m.sealed.Next, u.plain, isakmp.HeaderLen) // what stands before damage counts
		group, public := keyExchange(&Message{Payloads: inner})
		if public == nil {
			continue
		}
		mid := u.m.Header.MessageID
		if found[mid] == nil {
			found[mid] = &exchangeKE{mid: mid}
		}
		x := found[mid]
		x.group, _ = suite.GroupByID(group)
		x.public[speaker(u.m.FromInitiator)] = public
		if x.public[Initiator] != nil && x.public[Responder] != nil && (!ok || mid < first.mid) {
			first, ok = *x, true
		}
	}
	return first, ok
}

// openedUnder opens the IKE_INTERMEDIATE messages with the keys of an attempt.
func (c *Conversation) openedUnder(a attemptV2) (whole []unsealed) {
	protection := [][2]keymat.SKProtection{a.protection()}
	var parts fragmentsV2
	tried := 0
	for _, m := range c.Messages {
		if m.Header.Exchange != isakmp.ExchangeIntermediate || m.sealed.Raw == nil || m.Missing > 0 {
			continue
		}
		if tried++; tried > maxIntermediate {
			break
		}
		u, err := openSealed(protection, m)
		switch {
		case err != nil:
		case m.sealed.Type == isakmp.PayloadEncryptedFragment:
			parts.add(u)
		default:
			whole = append(whole, u)
		}
	}
	return append(whole, parts.join()...)
}

// withoutFurther takes away what a does not say of an IKE SA with key exchanges
// after the first one: SK_d and SK_p of before them make nothing.
func (c *Conversation) withoutFurther(a attemptV2) {
	p := c.Phase1
	if p.Chosen == nil || a.last >= 0 && a.score >= readable && c.Messages[a.last].Header.Exchange != isakmp.ExchangeIntermediate {
		return
	}
	c.IKEv2.ppkBetween = a.last >= 0 && p.Flights[1].notified(ikev2.UsePPKInt) && p.Flights[2] != nil
	if !c.IKEv2.ppkBetween && len(p.Chosen.Additional) == a.steps {
		return
	}
	c.IKEv2.Further = p.Chosen.Additional[a.steps:]
	c.IKEv2.Keys.D, c.IKEv2.Keys.Pi, c.IKEv2.Keys.Pr = keymat.SKd{}, keymat.SKp{}, keymat.SKp{}
}

// intAuth is what AUTH covers of the IKE_INTERMEDIATE exchanges.
type intAuth struct {
	computed bool
	octets   []byte // empty without such exchanges
	why      string // why it cannot be computed
}

// intAuth computes it (RFC 9242, section 3.3.2). It needs the messages opened and
// paired.
func (c *Conversation) intAuth() intAuth {
	x := &c.IKEv2.covered
	if x.computed {
		return *x
	}
	x.computed = true
	first, exchanges := c.intermediates()
	switch {
	case first <= 1 && len(exchanges) == 0:
	case first == 0 || int64(first)-1 != int64(len(exchanges)):
		x.why = "it covers the IKE_INTERMEDIATE exchanges, of which not all are in the capture"
	default:
		x.chain(c, exchanges, first)
	}
	return *x
}

// intermediates returns the message ID of the first IKE_AUTH exchange, 0 if there is
// none, and the IKE_INTERMEDIATE exchanges before it by message ID.
func (c *Conversation) intermediates() (first uint32, exchanges map[uint32]*ExchangeV2) {
	exchanges = map[uint32]*ExchangeV2{}
	for _, x := range c.IKEv2.Exchanges {
		if x.By != Initiator {
			continue
		}
		switch {
		case x.Type == isakmp.ExchangeIKEAuth && (first == 0 || x.MessageID < first):
			first = x.MessageID
		case x.Type == isakmp.ExchangeIntermediate && len(exchanges) < maxIntermediate:
			exchanges[x.MessageID] = x
		}
	}
	return first, exchanges
}

// chain follows the exchanges from message ID 1 to that of IKE_AUTH.
func (x *intAuth) chain(c *Conversation, exchanges map[uint32]*ExchangeV2, first uint32) {
	var last [2][]byte
	for mid := uint32(1); mid < first; mid++ {
		e := exchanges[mid]
		if e == nil {
			x.why = "it covers the IKE_INTERMEDIATE exchanges, of which not all are in the capture"
			return
		}
		for s, m := range []*Message{e.Request, e.Response} {
			switch {
			case m == nil || !m.Decrypted || m.piece():
				x.why = "it covers an IKE_INTERMEDIATE message that is not in the capture or could not be decrypted"
				return
			case c.proofKey(m)[s].IsZero():
				x.why = "it covers an IKE_INTERMEDIATE exchange whose " + [...]string{"SK_pi", "SK_pr"}[s] + " is not known"
				return
			}
			last[s] = c.proofKey(m)[s].IntAuthN(c.Phase1.Chosen.PRF, last[s], m.upToContent(), m.Plain)
		}
	}
	x.octets = keymat.IntAuth(last[Initiator], last[Responder], first)
}

// proofKey returns SK_pi and SK_pr of the time of a message: those that came with the
// keys that opened it, where these were supplied in part from another set of the
// same keys.
func (c *Conversation) proofKey(m *Message) [2]keymat.SKp {
	v := c.IKEv2
	keys := v.proofKeys[m.openedBy]
	for i, p := range v.protections {
		for s := range keys {
			if keys[s].IsZero() && p[s].E.Secret().Equal(v.protections[m.openedBy][s].E.Secret()) {
				keys[s] = v.proofKeys[i][s]
			}
		}
	}
	return keys
}

// upToContent returns the message from its header to the generic header of the
// Encrypted payload, with lengths that do not count IV, padding and ICV; of a message
// in fragments as if it were whole (RFC 9242, section 3.3.2).
func (m *Message) upToContent() []byte {
	at := m.sealed.Offset
	a := slices.Clone(m.Raw[:at+genericHeaderLen])
	const nextPayload, length = 16, 24 // in the header (RFC 7296, section 3.1)
	names := nextPayload               // where the type of the Encrypted payload stands
	if clear, _ := isakmp.ParseMessage(m.Raw); len(clear.Payloads) > 1 {
		names = clear.Payloads[len(clear.Payloads)-2].Offset
	}
	a[names] = byte(isakmp.PayloadEncrypted)
	binary.BigEndian.PutUint32(a[length:], uint32(len(a)+len(m.Plain)))
	binary.BigEndian.PutUint16(a[at+2:], uint16(genericHeaderLen+len(m.Plain)))
	return a
}
