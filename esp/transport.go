package esp

import "encoding/binary"

// Offsets in the IPv4 header (RFC 791) and the IPv6 header (RFC 8200).
const (
	ipv4TotalLen = 2
	ipv4Protocol = 9
	ipv4Checksum = 10
	ipv6PayLen   = 4
	ipv6Next     = 6
)

// maxIPLen is the largest value of an IP length field in octets.
const maxIPLen = 0xffff

// AppendTransport appends to dst the datagram that transport mode protected
// (RFC 4303, section 3.1.1): the outer IP header with the next header, length
// and checksum it had without ESP or AH, then payload.
//
// The header is the first headerLen octets of ip: IPv4 with its options, IPv6
// with the extension headers in front of ESP, AH or the UDP that encapsulates
// them. nextHeaderOffset is where it names what follows. A datagram that would
// be too long for its length field, and offsets that do not fit the header, are
// a *HeaderError; dst is then returned as it came.
func AppendTransport(dst, ip []byte, headerLen, nextHeaderOffset int, nextHeader uint8, payload []byte) ([]byte, error) {
	if err := checkOuter(ip, headerLen, nextHeaderOffset, len(payload)); err != nil {
		return dst, err
	}
	at := len(dst)
	dst = append(dst, ip[:headerLen]...)
	header := dst[at:]
	header[nextHeaderOffset] = nextHeader
	if header[0]>>4 == 4 {
		binary.BigEndian.PutUint16(header[ipv4TotalLen:], uint16(headerLen+len(payload)))
		binary.BigEndian.PutUint16(header[ipv4Checksum:], 0)
		binary.BigEndian.PutUint16(header[ipv4Checksum:], checksum(header))
	} else {
		binary.BigEndian.PutUint16(header[ipv6PayLen:], uint16(headerLen-ipv6HeaderLen+len(payload)))
	}
	return append(dst, payload...), nil
}

// checkOuter reports where an outer header cannot carry n octets.
func checkOuter(ip []byte, headerLen, nextHeaderOffset, n int) error {
	if len(ip) == 0 {
		return &HeaderError{"ip", "version", 0}
	}
	switch ip[0] >> 4 {
	case 4:
		return checkOuter4(ip, headerLen, nextHeaderOffset, n)
	case 6:
		return checkOuter6(ip, headerLen, nextHeaderOffset, n)
	}
	return &HeaderError{"ip", "version", 0}
}

func checkOuter4(ip []byte, headerLen, nextHeaderOffset, n int) error {
	switch {
	case len(ip) < ipv4HeaderLen || headerLen != int(ip[0]&15)*4 || headerLen < ipv4HeaderLen || headerLen > len(ip):
		return &HeaderError{"ipv4", "header length", 0}
	case nextHeaderOffset != ipv4Protocol:
		return &HeaderError{"ipv4", "protocol", nextHeaderOffset}
	case headerLen+n > maxIPLen:
		return &HeaderError{"ipv4", "total length", ipv4TotalLen}
	}
	return nil
}

func checkOuter6(ip []byte, headerLen, nextHeaderOffset, n int) error {
	switch {
	case headerLen < ipv6HeaderLen || headerLen > len(ip):
		return &HeaderError{"ipv6", "header length", 0}
	case nextHeaderOffset != ipv6Next && (nextHeaderOffset < ipv6HeaderLen || nextHeaderOffset >= headerLen):
		return &HeaderError{"ipv6", "next header", nextHeaderOffset}
	case headerLen-ipv6HeaderLen+n > maxIPLen:
		return &HeaderError{"ipv6", "payload length", ipv6PayLen}
	}
	return nil
}

// checksum is the Internet checksum (RFC 1071) of an IP header, whose length
// is even.
func checksum(header []byte) uint16 {
	var sum uint32
	for ; len(header) >= 2; header = header[2:] {
		sum += uint32(binary.BigEndian.Uint16(header))
	}
	for sum > maxIPLen {
		sum = sum>>16 + sum&maxIPLen
	}
	return ^uint16(sum)
}
