package report

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"strconv"
	"unicode/utf8"

	"ikescope/decode/isakmp"
)

// ipProtocols names what traffic selectors usually carry (IANA, "Assigned
// Internet Protocol Numbers").
var ipProtocols = map[uint8]string{
	1: "icmp", 4: "ipip", 6: "tcp", 17: "udp", 47: "gre", 50: "esp", 51: "ah", 58: "ipv6-icmp",
	89: "ospf", 115: "l2tp", 132: "sctp",
}

// selector writes what one side of an IPsec SA carries: "10.1.0.0/24",
// "192.0.2.1/32[udp/1701]", "10.0.0.1-10.0.0.9". A nil identity stands for the
// peer itself (RFC 2409, section 5.5).
func selector(id *isakmp.ID, peer netip.Addr) string {
	if id == nil {
		if !peer.IsValid() {
			return ""
		}
		return netip.PrefixFrom(peer, peer.BitLen()).String()
	}
	text := identity(id)
	if p, ok := id.Prefix(); ok {
		text = p.String()
	}
	return text + portSuffix(id)
}

// portSuffix writes protocol and port of a selector, "" for any.
func portSuffix(id *isakmp.ID) string {
	if id.Protocol == 0 && id.Port == 0 {
		return ""
	}
	name, ok := ipProtocols[id.Protocol]
	if !ok {
		name = strconv.Itoa(int(id.Protocol))
	}
	if id.Port == 0 {
		return "[" + name + "]"
	}
	return fmt.Sprintf("[%s/%d]", name, id.Port)
}

// identity writes the data of an Identification payload as text, hex where it
// is none.
func identity(id *isakmp.ID) string {
	s, ok := id.Text()
	if !ok || !utf8.ValidString(s) {
		return "0x" + hex.EncodeToString(id.Data)
	}
	return s
}

// spi writes an SPI as every tool does.
func spi(n uint32) string { return fmt.Sprintf("0x%08x", n) }

// spiOctets writes an SPI of any length, as Delete and Notify payloads hold it.
func spiOctets(b []byte) string {
	if len(b) == 2*cookieLen {
		return hex.EncodeToString(b[:cookieLen]) + ":" + hex.EncodeToString(b[cookieLen:])
	}
	return "0x" + hex.EncodeToString(b)
}

const cookieLen = 8 // octets

// endpoint writes an address, with its port where it is not that of IKE (500).
func endpoint(a netip.AddrPort) string {
	if a.Port() == 500 || a.Port() == 0 {
		return a.Addr().String()
	}
	return a.String()
}
