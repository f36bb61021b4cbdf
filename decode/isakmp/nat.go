package isakmp

import "net/netip"

// NATD is the body of a NAT discovery payload: HASH(CKY-I | CKY-R | IP | Port) with the
// negotiated hash. RFC 3947 section 3.2, same in its drafts.
type NATD struct {
	Hash []byte
}

// ParseNATD reads the body of a NAT discovery payload; an empty one is [ErrLength].
func ParseNATD(body []byte) (NATD, error) {
	data, err := value("nat-d", body)
	return NATD{data}, err
}

// NATOA is the body of a NAT original address payload: an address as its sender sees it.
//
//	+---------------+---------------+-------------------------------+
//	|    ID Type    |            Reserved (3 octets)                |
//	+---------------+-----------------------------------------------+
//	|           IPv4 (4 octets) or IPv6 address (16 octets)         |
//
// RFC 3947 section 5.2, same in its drafts.
type NATOA struct {
	Type IDType     // IDIPv4 or IDIPv6
	Addr netip.Addr // zero where the length does not fit the type
	Data []byte     // the address as received
}

// ParseNATOA reads the body of a NAT original address payload. A type that is no address is
// [ErrValue], an address of the wrong length [ErrLength].
func ParseNATOA(body []byte) (NATOA, error) {
	r := reader{layer: "nat-oa", b: body}
	oa := NATOA{Type: IDType(r.u8("id type"))}
	r.octets("reserved", 3)
	oa.Data = r.rest()
	switch addr, ok := netip.AddrFromSlice(oa.Data); {
	case oa.Type != IDIPv4 && oa.Type != IDIPv6:
		r.note("id type", 0, detail(ErrValue, "%d", oa.Type))
	case !ok || addr.Is4() != (oa.Type == IDIPv4):
		r.note("address", payloadHeaderLen, detail(ErrLength, "%d octets for %s", len(oa.Data), oa.Type))
	default:
		oa.Addr = addr
	}
	return oa, r.failure()
}
