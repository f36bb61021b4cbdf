package esp

import (
	"encoding/binary"
	"slices"
)

// nullICVs are the lengths of ICVs in octets that ESP with NULL encryption has in
// practice (RFC 5879, section 8.2), the usual ones first.
var nullICVs = []int{12, 16, 24, 32, 0}

// DetectNull reports whether packets of one SA are ESP with NULL encryption, and
// the length of their ICVs in octets. It needs no key: what should be padding, pad
// length and next header must be that, and the payload must be what next header
// says (RFC 5879, section 8). Each packet must fit, since a single one may fit by
// chance; fewer than two packets are not judged.
func DetectNull(packets [][]byte) (icvLen int, ok bool) {
	if len(packets) < 2 {
		return 0, false
	}
	for _, n := range nullICVs {
		if !slices.ContainsFunc(packets, func(p []byte) bool { return !readsAsNull(p, n) }) {
			return n, true
		}
	}
	return 0, false
}

// readsAsNull reports whether a packet with an ICV of n octets reads well without
// decryption.
func readsAsNull(p []byte, n int) bool {
	if len(p) < HeaderLen+trailerLen+n {
		return false
	}
	body := p[HeaderLen : len(p)-n]
	pad, next := int(body[len(body)-2]), body[len(body)-1]
	if pad+trailerLen > len(body) || len(body)%4 != 0 {
		return false
	}
	text, padding := body[:len(body)-trailerLen-pad], body[len(body)-trailerLen-pad:]
	for i := range pad {
		if padding[i] != byte(i+1) {
			return false
		}
	}
	return plausible(next, text)
}

// IP protocol numbers that transport mode carries most.
const (
	protocolICMP   = 1
	protocolTCP    = 6
	protocolUDP    = 17
	protocolICMPv6 = 58
)

// plausible reports whether a payload is what its next header says, as far as
// lengths and checksums tell.
func plausible(next uint8, b []byte) bool {
	switch next {
	case NextHeaderIPv4:
		d, _, ok := InnerDatagram(next, b)
		return ok && checksum(d[:int(d[0]&15)*4]) == 0
	case NextHeaderIPv6:
		_, _, ok := InnerDatagram(next, b)
		return ok
	case protocolUDP:
		return len(b) >= 8 && int(binary.BigEndian.Uint16(b[4:])) == len(b)
	case protocolTCP:
		header := 0
		if len(b) >= 20 {
			header = int(b[12]>>4) * 4
		}
		return header >= 20 && header <= len(b)
	case protocolICMP:
		return len(b) >= 8 && evenChecksum(b) == 0
	case protocolICMPv6:
		return len(b) >= 8 && b[0] != 0
	case NextHeaderDummy:
		return true
	}
	return false
}

// evenChecksum is the checksum of octets that may be of odd number.
func evenChecksum(b []byte) uint16 {
	if len(b)%2 != 0 {
		b = append(slices.Clone(b), 0)
	}
	return checksum(b)
}
