package report

import (
	"net/netip"

	"ikescope/ikestate"
)

// natd says what the NAT-D payloads of a message tell: they hash the addresses
// that its sender knows (RFC 3947, section 3.2), its own and its peer's.
func (p *page) natd(c *ikestate.Conversation, m *ikestate.Message) string {
	if !hasNATD(m) {
		return ""
	}
	n, s := c.NAT(), side(m.FromInitiator)
	own, peer := n.Sides[s], n.Sides[1-s]
	if peer.Status == ikestate.NATUnknown && peer.Seen.IsValid() && peer.Seen != m.Dst {
		peer.Status = ikestate.NATBehind
	}
	parts := joinParts([]string{natText(1-s, peer, ", seen as ", peer.Seen), natText(s, own, " and has ", own.Own)}, "; ")
	switch {
	case own.Unsure && peer.Unsure:
		return "NAT-D: both peers are behind NATs, or one forces UDP encapsulation"
	case own.Status == ikestate.NATForced && peer.Status == ikestate.NATForced:
		return "NAT-D: false hashes of both addresses, which forces UDP encapsulation"
	case parts != "":
		return "NAT-D: " + parts
	case own.Status == ikestate.NATUnknown && peer.Status == ikestate.NATUnknown:
		return "NAT-D"
	default:
		return "NAT-D: no NAT"
	}
}

// natText says of a side what follows: where the hashes differ, a NAT changed its
// address, or one of the peers pretends so to force UDP encapsulation.
func natText(s ikestate.Speaker, side ikestate.NATSide, lead string, at netip.AddrPort) string {
	switch {
	case side.Status < ikestate.NATBehind:
		return ""
	case side.Status == ikestate.NATForced:
		return "false hash of the " + s.String() + "'s address, which forces UDP encapsulation"
	case side.Unsure:
		return s.String() + " is behind a NAT, or forces UDP encapsulation"
	case !at.IsValid():
		return s.String() + " is behind a NAT"
	default:
		return s.String() + " is behind a NAT" + lead + endpoint(at)
	}
}

func hasNATD(m *ikestate.Message) bool {
	for _, pl := range m.Payloads {
		if pl.Type.IsNATD() {
			return true
		}
	}
	return false
}

func side(initiator bool) ikestate.Speaker {
	if initiator {
		return ikestate.Initiator
	}
	return ikestate.Responder
}
