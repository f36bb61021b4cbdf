package decode

import (
	"bytes"
	"encoding/binary"
	"net/netip"
)

// Link types of the frames in tests.
const (
	linkNull     = 0
	linkEthernet = 1
	linkPPP      = 9
	linkRaw      = 101
	linkSLL      = 113
	linkSLL2     = 276
)

// Addresses that the builders below use (RFC 5737, RFC 3849).
var (
	srcIPv4 = netip.MustParseAddr("192.0.2.1")
	dstIPv4 = netip.MustParseAddr("192.0.2.2")
	srcIPv6 = netip.MustParseAddr("2001:db8::1")
	dstIPv6 = netip.MustParseAddr("2001:db8::2")
)

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func be16(n int) []byte               { return binary.BigEndian.AppendUint16(nil, uint16(n)) }
func be32[T int | uint32](n T) []byte { return binary.BigEndian.AppendUint32(nil, uint32(n)) }

func ethernetFrame(t int, parts ...[]byte) []byte {
	return join([]byte{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1}, be16(t), join(parts...))
}

func vlanTag(id, next int) []byte { return join(be16(id), be16(next)) }

func sllHeader(t int) []byte {
	return join(be16(0), be16(1), be16(6), []byte{2, 0, 0, 0, 0, 1, 0, 0}, be16(t))
}

func sll2Header(t int) []byte {
	return join(be16(t), be16(0), be32(3), be16(1), []byte{0, 6}, []byte{2, 0, 0, 0, 0, 1, 0, 0})
}

func ipv4Datagram(protocol int, payload ...[]byte) []byte {
	return ipv4Options(protocol, nil, payload...)
}

func ipv4Options(protocol int, options []byte, payload ...[]byte) []byte {
	body := join(payload...)
	n := ipv4HeaderLen + len(options)
	h := join(
		[]byte{0x40 | byte(n/4), 0xba}, be16(n+len(body)), // DSCP 46, ECN 2
		be16(0x1234), be16(0x4000),
		[]byte{64, byte(protocol)}, be16(0),
		srcIPv4.AsSlice(), dstIPv4.AsSlice(), options)
	binary.BigEndian.PutUint16(h[ipv4ChecksumAt:], checksum(h))
	return join(h, body)
}

// ipv4Fragment is a fragment of an ESP packet; off is in octets.
func ipv4Fragment(id, off int, more bool, body []byte) []byte {
	return setFragment(ipv4Datagram(protoESP, body), id, off, more)
}

func setFragment(b []byte, id, off int, more bool) []byte {
	flags := off / 8
	if more {
		flags |= ipv4MoreFragments
	}
	binary.BigEndian.PutUint16(b[ipv4IdentificationAt:], uint16(id))
	binary.BigEndian.PutUint16(b[ipv4FragmentAt:], uint16(flags))
	return b
}

func ipv6Datagram(next int, payload ...[]byte) []byte {
	body := join(payload...)
	return join([]byte{0x6b, 0xa0, 0, 0}, be16(len(body)), []byte{byte(next), 64}, // class 0xba
		srcIPv6.AsSlice(), dstIPv6.AsSlice(), body)
}

// ipv6Fragment is a fragment of an ESP packet; off is in octets.
func ipv6Fragment(id, off int, more bool, body []byte) []byte {
	return ipv6Datagram(protoFragment, fragmentHeader(protoESP, id, off, more), body)
}

func fragmentHeader(next, id, off int, more bool) []byte {
	if more {
		off |= fragmentMore
	}
	return join([]byte{byte(next), 0}, be16(off), be32(id))
}

func udpDatagram(src, dst int, payload ...[]byte) []byte {
	body := join(payload...)
	return join(be16(src), be16(dst), be16(udpHeaderLen+len(body)), be16(0), body)
}

// espPacket is n octets with SPI 0xc0ffee01 and sequence number 7.
func espPacket(n int) []byte {
	return join(be32(uint32(0xc0ffee01)), be32(7), pattern(n-espHeaderLen))
}

// ikeMessage is n octets: the header of a main mode message and a body.
func ikeMessage(n int) []byte {
	return join(
		[]byte("initiatr"), []byte("respondr"),
		[]byte{1, 0x10, 2, 0}, be32(0), be32(n), // SA payload, version 1.0, main mode
		pattern(n-ikeHeaderLen))
}

func pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*7 + i>>8)
	}
	return b
}

func decodeFrame(link uint16, frame []byte) Packet {
	return decodeWith(NewDecoder(Limits{}), link, frame)
}

func decodeWith(d *Decoder, link uint16, frame []byte) Packet {
	var p Packet
	d.Decode(&p, link, frame, len(frame), 0)
	return p
}
