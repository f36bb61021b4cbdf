package ikestate

import (
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"net/netip"
	"slices"

	"ikescope/decode/ikev2"
)

// judgeNATV2 compares the NAT_DETECTION notifications of IKE_SA_INIT with the
// addresses in the capture. The two messages have other SPIs in their headers, so
// that their hashes cannot be compared with each other (RFC 7296, section 2.23).
func (c *Conversation) judgeNATV2() (n NAT) {
	var views [2]natView
	for s, m := range c.Phase1.Flights[:min(len(c.Phase1.Flights), len(views))] {
		views[s] = natViewV2(m)
	}
	for s := range Speaker(2) {
		n.Sides[s] = c.judgeSideV2(s, views[s], views[1-s])
	}
	return n
}

// natViewV2 reads the notifications of a message; the zero view has no message.
func natViewV2(m *Message) (v natView) {
	for n := range m.notifications() {
		switch {
		case len(n.Data) != sha1.Size:
		case ikev2.NotifyType(n.Type) == ikev2.NATSource:
			v.own = append(v.own, n.Data)
		case ikev2.NotifyType(n.Type) == ikev2.NATDestination:
			v.peer = n.Data
		}
	}
	if v.peer == nil || v.own == nil {
		return natView{}
	}
	v.message = m
	return v
}

// judgeSideV2 weighs a side's own view and its peer's against the capture. A side
// that hides its address wants ESP in UDP, which cannot be told from a NAT in
// front of the capture.
func (c *Conversation) judgeSideV2(s Speaker, own, peer natView) (side NATSide) {
	if m := own.message; m != nil {
		side.Messages = append(side.Messages, m)
		if natHashed(m, m.Src, own.own) {
			side.Own = m.Src
		}
	}
	if m := peer.message; m != nil {
		side.Messages = append(side.Messages, m)
		if natHashed(m, m.Dst, [][]byte{peer.peer}) {
			side.Seen = m.Dst
		}
	}
	switch {
	case len(side.Messages) < 2:
	case side.Own.IsValid() && side.Seen.IsValid():
		side.Status = NATNone
	case side.Own.IsValid() || !side.Seen.IsValid():
		side.Status = NATBehind
	case c.namesItself(s, own.message.Src.Addr()):
		side.Status = NATForced
	default:
		side.Status, side.Unsure = NATBehind, true
	}
	return side
}

// natHashed reports whether one of the hashes is SHA-1(SPIi | SPIr | IP | Port).
func natHashed(m *Message, a netip.AddrPort, hashes [][]byte) bool {
	h := sha1.New()
	h.Write(m.Header.CookieI[:])
	h.Write(m.Header.CookieR[:])
	h.Write(a.Addr().Unmap().AsSlice())
	h.Write(binary.BigEndian.AppendUint16(nil, a.Port()))
	want := h.Sum(nil)
	return slices.ContainsFunc(hashes, func(b []byte) bool { return bytes.Equal(b, want) })
}
