package isakmp

import (
	"encoding/hex"
	"math/bits"
	"net/netip"
	"unicode"
	"unicode/utf8"
)

// ID is the body of an Identification payload.
//
//	+---------------+---------------+-------------------------------+
//	|    ID Type    |  Protocol ID  |             Port              |
//	+---------------+---------------+-------------------------------+
//	|                     Identification Data                       |
//
// RFC 2407 section 4.6.2.
type ID struct {
	Type     IDType
	Protocol uint8  // IP protocol, 0: any
	Port     uint16 // of that protocol, 0: any
	Data     []byte // by type
}

// ParseID reads the body of an Identification payload. Addresses whose length does not fit
// the type, and empty data of any type, are returned with [ErrLength].
func ParseID(body []byte) (ID, error) {
	r := reader{layer: "id", b: body}
	id := ID{Type: IDType(r.u8("type")), Protocol: r.u8("protocol"), Port: r.u16("port")}
	id.Data = r.rest()
	size, count := id.Type.addrs()
	switch want := size * count; {
	case want > 0 && len(id.Data) != want:
		r.note("data", payloadHeaderLen, detail(ErrLength, "%d octets, %s has %d", len(id.Data), id.Type, want))
	case len(id.Data) == 0:
		r.note("data", payloadHeaderLen, detail(ErrLength, "empty"))
	}
	return id, r.failure()
}

// addrs splits the data into the addresses of the type; none where lengths do not fit.
func (id ID) addrs() []netip.Addr {
	size, count := id.Type.addrs()
	if size == 0 || len(id.Data) != size*count {
		return nil
	}
	as := make([]netip.Addr, count)
	for i := range as {
		as[i], _ = netip.AddrFromSlice(id.Data[i*size : (i+1)*size])
	}
	return as
}

// Prefix is the address or subnet as a prefix, host bits kept. ok is false for other
// types, for data of the wrong length and for a mask whose ones are not all in front.
func (id ID) Prefix() (p netip.Prefix, ok bool) {
	as := id.addrs()
	switch {
	case id.Type == IDIPv4 || id.Type == IDIPv6:
		if len(as) == 1 {
			return netip.PrefixFrom(as[0], as[0].BitLen()), true
		}
	case id.Type == IDIPv4Subnet || id.Type == IDIPv6Subnet:
		if len(as) == 2 {
			n, ok := maskLen(as[1].AsSlice())
			return netip.PrefixFrom(as[0], n), ok
		}
	}
	return netip.Prefix{}, false
}

// Range is the first and the last address of an address range. ok is false for other types
// and for data of the wrong length. That the first is not above the last is not checked.
func (id ID) Range() (first, last netip.Addr, ok bool) {
	as := id.addrs()
	if id.Type != IDIPv4Range && id.Type != IDIPv6Range || len(as) != 2 {
		return netip.Addr{}, netip.Addr{}, false
	}
	return as[0], as[1], true
}

// maskLen counts the ones of a mask. ok is false where a one follows a zero.
func maskLen(mask []byte) (n int, ok bool) {
	ended := false
	for _, m := range mask {
		ones := bits.LeadingZeros8(^m)
		if m<<ones != 0 || ended && m != 0 {
			return 0, false
		}
		n += ones
		ended = ended || ones < 8
	}
	return n, true
}

// Text is the identity as text and true: an address, a prefix "10.1.0.0/24" (address and
// mask where the mask has holes), a range "10.1.0.1-10.1.0.9", a name, a distinguished name
// as in RFC 4514, a general name "dns:gw.example.org". Where the data is none of these it is
// the data in hex and false. Text is as received: control characters are not replaced in
// names.
func (id ID) Text() (string, bool) {
	if s, ok := id.text(); ok {
		return s, true
	}
	return hex.EncodeToString(id.Data), false
}

// String is the text of [ID.Text].
func (id ID) String() string {
	s, _ := id.Text()
	return s
}

func (id ID) text() (string, bool) {
	switch id.Type {
	case IDIPv4, IDIPv6, IDIPv4Subnet, IDIPv6Subnet, IDIPv4Range, IDIPv6Range:
		return id.addrText()
	case IDFQDN, IDUserFQDN:
		return string(id.Data), utf8.Valid(id.Data)
	case IDDERASN1DN:
		return DistinguishedName(id.Data)
	case IDDERASN1GN:
		return generalName(id.Data)
	case IDKeyID:
		return string(id.Data), printable(id.Data)
	default:
		return "", false
	}
}

func (id ID) addrText() (string, bool) {
	as := id.addrs()
	if as == nil {
		return "", false
	}
	if first, last, ok := id.Range(); ok {
		return first.String() + "-" + last.String(), true
	}
	if p, ok := id.Prefix(); ok && len(as) == 2 {
		return p.String(), true
	}
	if len(as) == 2 {
		return as[0].String() + "/" + as[1].String(), true
	}
	return as[0].String(), true
}

// printable reports whether b is text that a person could have typed.
func printable(b []byte) bool {
	if len(b) == 0 || !utf8.Valid(b) {
		return false
	}
	for _, c := range string(b) {
		if !unicode.IsPrint(c) {
			return false
		}
	}
	return true
}
