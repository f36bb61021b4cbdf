package ikestate

import (
	"bytes"
	"slices"

	"ikescope/decode/isakmp"
	"ikescope/keymat"
	"ikescope/suite"
)

// Exchange is what was said under one message ID of an ISAKMP SA.
type Exchange struct {
	Type      isakmp.ExchangeType
	MessageID uint32
	Messages  []*Message // distinct ones, in capture order
	Quick     *QuickMode // of a Quick Mode
	NewGroup  *NewGroup  // of a New Group Mode
}

// groupExchanges sorts the encrypted messages behind phase 1 by message ID.
func (c *Conversation) groupExchanges() (xs []*Exchange) {
	byID := map[exchangeID]*Exchange{}
	for _, m := range c.Messages {
		if isPhase1(m) || m.Header.Major != 1 || !m.Encrypted() {
			continue
		}
		k := exchangeID{m.Header.Exchange, m.Header.MessageID}
		x := byID[k]
		if x == nil {
			x = &Exchange{Type: k.exchange, MessageID: k.mid}
			byID[k] = x
			xs = append(xs, x)
		}
		x.Messages = append(x.Messages, m)
	}
	return xs
}

type exchangeID struct {
	exchange isakmp.ExchangeType
	mid      uint32
}

func isPhase1(m *Message) bool {
	s, ok := ScriptOf(m.Header.Exchange)
	return ok && s.Exchange != isakmp.ExchangeQuick
}

// protection is the ISAKMP SA as phase 2 uses it.
type protection struct {
	opener
	hash   suite.Hash
	prf    suite.PRF
	a      keymat.SKEYIDa // zero: hashes cannot be checked
	chains [][]byte       // candidates for the last block of phase 1
}

// open decrypts every message of an exchange. The result is parallel to
// x.Messages; a message that did not open has no plaintext.
//
// A message chains to the one before it in the exchange, the first to
// hash(last phase 1 block | M-ID) (RFC 2409, appendix B). Since any of these may
// be missing or out of order, each block that could be the vector is tried. What
// stays closed is entered without a vector.
func (p protection) open(x *Exchange) []opened {
	out := make([]opened, len(x.Messages))
	for i, m := range x.Messages {
		out[i] = openWith(p.opener, m, p.vectors(x, i))
	}
	p.verify(x, out)
	healed := false
	for i, m := range x.Messages {
		if !out[i].ok() {
			out[i] = p.heal(x, m, out)
			healed = healed || out[i].ok()
		}
	}
	if healed { // what was rebuilt may hold a nonce that other hashes cover
		p.verify(x, out)
	}
	return out
}

// vectors returns the candidates for message i, the likeliest first.
func (p protection) vectors(x *Exchange, i int) (ivs [][]byte) {
	n := p.cipher.BlockLen
	for j := i - 1; j >= max(0, i-maxChained); j-- {
		ivs = append(ivs, x.Messages[j].lastBlock(n))
	}
	for _, b := range p.chains {
		ivs = append(ivs, keymat.Phase2IV(p.hash, b, x.MessageID, n))
	}
	for j := i + 1; j < min(len(x.Messages), i+maxChained); j++ {
		ivs = append(ivs, x.Messages[j].lastBlock(n))
	}
	return ivs
}

// maxChained bounds how far before and behind a message its vector is looked for.
const maxChained = 8

// verify checks the HASH payload of each opened message and gives it the
// position that the hash proves.
func (p protection) verify(x *Exchange, out []opened) {
	n := p.nonces(x, out)
	for i := range out {
		if out[i].ok() && out[i].healed == 0 {
			out[i].verified, out[i].position = p.check(x, out[i], n)
		}
	}
}

// nonces are Ni_b and Nr_b of a Quick Mode, nil while unknown.
type nonces struct {
	i, r   []byte
	proved bool // HASH(1) confirms whose is whose
}

// nonces finds who opened a Quick Mode: the message whose hash needs no nonce of
// the other side, else the first that was seen.
func (p protection) nonces(x *Exchange, out []opened) (n nonces) {
	if x.Type != isakmp.ExchangeQuick {
		return n
	}
	for i := range out {
		nonce := out[i].payload(isakmp.PayloadNonce)
		if nonce == nil || !p.isFirst(x, out[i]) {
			continue
		}
		n.i, n.proved = nonce, true
		break
	}
	for i := range out {
		nonce := out[i].payload(isakmp.PayloadNonce)
		switch {
		case nonce == nil || bytes.Equal(nonce, n.i):
		case n.i == nil && p.a.IsZero():
			n.i = nonce
		case n.r == nil:
			n.r = nonce
		}
	}
	return n
}

func (p protection) isFirst(x *Exchange, o opened) bool {
	return !p.a.IsZero() && bytes.Equal(o.payload(isakmp.PayloadHash), p.a.Hash1(p.prf, x.MessageID, afterHash(o)))
}

// check compares a HASH payload with each form that the exchange has.
func (p protection) check(x *Exchange, o opened, n nonces) (Verdict, int) {
	got := o.payload(isakmp.PayloadHash)
	if got == nil || o.cut || p.a.IsZero() {
		return Unchecked, 0
	}
	for i, want := range p.hashes(x, afterHash(o), n) {
		if want != nil && bytes.Equal(got, want) {
			return Verified, provenPosition(x, o, i)
		}
	}
	if x.Type == isakmp.ExchangeQuick && (n.i == nil || n.r == nil) {
		return Unchecked, 0
	}
	return Refuted, 0
}

// provenPosition is the place of a message whose hash has the form of HASH(1) to
// HASH(3). A message of Quick Mode with the form of the first and without an SA
// payload is a fourth: the CONNECTED that the commit bit asks for (RFC 2408,
// section 3.1; Windows sends it so).
func provenPosition(x *Exchange, o opened, form int) int {
	if x.Type == isakmp.ExchangeQuick && form == 0 && o.payload(isakmp.PayloadSA) == nil {
		return 4
	}
	return form + 1
}

// hashes returns HASH(1) to HASH(3) over the octets behind the HASH payload (RFC
// 2409, section 5.5); other exchanges have the form of HASH(1) only (section 5.7).
func (p protection) hashes(x *Exchange, rest []byte, n nonces) [][]byte {
	all := [][]byte{p.a.Hash1(p.prf, x.MessageID, rest), nil, nil}
	if x.Type != isakmp.ExchangeQuick {
		return all[:1]
	}
	if n.i != nil {
		all[1] = p.a.Hash2(p.prf, x.MessageID, n.i, rest)
	}
	if n.i != nil && n.r != nil {
		all[2] = p.a.Hash3(p.prf, x.MessageID, n.i, n.r)
	}
	return all
}

// afterHash returns what HASH(1) and HASH(2) cover: the payloads behind the HASH
// payload with their headers, without the padding.
func afterHash(o opened) []byte {
	if len(o.payloads) == 0 {
		return nil
	}
	return slices.Concat(raws(o.payloads[1:])...)
}

func raws(ps []isakmp.Payload) (bs [][]byte) {
	for _, p := range ps {
		bs = append(bs, p.Raw)
	}
	return bs
}
