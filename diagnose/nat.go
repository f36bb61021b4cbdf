package diagnose

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"slices"

	"ikescope/ikestate"
	"ikescope/suite"
)

// nat tells of address translation between the peers, and of its changes.
func (x *examiner) nat() {
	for _, v := range x.views {
		x.natDetected(v)
		x.mappingChanged(v)
	}
	x.trafficMoved()
}

// natDetected compares the NAT-D payloads with the addresses in the capture.
func (x *examiner) natDetected(v *view) {
	for _, s := range []ikestate.Speaker{ikestate.Initiator, ikestate.Responder} {
		var frames []int64
		strong := false
		for _, m := range v.Phase1.Flights {
			if e, ok := v.natD(m, s); ok {
				frames = append(frames, m.Frame)
				strong = strong || e == knownOtherwise
			}
		}
		if len(frames) == 0 {
			continue
		}
		d := about(NATDetected, Proved, v.id, v.between).on(frames...)
		if strong {
			d.says("%s is behind a NAT", v.side(s))
			d.line("%s: %s knows it under another address than the capture shows, so the NAT is between the capture and %s.", capital(packets(d.Frames)), v.side(other(s)), v.side(other(s)))
		} else {
			d.says("%s is behind a NAT, or a peer claims so to have ESP carried in UDP", v.side(s))
			d.line("%s: the hash of its address is not that of the address in the capture.", capital(packets(d.Frames)))
		}
		x.add(d)
	}
}

// natEvidence is what a NAT-D payload says against the address of a side.
type natEvidence uint8

const (
	hashedOtherwise natEvidence = iota // by the side itself, or by a peer whose own hash is wrong too
	knownOtherwise                     // by a peer that is honest about itself
)

// natD reads the NAT-D payloads of a message: the receiver's address first, then
// those of the sender (RFC 3947, section 3.2). ok is set where they contradict the
// capture about side s.
func (v *view) natD(m *ikestate.Message, s ikestate.Speaker) (e natEvidence, ok bool) {
	if m == nil || m.Encrypted() {
		return 0, false
	}
	var hashes [][]byte
	for _, p := range m.Payloads {
		if p.Type.IsNATD() {
			hashes = append(hashes, p.Body)
		}
	}
	if len(hashes) < 2 {
		return 0, false
	}
	h := v.natHash(len(hashes[0]))
	if !h.Computable() {
		return 0, false
	}
	own := hashed(h, m, m.Src, hashes[1:])
	if speaker(m) == s {
		return hashedOtherwise, !own
	}
	if own {
		e = knownOtherwise
	}
	return e, !hashed(h, m, m.Dst, hashes[:1])
}

// natHash is the hash of NAT-D payloads: the one negotiated, else the one of that
// length.
func (v *view) natHash(size int) suite.Hash {
	if c := v.Phase1.Chosen; c != nil {
		if c.Hash.Size == size {
			return c.Hash
		}
		return suite.Hash{}
	}
	for _, name := range []string{"md5", "sha1", "sha2-256", "sha2-384", "sha2-512"} {
		if h, _ := suite.HashByName(name); h.Size == size {
			return h
		}
	}
	return suite.Hash{}
}

// hashed reports whether one of the hashes is HASH(CKY-I | CKY-R | IP | Port).
func hashed(hash suite.Hash, m *ikestate.Message, a netip.AddrPort, hashes [][]byte) bool {
	h := hash.New()
	h.Write(m.Header.CookieI[:])
	h.Write(m.Header.CookieR[:])
	h.Write(a.Addr().AsSlice())
	h.Write(binary.BigEndian.AppendUint16(nil, a.Port()))
	want := h.Sum(nil)
	return slices.ContainsFunc(hashes, func(b []byte) bool { return bytes.Equal(b, want) })
}

// mappingChanged tells of a side whose messages come from another address or
// port than before. The move from port 500 to 4500 is none (RFC 3947, section 4).
func (x *examiner) mappingChanged(v *view) {
	if v.bothSidesOfNAT() {
		return
	}
	type path struct {
		s    ikestate.Speaker
		port uint16 // of the other side
	}
	last := map[path]*ikestate.Message{}
	for _, m := range v.Messages {
		k := path{speaker(m), m.Dst.Port()}
		before := last[k]
		last[k] = m
		if before == nil || before.Src == m.Src {
			continue
		}
		x.moved(v.id, v.between, Move{Frame: m.Frame, Nanos: m.Nanos, From: before.Src, To: m.Src}, "IKE")
	}
}

// bothSidesOfNAT reports whether the capture holds a message under the addresses
// in front of a NAT and behind it.
func (v *view) bothSidesOfNAT() bool {
	for _, m := range v.Messages {
		for _, r := range m.Repeats {
			gap := r.Nanos - m.Nanos
			if (r.Src != m.Src || r.Dst != m.Dst) && max(gap, -gap) < retriesApart {
				return true
			}
		}
	}
	return false
}

func (x *examiner) moved(id string, between peers, m Move, what string) {
	d := about(NATMappingChanged, Proved, id, between).on(m.Frame).
		says("the address of a peer changed from %s to %s: a NAT mapped it anew", m.From, m.To).
		line("%s is the first packet of %s from %s.", capital(packets([]int64{m.Frame})), what, m.To)
	if m.From.Addr() == m.To.Addr() {
		d.says("the port of %s changed from %d to %d: a NAT mapped it anew", m.From.Addr(), m.From.Port(), m.To.Port())
	}
	x.add(d)
}

// trafficMoved tells of SAs whose packets come from, or go to, another address or
// port than before.
func (x *examiner) trafficMoved() {
	origin := map[spiKey]*origins{}
	for i := range x.SAs {
		if s := &x.SAs[i]; s.Traffic != nil {
			x.movedFlow(origin, s.Traffic, x.saID(s), x.pairOf(s))
		}
	}
	for _, t := range byTime(x.Unknown) {
		between := peersOf(t.Src, t.Dst)
		x.movedFlow(origin, t, x.conversationID(between), between)
	}
}

// origins is the first flow with an SPI.
type origins struct {
	traffic *Traffic
	id      string
	between peers
}

func (x *examiner) movedFlow(origin map[spiKey]*origins, t *Traffic, id string, between peers) {
	if !backAndForth(t.Moves) {
		for _, m := range t.Moves {
			x.moved(id, between, m, "ESP")
		}
	}
	k := spiKey{t.Protocol, t.SPI}
	o := origin[k]
	switch {
	case o == nil:
		origin[k] = &origins{t, id, between}
	case o.traffic.Dst != t.Dst && o.traffic.Src == t.Src && !meetsInTime(o.traffic, t):
		x.add(about(NATMappingChanged, Proved, o.id, o.between).on(t.First).
			says("packets of an SA from %s go to %s instead of %s: the peer follows a changed mapping", t.Src, t.Dst, o.traffic.Dst).
			line("SPI %s: %s is the first one.", hex32(t.SPI), packets([]int64{t.First})))
	}
}

// backAndForth reports whether packets come from two addresses in turn, as where
// a capture holds both sides of a NAT.
func backAndForth(ms []Move) bool {
	for i := 1; i < len(ms); i++ {
		if ms[i].To == ms[i-1].From && ms[i].Nanos-ms[i-1].Nanos < quickly {
			return true
		}
	}
	return false
}

func meetsInTime(a, b *Traffic) bool {
	return a.FirstNanos < b.LastNanos && b.FirstNanos < a.LastNanos
}
