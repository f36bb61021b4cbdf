package report

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"slices"
	"strings"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

// natd says what the NAT-D payloads of a message tell: they hash the addresses
// that its sender knows (RFC 3947, section 3.2), the receiver's in the first
// payload, its own in the others.
func (p *page) natd(c *ikestate.Conversation, m *ikestate.Message) string {
	var hashes [][]byte
	for _, pl := range m.Payloads {
		if pl.Type.IsNATD() {
			hashes = append(hashes, pl.Body)
		}
	}
	if len(hashes) == 0 {
		return ""
	}
	if len(hashes) == 1 || c.Phase1 == nil || c.Phase1.Chosen == nil || !c.Phase1.Chosen.Hash.Computable() {
		return "NAT-D"
	}
	return natText(m, hashesAny(c, m, m.Dst, hashes[:1]), hashesAny(c, m, m.Src, hashes[1:]))
}

// natText says what follows: where a hash is not that of what the capture shows,
// a NAT changed the address, or the sender pretends so to force UDP
// encapsulation.
func natText(m *ikestate.Message, dst, src bool) string {
	var changed []string
	if !dst {
		changed = append(changed, role(!m.FromInitiator)+" is behind a NAT")
	}
	if !src {
		changed = append(changed, role(m.FromInitiator)+" is behind a NAT, or forces UDP encapsulation")
	}
	if changed == nil {
		return "NAT-D: no NAT"
	}
	return "NAT-D: " + strings.Join(changed, "; ")
}

// hashesAny reports whether one of the hashes is HASH(CKY-I | CKY-R | IP | Port)
// of an address.
func hashesAny(c *ikestate.Conversation, m *ikestate.Message, at netip.AddrPort, hashes [][]byte) bool {
	h := c.Phase1.Chosen.Hash.New()
	for _, cookie := range []isakmp.Cookie{m.Header.CookieI, m.Header.CookieR} {
		h.Write(cookie[:])
	}
	h.Write(binary.BigEndian.AppendUint16(at.Addr().AsSlice(), at.Port()))
	return holds(hashes, h.Sum(nil))
}

// holds reports whether one of the octet strings equals want.
func holds(all [][]byte, want []byte) bool {
	return slices.ContainsFunc(all, func(b []byte) bool { return bytes.Equal(b, want) })
}
