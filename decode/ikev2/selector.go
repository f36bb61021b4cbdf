package ikev2

import (
	"fmt"
	"net/netip"
	"strings"

	"golang.org/x/crypto/cryptobyte"

	"ikescope/decode/isakmp"
)

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

func selectorsSummary(body []byte) string {
	ts, _ := ParseSelectors(body)
	var all []string
	for _, x := range ts {
		all = append(all, x.ID().String())
	}
	return strings.Join(all, ", ")
}

func selectorsTree(b *branch, body []byte) error {
	ts, err := ParseSelectors(body)
	for _, x := range ts {
		b.add("selector", x.String())
	}
	return err
}
