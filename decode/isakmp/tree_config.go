package isakmp

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"
	"unicode/utf8"
)

func attributesSummary(body []byte) string {
	a, _ := ParseAttributes(body)
	return a.String()
}

func attributesTree(b *branch, body []byte) error {
	a, err := ParseAttributes(body)
	b.add("type", named(a.Type), 0, 1)
	b.add("identifier", decimal(a.Identifier), 2, 2)
	for _, at := range a.List {
		t := ConfigAttribute(at.Type)
		b.attribute(t.String(), configValue(b.ctx, t, at), at).Secret = t.Secret()
	}
	return err
}

// configValue writes the value of a configuration attribute; one that does not have the
// form of its type in hex.
func configValue(ctx TreeContext, t ConfigAttribute, a Attribute) string {
	var text string
	ok := false
	switch configAttributes[t].form {
	case formText, formSecret:
		text, ok = string(a.Value), utf8.Valid(a.Value)
	case formNumber:
		var n uint64
		n, ok = a.Uint()
		text = configNumber(t, n)
	case formIP:
		var addr netip.Addr
		addr, ok = netip.AddrFromSlice(a.Value)
		text = addr.String()
	case formSubnet:
		text, ok = configSubnet(a.Value)
	case formSplit:
		text, ok = configSplit(a.Value)
	case formTypes:
		text, ok = configTypes(a.Value)
	}
	if !ok {
		return ctx.hex(a.Value)
	}
	return text
}

// configNumber names the numbers of draft-beaulieu-ike-xauth-02 section 4.1.
func configNumber(t ConfigAttribute, n uint64) string {
	name := ""
	switch t {
	case ConfigXAUTHType:
		name = map[uint64]string{0: "generic", 1: "radius-chap", 2: "otp", 3: "s/key"}[n]
	case ConfigXAUTHStatus:
		name = map[uint64]string{0: "fail", 1: "ok"}[n]
	}
	return withNumber(name, n)
}

// configSubnet writes an IPv4 address and mask, an IPv6 address and prefix length, or an
// IPv6 address alone.
func configSubnet(v []byte) (string, bool) {
	switch len(v) {
	case 8:
		return ID{Type: IDIPv4Subnet, Data: v}.text()
	case 16:
		return ID{Type: IDIPv6, Data: v}.text()
	case 17:
		s, ok := ID{Type: IDIPv6, Data: v[:16]}.text()
		return s + "/" + decimal(v[16]), ok
	}
	return "", false
}

// splitLen is the length of one network of Unity's split lists in octets.
const splitLen = 14

// configSplit writes Unity's networks: address, mask, protocol and two ports each.
func configSplit(v []byte) (string, bool) {
	if len(v)%splitLen != 0 {
		return "", false
	}
	var nets []string
	for ; len(v) > 0; v = v[splitLen:] {
		s, _ := configSubnet(v[:8])
		proto, src, dst := binary.BigEndian.Uint16(v[8:]), binary.BigEndian.Uint16(v[10:]), binary.BigEndian.Uint16(v[12:])
		if proto|src|dst != 0 {
			s += fmt.Sprintf(" protocol %d ports %d %d", proto, src, dst)
		}
		nets = append(nets, s)
	}
	return strings.Join(nets, ", "), true
}

// configTypes writes a list of attribute types.
func configTypes(v []byte) (string, bool) {
	if len(v)%2 != 0 {
		return "", false
	}
	var types []string
	for ; len(v) > 0; v = v[2:] {
		types = append(types, ConfigAttribute(binary.BigEndian.Uint16(v)).String())
	}
	return strings.Join(types, ", "), true
}
