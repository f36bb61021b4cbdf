package decode

import "encoding/binary"

// RFC 2408 section 3.1 and RFC 7296 section 3.1 share the header: two cookies
// or SPIs of eight octets, next payload, version, exchange type, flags,
// message ID, length.
const (
	ikeHeaderLen = 28

	ikeNextPayloadAt = 16
	ikeVersionAt     = 17
	ikeExchangeAt    = 18
	ikeLengthAt      = 24
)

// ike takes the span for an IKE message because of its port or marker. A
// header that is cut is a problem; all else in it is for others to judge.
func (d *Decoder) ike(p *Packet, s span) {
	if len(s.b) == 0 {
		d.short(p, faultIKEHeader, s)
		return
	}
	p.Kind, p.Payload = KindIKE, s.b
	if len(s.b) < ikeHeaderLen {
		d.short(p, faultIKEHeader, s)
	}
}

// looksLikeIKE reports whether a UDP payload on any port is an IKE message:
// its length field gives the payload's length, version, exchange type and
// first payload are registered, and the cookies are not all zero.
func looksLikeIKE(s span) bool {
	if len(s.b) < ikeHeaderLen || uint64(binary.BigEndian.Uint32(s.b[ikeLengthAt:])) != uint64(s.wire) {
		return false
	}
	major := s.b[ikeVersionAt] >> 4
	if major == 0 || int(major) >= len(ikeVersions) {
		return false
	}
	v := &ikeVersions[major]
	return v.exchanges.has(s.b[ikeExchangeAt]) && v.payloads.has(s.b[ikeNextPayloadAt]) &&
		binary.BigEndian.Uint64(s.b)|binary.BigEndian.Uint64(s.b[8:]) != 0
}

// ikeVersions tells by major version which numbers an IKE header may hold:
// https://www.iana.org/assignments/isakmp-registry and ikev2-parameters, and
// the private numbers in use (NAT-D and NAT-OA of the drafts, fragments).
var ikeVersions = [...]struct{ exchanges, payloads octetSet }{
	1: {
		exchanges: setOf(numbers{1, 6}, numbers{32, 33}),
		payloads:  setOf(numbers{1, 21}, numbers{128, 132}),
	},
	2: {
		exchanges: setOf(numbers{34, 41}, numbers{43, 44}),
		payloads:  setOf(numbers{0, 0}, numbers{33, 55}),
	},
}

// numbers is a range, both ends included.
type numbers struct{ first, last uint8 }

// octetSet is a set of octets.
type octetSet [4]uint64

func setOf(ranges ...numbers) (set octetSet) {
	for _, r := range ranges {
		for n := int(r.first); n <= int(r.last); n++ {
			set[n/64] |= 1 << (n % 64)
		}
	}
	return set
}

func (set *octetSet) has(n uint8) bool { return set[n/64]>>(n%64)&1 == 1 }
