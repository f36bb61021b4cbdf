package esp

import "encoding/binary"

// Next headers of tunnel mode: a whole IP datagram follows.
const (
	NextHeaderIPv4 = 4
	NextHeaderIPv6 = 41
)

// Lengths of IP headers in octets.
const (
	ipv4HeaderLen = 20
	ipv6HeaderLen = 40
)

// InnerDatagram returns the IP datagram in a payload with next header 4 or 41,
// cut to its own length, and the number of octets behind it: traffic flow
// confidentiality padding (RFC 4303, section 2.7). It reports false when next
// header says that this is no tunnel, or when payload is no datagram of that
// version or holds less than its length field says.
func InnerDatagram(nextHeader uint8, payload []byte) (datagram []byte, tfc int, ok bool) {
	n, ok := datagramLen(nextHeader, payload)
	if !ok || n > len(payload) {
		return nil, 0, false
	}
	return payload[:n:n], len(payload) - n, true
}

func datagramLen(nextHeader uint8, b []byte) (int, bool) {
	switch nextHeader {
	case NextHeaderIPv4:
		return ipv4Len(b)
	case NextHeaderIPv6:
		return ipv6Len(b)
	}
	return 0, false
}

// ipv4Len returns Total Length (RFC 791, section 3.1).
func ipv4Len(b []byte) (int, bool) {
	if len(b) < ipv4HeaderLen || b[0]>>4 != 4 {
		return 0, false
	}
	header, total := int(b[0]&15)*4, int(binary.BigEndian.Uint16(b[2:]))
	return total, header >= ipv4HeaderLen && total >= header
}

// ipv6Len returns Payload Length and header (RFC 8200, section 3). A length of
// 0 in front of hop-by-hop options belongs to a jumbogram (RFC 2675): then all
// of b is the datagram.
func ipv6Len(b []byte) (int, bool) {
	if len(b) < ipv6HeaderLen || b[0]>>4 != 6 {
		return 0, false
	}
	n := int(binary.BigEndian.Uint16(b[4:]))
	if n == 0 && b[6] == 0 {
		return len(b), true
	}
	return ipv6HeaderLen + n, true
}
