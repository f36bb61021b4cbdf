package ikestate

import (
	"bytes"
	"net/netip"
	"slices"

	"ikescope/decode/isakmp"
	"ikescope/suite"
)

// NATStatus says whether a side of a conversation is behind a NAT.
type NATStatus uint8

// NATUnknown: the NAT-D payloads of both sides, which tell it, are not all there.
// NATNone: the side and its peer know the same address of it. NATBehind: they know
// different ones. NATForced: the side, or its peer for it, hashes what is no address
// at all, so that ESP must travel in UDP although no NAT is in the path.
const (
	NATUnknown NATStatus = iota
	NATNone
	NATBehind
	NATForced
)

func (s NATStatus) String() string {
	return [...]string{"unknown", "none", "behind", "forced"}[min(s, NATForced)]
}

// NATSide is what the NAT-D payloads say of one side.
type NATSide struct {
	Status NATStatus
	// Own is the address that the side believes it has, Seen the one that its peer
	// knows of it; zero where no address that was tried has the hash.
	Own, Seen netip.AddrPort
	// Unsure: the hashes differ and no address explains it, so that NATBehind may
	// be forced as well.
	Unsure   bool
	Messages []*Message // that hold the payloads
}

// NAT is what phase 1 tells of address translation between the peers (RFC 3947,
// section 3.2, and its drafts), by side.
type NAT struct {
	Sides [2]NATSide
	// Exhausted: the search for hashed addresses stopped at its bound.
	Exhausted bool
}

// Detected reports whether a side is behind a NAT or says so.
func (n NAT) Detected() bool {
	return n.Sides[Initiator].Status >= NATBehind || n.Sides[Responder].Status >= NATBehind
}

// NAT compares the NAT-D payloads of both sides with each other, which needs no
// address: each is HASH(CKY-I | CKY-R | IP | Port). Then it looks for the addresses
// behind the hashes: those of the capture, those in identities and NAT-OA
// payloads, and the private ones that are common. The outcome is kept.
func (c *Conversation) NAT() NAT {
	if c.nat == nil {
		n := c.judgeNAT()
		c.nat = &n
	}
	return *c.nat
}

// natView is what one side says of both: the peer's address in the first payload,
// its own in the others.
type natView struct {
	message *Message
	peer    []byte
	own     [][]byte
}

func (c *Conversation) judgeNAT() (n NAT) {
	if c.Phase1 == nil || c.Version() != 1 {
		return n
	}
	var views [2]natView
	for i, f := range c.Phase1.Script.Flights {
		if v, ok := natViewOf(c.Phase1.Flights[i]); ok {
			views[f.Speaker] = v
		}
	}
	search := c.natSearch()
	for s := range Speaker(2) {
		n.Sides[s] = c.judgeSide(s, views[s], views[1-s], search)
	}
	for s := range n.Sides {
		// racoon falsifies the hash of its peer's address as well.
		at, peer := views[s].message, &n.Sides[1-s]
		if side := &n.Sides[s]; side.Status == NATBehind && !side.Seen.IsValid() && side.Own == at.Src {
			if side.Unsure = peer.Unsure; peer.Status == NATForced {
				side.Status = NATForced
			}
		}
	}
	n.Exhausted = search != nil && search.exhausted
	return n
}

// shortestHash is the length of MD5 in octets: no negotiable hash is shorter.
const shortestHash = 16

func natViewOf(m *Message) (v natView, ok bool) {
	if m == nil {
		return v, false
	}
	var hashes [][]byte
	for _, p := range m.Payloads {
		if p.Type.IsNATD() && len(p.Body) >= shortestHash {
			hashes = append(hashes, p.Body)
		}
	}
	if len(hashes) < 2 {
		return v, false
	}
	return natView{m, hashes[0], hashes[1:]}, true
}

