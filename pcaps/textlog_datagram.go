package pcaps

import "encoding/binary"

// Lengths in octets of a datagram that holds an IKE message.
const (
	maxDatagram   = 65507 // of UDP's data in IPv4
	ipv4Header    = 20
	ipv6Header    = 40
	udpHeader     = 8
	isakmpHeader  = 28
	nonESPMarker  = 4
	natTraversal  = 4500 // port
	protocolUDP   = 17
	timeToLive    = 64
	lengthInIKE   = 24 // of the length field, in a message
	versionInIKE  = 17
	highestLength = maxDatagram - nonESPMarker
)

// datagramOf makes the IP datagram of a message, and its length on the wire.
func datagramOf(m logMessage) (data []byte, wireLen int) {
	body := m.data[:min(len(m.data), highestLength)]
	missing := max(0, min(m.length, highestLength)-len(body))
	if m.from.Port() == natTraversal || m.to.Port() == natTraversal {
		body = append(make([]byte, nonESPMarker, nonESPMarker+len(body)), body...)
	}
	length := udpHeader + len(body) + missing
	var pseudo uint64
	if m.from.Addr().Is4() && m.to.Addr().Is4() {
		data, pseudo = ipv4(m, length)
	} else {
		data, pseudo = ipv6(m, length)
	}
	udp := len(data)
	data = binary.BigEndian.AppendUint16(data, m.from.Port())
	data = binary.BigEndian.AppendUint16(data, m.to.Port())
	data = binary.BigEndian.AppendUint16(data, uint16(length))
	data = append(append(data, 0, 0), body...)
	if missing == 0 {
		sum := checksum(pseudo+sumOf(data[udp:]), true)
		binary.BigEndian.PutUint16(data[udp+6:], sum)
	}
	return data, len(data) + missing
}

// ipv4 begins a datagram (RFC 791, section 3.1) and sums up UDP's pseudo header.
func ipv4(m logMessage, length int) (header []byte, pseudo uint64) {
	h := make([]byte, ipv4Header, ipv4Header+length)
	h[0] = 4<<4 | ipv4Header/4
	binary.BigEndian.PutUint16(h[2:], uint16(ipv4Header+length))
	h[8], h[9] = timeToLive, protocolUDP
	src, dst := m.from.Addr().As4(), m.to.Addr().As4()
	copy(h[12:], src[:])
	copy(h[16:], dst[:])
	pseudo = sumOf(h[12:]) + protocolUDP + uint64(length)
	binary.BigEndian.PutUint16(h[10:], checksum(sumOf(h), false))
	return h, pseudo
}

// ipv6 does the same for RFC 8200, section 3.
func ipv6(m logMessage, length int) (header []byte, pseudo uint64) {
	h := make([]byte, ipv6Header, ipv6Header+length)
	h[0] = 6 << 4
	binary.BigEndian.PutUint16(h[4:], uint16(length))
	h[6], h[7] = protocolUDP, timeToLive
	src, dst := m.from.Addr().As16(), m.to.Addr().As16()
	copy(h[8:], src[:])
	copy(h[24:], dst[:])
	return h, sumOf(h[8:]) + protocolUDP + uint64(length)
}

// sumOf adds the 16-bit words of b.
func sumOf(b []byte) (sum uint64) {
	for ; len(b) >= 2; b = b[2:] {
		sum += uint64(b[0])<<8 | uint64(b[1])
	}
	if len(b) == 1 {
		sum += uint64(b[0]) << 8
	}
	return sum
}

// checksum is the complement of a sum (RFC 1071); that of UDP is not 0.
func checksum(sum uint64, udp bool) uint16 {
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	if udp && sum == 0xffff {
		return 0xffff
	}
	return ^uint16(sum)
}

// isakmpLength returns the length that an IKE message says it has, 0 if b is not
// the beginning of one.
func isakmpLength(b []byte) int {
	if len(b) < isakmpHeader || b[versionInIKE]>>4 != 1 && b[versionInIKE]>>4 != 2 {
		return 0
	}
	n := binary.BigEndian.Uint32(b[lengthInIKE:])
	if n < isakmpHeader || n > highestLength {
		return 0
	}
	return int(n)
}
