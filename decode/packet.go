package decode

import "net/netip"

// Kind says what a frame carries, as far as an IPsec analyzer cares.
type Kind uint8

// Kinds. The zero value is everything that is not IPsec.
const (
	KindOther     Kind = iota // not IPsec, or not recognisable
	KindIKE                   // ISAKMP message (IKEv1 or IKEv2), RFC 2408, RFC 7296
	KindESP                   // ESP packet, RFC 4303
	KindAH                    // AH header and what follows it, RFC 4302
	KindKeepalive             // NAT keepalive, RFC 3948 section 2.3
	KindIPComp                // IPComp packet, RFC 3173
	KindICMPError             // ICMP error about an IKE, ESP or AH packet
	kinds
)

var kindNames = [kinds]string{"other", "ike", "esp", "ah", "keepalive", "ipcomp", "icmp-error"}

// String returns the kind's name in lower case.
func (k Kind) String() string {
	if k < kinds {
		return kindNames[k]
	}
	return "kind " + itoa(int(k))
}

// Encap says what IKE, ESP or a keepalive travelled in.
type Encap uint8

// Encapsulations.
const (
	EncapNone Encap = iota // ESP and AH directly on IP, IKE on its own port
	EncapUDP               // RFC 3948: a non-ESP marker stands before IKE
	EncapTCP               // RFC 9329, and Cisco's port 10000
	encaps
)

var encapNames = [encaps]string{"none", "udp", "tcp"}

// String returns the name that reports use: "none", "udp" or "tcp".
func (e Encap) String() string {
	if e < encaps {
		return encapNames[e]
	}
	return "encapsulation " + itoa(int(e))
}

// Packet is what a frame holds. Slices point into the frame, or into the
// decoder's memory when Fragments is above 1; they are valid until the frame's
// memory is reused or the next call of Decode, whichever comes first. Of a message
// in TCP, IP is the datagram that completed it, and Payload need not lie in it.
//
// With tunnels in clear (IP in IP, GRE and others) all fields describe the
// innermost datagram that was reached.
type Packet struct {
	Kind  Kind
	Encap Encap

	// Src and Dst are the addresses of the IP header directly below. The
	// ports are 0 without UDP or TCP.
	Src, Dst         netip.Addr
	SrcPort, DstPort uint16

	// Protocol is the IP protocol number of what stands at IPHeaderLen.
	Protocol uint8
	TTL      uint8 // time to live, or hop limit
	DSCP     uint8 // differentiated services code point, 6 bits
	ECN      uint8 // explicit congestion notification, 2 bits

	// VLAN is the VLAN identifier of the innermost tag, 0 without one.
	VLAN uint16

	// IP is the datagram from its header to its end, link-layer padding
	// removed; the joined datagram when Fragments is above 1.
	IP []byte

	// IPHeaderLen counts the octets before UDP, ESP or AH: the IP header
	// with its options or extension headers.
	IPHeaderLen int

	// NextHeaderOffset is the place in IP of the octet that holds Protocol:
	// IPv4's Protocol field or the last Next Header field of IPv6.
	NextHeaderOffset int

	// Payload depends on Kind: the ISAKMP message (marker removed), the ESP
	// packet from its SPI, the AH or IPComp header and all behind it, the
	// keepalive's octet, or the datagram quoted by an ICMP error.
	Payload []byte

	// SPI and Seq are those of ESP and AH; for IPComp SPI is the CPI; for an
	// ICMP error SPI is that of the quoted packet, 0 if it has none.
	SPI, Seq uint32

	// Missing counts the octets at the datagram's end that are not in the
	// capture (snap length).
	Missing int

	// Fragments is the number of fragments this datagram, or of TCP segments this
	// message, was joined from; 0 when it came in one piece.
	Fragments int

	// Fragment is set when the frame holds a fragment whose datagram is not
	// complete. Kind is then KindOther.
	Fragment bool

	ICMP ICMP // of KindICMPError

	// Problem is the first thing found wrong, nil when all is well. Kind is
	// then what was recognised all the same. It points into the decoder:
	// copy it to keep it beyond the next call of Decode.
	Problem *Error
}

// ICMP is the head of an ICMP or ICMPv6 error message. The address family of
// Packet.Src tells which of the two.
type ICMP struct {
	Type, Code uint8

	// MTU in octets, of "fragmentation needed" (RFC 1191 section 4; 0 from
	// routers before it) and of "packet too big" (RFC 4443 section 3.2).
	MTU uint32
}

// span is a run of octets in a frame, or in a joined datagram.
type span struct {
	b    []byte // what was captured
	wire int    // octets on the wire, at least len(b)
	off  int    // of b[0] in the frame
}

// skip returns the span behind its first n octets, which the caller has
// checked to be there.
func (s span) skip(n int) span {
	return span{b: s.b[n:], wire: s.wire - n, off: s.off + n}
}

// trim returns the span's first n octets on the wire.
func (s span) trim(n int) span {
	s.wire = n
	if len(s.b) > n {
		s.b = s.b[:n]
	}
	return s
}

// missing counts the octets that the capture did not keep.
func (s span) missing() int { return s.wire - len(s.b) }
