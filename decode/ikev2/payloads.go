package ikev2

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"

	"golang.org/x/crypto/cryptobyte"

	"ikescope/decode/isakmp"
)

func decimal[N ~uint8 | ~uint16](n N) string { return strconv.Itoa(int(n)) }

// KE is a Key Exchange payload (RFC 7296, section 3.4).
type KE struct {
	Group uint16
	Data  []byte // public value
}

// ParseKE reads the body of a Key Exchange payload.
func ParseKE(body []byte) (KE, error) {
	if len(body) < 4 {
		return KE{}, damage("ke", "group", 0, isakmp.ErrTruncated)
	}
	return KE{Group: binary.BigEndian.Uint16(body), Data: body[4:]}, nil
}

// ParseID reads the body of an IDi or IDr payload (RFC 7296, section 3.5). The
// identification types of both versions have the same numbers.
func ParseID(body []byte) (isakmp.ID, error) {
	if len(body) < 4 {
		return isakmp.ID{}, damage("id", "type", 0, isakmp.ErrTruncated)
	}
	return isakmp.ID{Type: isakmp.IDType(body[0]), Data: body[4:]}, nil
}

// Auth is an Authentication payload (RFC 7296, section 3.8).
type Auth struct {
	Method uint8
	Data   []byte
}

// ParseAuth reads the body of an Authentication payload.
func ParseAuth(body []byte) (Auth, error) {
	if len(body) < 4 {
		return Auth{}, damage("auth", "method", 0, isakmp.ErrTruncated)
	}
	return Auth{Method: body[0], Data: body[4:]}, nil
}

// Notify is a Notify payload (RFC 7296, section 3.10).
type Notify struct {
	Protocol isakmp.Protocol
	SPI      []byte
	Type     uint16
	Data     []byte
}

// ParseNotify reads the body of a Notify payload.
func ParseNotify(body []byte) (n Notify, err error) {
	s := cryptobyte.String(body)
	var protocol, spiLen uint8
	if !s.ReadUint8(&protocol) || !s.ReadUint8(&spiLen) || !s.ReadUint16(&n.Type) || !s.ReadBytes(&n.SPI, int(spiLen)) {
		return n, damage("notify", "spi", at(body, s), isakmp.ErrTruncated)
	}
	n.Protocol, n.Data = isakmp.Protocol(protocol), s
	return n, nil
}

// Delete is a Delete payload (RFC 7296, section 3.11).
type Delete struct {
	Protocol isakmp.Protocol
	SPIs     [][]byte // as many as are there
}

// ParseDelete reads the body of a Delete payload.
func ParseDelete(body []byte) (d Delete, err error) {
	s := cryptobyte.String(body)
	var protocol, spiLen uint8
	var count uint16
	if !s.ReadUint8(&protocol) || !s.ReadUint8(&spiLen) || !s.ReadUint16(&count) {
		return d, damage("delete", "count", at(body, s), isakmp.ErrTruncated)
	}
	d.Protocol = isakmp.Protocol(protocol)
	for spiLen > 0 && len(s) >= int(spiLen) {
		var spi []byte
		s.ReadBytes(&spi, int(spiLen))
		d.SPIs = append(d.SPIs, spi)
	}
	if len(d.SPIs) != int(count) && spiLen > 0 {
		return d, damage("delete", "count", 2, isakmp.ErrCount)
	}
	return d, nil
}

// Selector is one traffic selector (RFC 7296, section 3.13.1): a range of
// addresses, a protocol (0: any) and a range of ports.
type Selector struct {
	Protocol           uint8
	StartPort, EndPort uint16
	Start, End         netip.Addr
}

// Traffic selector types (IANA, ikev2-parameters).
const (
	selectorIPv4 = 7
	selectorIPv6 = 8
)

// ParseSelectors reads the body of a TSi or TSr payload. Selectors of other types
// than address ranges are left out.
func ParseSelectors(body []byte) (ts []Selector, err error) {
	s := cryptobyte.String(body)
	if !s.Skip(4) {
		return nil, damage("ts", "count", 0, isakmp.ErrTruncated)
	}
	for len(s) > 0 {
		start := at(body, s)
		var kind, protocol uint8
		var n, from, to uint16
		if !s.ReadUint8(&kind) || !s.ReadUint8(&protocol) || !s.ReadUint16(&n) || n < 8 || int(n)-4 > len(s) ||
			!s.ReadUint16(&from) || !s.ReadUint16(&to) {
			return ts, damage("ts", "selector length", start+2, isakmp.ErrLength)
		}
		var addrs []byte
		s.ReadBytes(&addrs, int(n)-8)
		if x, ok := selector(kind, addrs); ok && len(ts) < MaxSelectors {
			x.Protocol, x.StartPort, x.EndPort = protocol, from, to
			ts = append(ts, x)
		}
	}
	return ts, nil
}

func selector(kind uint8, addrs []byte) (x Selector, ok bool) {
	if kind != selectorIPv4 && kind != selectorIPv6 || len(addrs)%2 != 0 {
		return x, false
	}
	var a, b bool
	x.Start, a = netip.AddrFromSlice(addrs[:len(addrs)/2])
	x.End, b = netip.AddrFromSlice(addrs[len(addrs)/2:])
	return x, a && b && x.Start.Is4() == (kind == selectorIPv4)
}

// ID returns the selector in the form of version 1's identities: a prefix where
// the range is one, else a range; with protocol and port where they are single.
func (x Selector) ID() isakmp.ID {
	id := isakmp.ID{Protocol: x.Protocol}
	if x.StartPort == x.EndPort {
		id.Port = x.StartPort
	}
	id.Type, id.Data = isakmp.IDIPv4Range, append(x.Start.AsSlice(), x.End.AsSlice()...)
	if x.Start.Is6() {
		id.Type = isakmp.IDIPv6Range
	}
	if p, ok := x.prefix(); ok {
		id.Type = isakmp.IDIPv4Subnet
		if x.Start.Is6() {
			id.Type = isakmp.IDIPv6Subnet
		}
		copy(id.Data[len(id.Data)/2:], mask(p.Bits(), len(id.Data)/2))
	}
	return id
}

// prefix returns the prefix that the range is exactly.
func (x Selector) prefix() (netip.Prefix, bool) {
	for bits := x.Start.BitLen(); bits >= 0; bits-- {
		p := netip.PrefixFrom(x.Start, bits)
		if p.Masked().Addr() != x.Start {
			return netip.Prefix{}, false
		}
		if last(p) == x.End {
			return p, true
		}
	}
	return netip.Prefix{}, false
}

func last(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i, m := range mask(p.Bits(), len(b)) {
		b[i] |= ^m
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

func mask(bits, octets int) []byte {
	m := make([]byte, octets)
	for i := range bits {
		m[i/8] |= 0x80 >> (i % 8)
	}
	return m
}

func (x Selector) String() string {
	return fmt.Sprintf("%s[%d/%d-%d]", x.ID(), x.Protocol, x.StartPort, x.EndPort)
}
