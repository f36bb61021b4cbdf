package ikestate

import (
	"ikescope/decode/isakmp"
	"ikescope/keymat"
	"ikescope/secrets"
	"ikescope/suite"
)

// State is how far a negotiation came.
type State uint8

// Incomplete: its last message is not in the capture; Failed: a peer refused or
// gave up; Established: both sides completed it.
const (
	Incomplete State = iota
	Established
	Failed
)

func (s State) String() string {
	return [...]string{"incomplete", "established", "failed"}[min(s, Failed)]
}

// Phase1 is the exchange that made, or tried to make, the ISAKMP SA.
type Phase1 struct {
	Script  Script
	Flights []*Message // by position, first message at 0; nil: not in the capture

	Offered []Proposal
	Chosen  *Proposal // the responder's choice, nil while unknown
	// ChoiceTried is set where the responder's choice is not in the capture and
	// the proposal was found by trying those offered.
	ChoiceTried bool

	NonceI, NonceR []byte // Ni_b, Nr_b
	GXI, GXR       []byte // public values as sent
	IDii, IDir     *isakmp.ID
	HashI, HashR   Verdict // proof of identity of either side: HASH or signature
	State          State

	// ResponderLifetimes are what the responder announced for the ISAKMP SA after
	// its choice (RFC 2407, section 4.6.3.1).
	ResponderLifetimes []isakmp.Lifetime

	Certificates []*Certificate // that the peers sent, in order
	Revealed     []Revealed     // what public key encryption hid

	Ladder Ladder

	Withheld []Withheld // keys that fit, but that are for other peers

	proofs   [2]Proof
	material keymat.Phase1
	cast     [][]*Message // all messages that fit a position
}

// Ladder is what could be derived, and from which of the user's secrets.
type Ladder struct {
	Rung      Rung
	PSK       PSKVerdict
	PSKSource secrets.Source
	DHSource  secrets.Source // of the private value, the shared secret or the key
	DHSide    Speaker        // whose private value it was
	DHProved  bool           // the private value belongs to this exchange
	DHAssumed bool           // that the keys are refuted rests on a shared secret that may be wrong itself

	GXY       keymat.Secret
	SKEYID    keymat.SKEYID
	D         keymat.SKEYIDd
	A         keymat.SKEYIDa
	E         keymat.SKEYIDe
	CipherKey keymat.CipherKey
	InitialIV keymat.Secret // supplied, where it cannot be computed

	psk         *secrets.PSK
	alternative bool // to ladders with g^xy
}

// placePhase1 finds the phase 1 exchange among the messages and gives each its
// position: the exchange of which most messages are there, should a forged header
// speak of another. It needs FromInitiator of the messages.
func (c *Conversation) placePhase1() *Phase1 {
	best, most := &Phase1{}, 0
	for _, s := range scripts {
		if s.Exchange == isakmp.ExchangeQuick {
			continue
		}
		p := &Phase1{Script: s, Flights: make([]*Message, len(s.Flights)), cast: make([][]*Message, len(s.Flights))}
		for _, m := range c.Messages {
			if m.Header.Major == 1 {
				p.place(m)
			}
		}
		if n := p.filled(); n > most {
			best, most = p, n
		}
	}
	best.readClear()
	return best
}

// filled counts the positions for which there is a message.
func (p *Phase1) filled() (n int) {
	for _, m := range p.Flights {
		if m != nil {
			n++
		}
	}
	return n
}

func (p *Phase1) place(m *Message) {
	if m.Header.Exchange != p.Script.Exchange || m.Header.NextPayload == isakmp.PayloadFragment {
		return
	}
	m.Position = p.Script.place(m)
	if m.Position == 0 {
		return
	}
	i := m.Position - 1
	p.cast[i] = append(p.cast[i], m)
	if p.Flights[i] == nil {
		p.Flights[i] = m
	}
}

// settle gives an encrypted position to the message that the keys opened, where
// several claim it.
func (p *Phase1) settle() {
	for i, m := range p.Flights {
		if m == nil || !m.Encrypted() {
			continue
		}
		for _, o := range p.cast[i] {
			if o.worth() > p.Flights[i].worth() {
				p.Flights[i] = o
			}
		}
	}
}

// at returns the message of a speaker that carries payload type t in the clear.
func (p *Phase1) at(s Speaker, t isakmp.PayloadType) *Message {
	for i, m := range p.Flights {
		if m == nil || p.Script.Flights[i].Speaker != s || m.Encrypted() {
			continue
		}
		if _, ok := m.First(t); ok {
			return m
		}
	}
	return nil
}

// readClear reads what travels unencrypted: offers, choice, public values,
// nonces and, outside Main Mode, identities.
func (p *Phase1) readClear() {
	p.Offered = proposalsOf(p.at(Initiator, isakmp.PayloadSA))
	p.Chosen = nil
	if answer := proposalsOf(p.at(Responder, isakmp.PayloadSA)); len(answer) > 0 {
		p.Chosen = &answer[0]
	}
	p.GXI = p.at(Initiator, isakmp.PayloadKE).bodyOf(isakmp.PayloadKE)
	p.GXR = p.at(Responder, isakmp.PayloadKE).bodyOf(isakmp.PayloadKE)
	p.NonceI = p.at(Initiator, isakmp.PayloadNonce).bodyOf(isakmp.PayloadNonce)
	p.NonceR = p.at(Responder, isakmp.PayloadNonce).bodyOf(isakmp.PayloadNonce)
	p.IDii = idOf(p.at(Initiator, isakmp.PayloadID))
	p.IDir = idOf(p.at(Responder, isakmp.PayloadID))
}

func proposalsOf(m *Message) []Proposal {
	body := m.bodyOf(isakmp.PayloadSA)
	if body == nil {
		return nil
	}
	sa, _ := isakmp.ParseSA(body) // what stands before damage counts
	return phase1Proposals(sa)
}

func idOf(m *Message) *isakmp.ID {
	body := m.bodyOf(isakmp.PayloadID)
	if body == nil {
		return nil
	}
	id, err := isakmp.ParseID(body)
	if err != nil {
		return nil
	}
	return &id
}

// derivation gathers what enters SKEYID under a proposal; h is what public key
// encryption hid of it.
func (p *Phase1) derivation(c *Conversation, under *Proposal, h hidden) keymat.Phase1 {
	m := keymat.Phase1{
		PRF: suite.HMAC(under.Hash), Hash: under.Hash,
		CookieI: c.CookieI, CookieR: c.CookieR,
		NiB: p.NonceI, NrB: p.NonceR, GXI: p.GXI, GXR: p.GXR,
		SAiB: p.at(Initiator, isakmp.PayloadSA).bodyOf(isakmp.PayloadSA),
	}
	if h.used {
		m.NiB, m.NrB = h.nonces[Initiator], h.nonces[Responder]
		m.GXI, m.GXR = h.publics[Initiator], h.publics[Responder]
	}
	return m
}