// judgeSide weighs a side's own view against its peer's.
func (c *Conversation) judgeSide(s Speaker, own, peer natView, search *natSearch) (side NATSide) {
	for _, m := range []*Message{own.message, peer.message} {
		if m != nil {
			side.Messages = append(side.Messages, m)
		}
	}
	if peer.message != nil {
		side.Seen = search.find([][]byte{peer.peer}, peer.message.Dst, false)
	}
	if own.message == nil || peer.message == nil {
		return side
	}
	if slices.ContainsFunc(own.own, func(h []byte) bool { return bytes.Equal(h, peer.peer) }) {
		side.Status, side.Own = NATNone, side.Seen
		return side
	}
	side.Status = NATBehind
	side.Own = search.find(own.own, own.message.Src, false)
	switch {
	case side.Own.IsValid():
	case c.namesItself(s, own.message.Src.Addr()):
		side.Status = NATForced
	default:
		side.Own = search.find(own.own, own.message.Src, true)
		side.Unsure = !side.Own.IsValid()
	}
	return side
}

// namesItself reports whether a side's identity is the address from which it was
// captured: then it knows that address for its own.
func (c *Conversation) namesItself(s Speaker, at netip.Addr) bool {
	id := c.Phase1.IDii
	if s == Responder {
		id = c.Phase1.IDir
	}
	if id == nil {
		return false
	}
	p, ok := id.Prefix()
	return ok && p.IsSingleIP() && p.Addr() == at.Unmap()
}

// Moves lists where a side's messages come from another address or port than
// before, in capture order.
func (c *Conversation) Moves() (all []Move) {
	if c.bothSidesOfNAT() {
		return nil
	}
	var last [2]*Message
	for _, m := range c.Messages {
		s := speaker(m.FromInitiator)
		before := last[s]
		last[s] = m
		if before == nil || before.Src == m.Src {
			continue
		}
		all = append(all, Move{Side: s, Message: m, From: before.Src, To: m.Src, Floats: floats(before, m)})
	}
	return all
}

// Ports of IKE without (RFC 2408, section 2.5.1) and with NAT traversal (RFC 3947,
// section 4).
const (
	portIKE  = 500
	portNATT = 4500
)

// floats reports whether two messages of a side differ by the change of ports at
// one of the ends; late messages show it backwards.
func floats(before, m *Message) bool {
	between := func(a, b uint16) bool { return min(a, b) == portIKE && max(a, b) == portNATT }
	return before.Src.Addr() == m.Src.Addr() &&
		(between(before.Dst.Port(), m.Dst.Port()) || between(before.Src.Port(), m.Src.Port()))
}

// Move is a change of the address or port from which a side speaks.
type Move struct {
	Side     Speaker
	Message  *Message // the first from the new one
	From, To netip.AddrPort
	Floats   bool // between port 500 and 4500, when a NAT was detected (RFC 3947, section 4)
}

// onceMore is the time, in nanoseconds, in which no peer sends a message again, but
// a capture of several interfaces has it again.
const onceMore = 100_000_000

// bothSidesOfNAT reports whether the capture holds a message under the addresses
// in front of a NAT and behind it.
func (c *Conversation) bothSidesOfNAT() bool {
	return slices.ContainsFunc(c.Messages, func(m *Message) bool {
		return slices.ContainsFunc(m.Repeats, func(r Repeat) bool {
			gap := r.Nanos - m.Nanos
			return (r.Src != m.Src || r.Dst != m.Dst) && max(gap, -gap) < onceMore
		})
	})
}

// originals reads the NAT-OA payloads of a Quick Mode: the initiator's address,
// then the responder's (RFC 3947, section 5.2); one alone, as in the drafts, is
// that of its sender.
func (q *QuickMode) originals() {
	for i, m := range q.Flights {
		var found []netip.Addr
		for _, p := range m.payloads() {
			if !p.Type.IsNATOA() {
				continue
			}
			if oa, err := isakmp.ParseNATOA(p.Body); err == nil {
				found = append(found, oa.Addr)
			}
		}
		switch {
		case len(found) >= 2:
			q.OriginalI, q.OriginalR = found[0], found[1]
		case len(found) == 1 && i == 0:
			q.OriginalI = found[0]
		case len(found) == 1:
			q.OriginalR = found[0]
		}
	}
}

// payloads returns the payloads of a message that may be absent.
func (m *Message) payloads() []isakmp.Payload {
	if m == nil {
		return nil
	}
	return m.Payloads
}

// natHash returns the hash of NAT-D payloads: the negotiated one.
func (c *Conversation) natHash() suite.Hash {
	if p := c.Phase1.Chosen; p != nil && p.Hash.Computable() {
		return p.Hash
	}
	return suite.Hash{}
}
