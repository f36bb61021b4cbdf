package main

import (
	"encoding/binary"
	"net/netip"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

// Lengths in octets, and numbers of IP and UDP (RFC 791, RFC 8200, RFC 768).
const (
	ipv4HeaderLen = 20
	ipv6HeaderLen = 40
	udpHeaderLen  = 8
	maxUDPLen     = 65535 - ipv4HeaderLen

	protocolUDP = 17
	hopLimit    = 64
	ikePort     = 500 // RFC 2408, section 2.5.1
)

// clearDatagram is an IKE message in the clear as an IP datagram between ports
// 500: there no marker stands before it (RFC 3948, section 2.2), so every
// dissector knows it. It is nil where addresses or length allow none.
func clearDatagram(m *ikestate.Message) []byte {
	src, dst := m.Src.Addr().Unmap(), m.Dst.Addr().Unmap()
	message := isakmp.AppendMessage(nil, m.Header, m.Payloads)
	n := udpHeaderLen + len(message)
	if !src.IsValid() || !dst.IsValid() || src.Is4() != dst.Is4() || n > maxUDPLen {
		return nil
	}
	b := appendIPHeader(make([]byte, 0, ipv6HeaderLen+n), src, dst, n)
	at := len(b)
	b = binary.BigEndian.AppendUint16(b, ikePort)
	b = binary.BigEndian.AppendUint16(b, ikePort)
	b = binary.BigEndian.AppendUint16(b, uint16(n))
	b = append(b, 0, 0)
	b = append(b, message...)
	binary.BigEndian.PutUint16(b[at+6:], udpChecksum(src, dst, b[at:]))
	return b
}

// appendIPHeader appends a header before n octets of UDP.
func appendIPHeader(b []byte, src, dst netip.Addr, n int) []byte {
	if src.Is4() {
		at := len(b)
		b = append(b, 4<<4|ipv4HeaderLen/4, 0)
		b = binary.BigEndian.AppendUint16(b, uint16(ipv4HeaderLen+n))
		b = append(b, 0, 0, 0, 0, hopLimit, protocolUDP, 0, 0)
		b = append(b, src.AsSlice()...)
		b = append(b, dst.AsSlice()...)
		binary.BigEndian.PutUint16(b[at+10:], ^sum16(0, b[at:]))
		return b
	}
	b = append(b, 6<<4, 0, 0, 0)
	b = binary.BigEndian.AppendUint16(b, uint16(n))
	b = append(b, protocolUDP, hopLimit)
	b = append(b, src.AsSlice()...)
	return append(b, dst.AsSlice()...)
}

// udpChecksum covers the datagram and the pseudo header of its IP version (RFC
// 768; RFC 8200, section 8.1). A sum of zero goes out as all ones.
func udpChecksum(src, dst netip.Addr, udp []byte) uint16 {
	s := sum16(protocolUDP+uint32(len(udp)), src.AsSlice())
	s = sum16(uint32(s), dst.AsSlice())
	if c := ^sum16(uint32(s), udp); c != 0 {
		return c
	}
	return 0xffff
}

// sum16 adds 16-bit words in ones' complement (RFC 1071).
func sum16(s uint32, b []byte) uint16 {
	for ; len(b) > 1; b = b[2:] {
		s += uint32(b[0])<<8 | uint32(b[1])
	}
	if len(b) == 1 {
		s += uint32(b[0]) << 8
	}
	for s > 0xffff {
		s = s>>16 + s&0xffff
	}
	return uint16(s)
}
