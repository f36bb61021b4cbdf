package decode

import "encoding/binary"

// Ports of IKE, https://www.iana.org/assignments/service-names-port-numbers.
const (
	portIKE   = 500
	portNATT  = 4500  // RFC 3947, RFC 3948; also IKE and ESP in TCP, RFC 9329
	portCisco = 10000 // IPsec over UDP and over TCP of Cisco's remote access
)

// Ports of UDP tunnels whose inside is worth a look.
const (
	portVXLAN  = 4789 // RFC 7348
	portGeneve = 6081 // RFC 8926
	portMPLS   = 6635 // RFC 7510
	portGTP    = 2152 // GTP-U, 3GPP TS 29.281
)

const (
	udpHeaderLen = 8
	markerLen    = 4
	keepalive    = 0xff
)

func ipsecPort(port uint16) bool { return port == portIKE || port == portNATT }

func (d *Decoder) udp(p *Packet, s span) {
	if len(s.b) < udpHeaderLen {
		d.short(p, faultUDPHeader, s)
		return
	}
	p.SrcPort = binary.BigEndian.Uint16(s.b[0:])
	p.DstPort = binary.BigEndian.Uint16(s.b[2:])
	if n := int(binary.BigEndian.Uint16(s.b[4:])); n != s.wire {
		var ok bool
		if s, ok = d.oddUDPLength(p, s, n); !ok {
			return
		}
	}
	s = s.skip(udpHeaderLen)
	switch {
	case p.SrcPort == portNATT || p.DstPort == portNATT:
		d.natTraversal(p, s)
	case p.SrcPort == portIKE || p.DstPort == portIKE:
		d.portIKE(p, s)
	default:
		d.otherPort(p, s)
	}
}

// oddUDPLength judges a length in the UDP header (RFC 768) other than that of
// the span, and cuts the span to it. One that leaves octets of the datagram
// over or reaches past its end is damage, but what is there is looked at.
// Where the IP header has no length, the UDP length is the one to use.
func (d *Decoder) oddUDPLength(p *Packet, s span, n int) (span, bool) {
	if n == 0 && d.loose {
		return s, true
	}
	if !d.loose || n < udpHeaderLen || n > s.wire {
		d.fail(p, faultUDPLength, s.off+4)
	}
	if n > s.wire {
		return s, true
	}
	if n < udpHeaderLen {
		return s, false
	}
	s = s.trim(n)
	p.Missing = s.missing()
	return s, true
}

// natTraversal tells apart what port 4500 carries (RFC 3948 section 2): four
// octets of zero and IKE, ESP with its SPI in the same place, or one octet
// 0xff that keeps a NAT's mapping alive.
func (d *Decoder) natTraversal(p *Packet, s span) {
	p.Encap = EncapUDP
	switch {
	case len(s.b) >= markerLen && !hasMarker(s.b):
		d.esp(p, s)
	case len(s.b) >= markerLen:
		d.ike(p, s.skip(markerLen))
	case isKeepalive(s):
		p.Kind, p.Payload = KindKeepalive, s.b
	default:
		d.short(p, faultUDPEncap, s)
	}
}

func isKeepalive(s span) bool { return s.wire == 1 && len(s.b) == 1 && s.b[0] == keepalive }

func hasMarker(b []byte) bool { return binary.BigEndian.Uint32(b) == 0 }

// portIKE decodes port 500: IKE, and where the first drafts of NAT traversal
// are spoken (draft-ietf-ipsec-udp-encaps-00 section 2) ESP behind eight
// octets of zero, where IKE has the initiator's cookie.
func (d *Decoder) portIKE(p *Packet, s span) {
	const oldMarkerLen = 8
	if isKeepalive(s) {
		p.Kind, p.Payload, p.Encap = KindKeepalive, s.b, EncapUDP
		return
	}
	if len(s.b) >= oldMarkerLen+espHeaderLen && binary.BigEndian.Uint64(s.b) == 0 &&
		!hasMarker(s.b[oldMarkerLen:]) && !looksLikeIKE(s) {
		p.Encap = EncapUDP
		d.esp(p, s.skip(oldMarkerLen))
		return
	}
	d.ike(p, s)
	if p.Kind == KindIKE {
		d.flows.add(addressFlow(p))
	}
}

// otherPort looks for IKE and ESP on ports that are not theirs, then for
// tunnels.
func (d *Decoder) otherPort(p *Packet, s span) {
	switch {
	case looksLikeIKE(s):
		d.ike(p, s)
	case len(s.b) > markerLen && hasMarker(s.b) && looksLikeIKE(s.skip(markerLen)):
		p.Encap = EncapUDP
		d.flows.add(portFlow(p))
		d.ike(p, s.skip(markerLen))
	case d.carriesESP(p):
		d.natTraversal(p, s)
	default:
		d.udpTunnel(p, s)
	}
}

// carriesESP reports whether a flow on unusual ports may hold ESP: one in
// which IKE was seen behind a marker, or Cisco's port between two that have
// spoken IKE.
func (d *Decoder) carriesESP(p *Packet) bool {
	if len(d.flows.known) == 0 {
		return false
	}
	if p.SrcPort == portCisco || p.DstPort == portCisco {
		return d.flows.has(addressFlow(p)) || d.flows.has(portFlow(p))
	}
	return d.flows.has(portFlow(p))
}

func (d *Decoder) udpTunnel(p *Packet, s span) {
	switch p.DstPort {
	case portVXLAN:
		d.inner(p, startVXLAN, s)
	case portGeneve:
		d.inner(p, startGeneve, s)
	case portMPLS:
		d.mpls(p, s)
	case portGTP:
		d.inner(p, startGTP, s)
	}
}
