package isakmp

import (
	"encoding/binary"
	"encoding/hex"
	"strings"
)

// HeaderLen is the length of the ISAKMP header in octets.
const HeaderLen = 28

// Cookie is the 8 octets with which one side names an ISAKMP SA; IKEv2 calls it SPI.
type Cookie [8]byte

// String is the cookie in 16 hex digits.
func (c Cookie) String() string { return hex.EncodeToString(c[:]) }

// IsZero reports whether c is all zero, as the responder's cookie is in a first message.
func (c Cookie) IsZero() bool { return c == Cookie{} }

// Flags is the flags octet of the header. RFC 2408 section 3.1, RFC 7296 section 3.1.
type Flags uint8

// Flags of version 1 and of version 2.
const (
	FlagEncryption Flags = 1 << 0
	FlagCommit     Flags = 1 << 1
	FlagAuthOnly   Flags = 1 << 2
	FlagInitiator  Flags = 1 << 3 // IKEv2: sent by the original initiator
	FlagVersion    Flags = 1 << 4 // IKEv2: the sender could speak a higher version
	FlagResponse   Flags = 1 << 5 // IKEv2
)

var flagNames = [8]string{"encryption", "commit", "authentication-only", "initiator", "version", "response", "bit-6", "bit-7"}

// String lists the flags that are set, joined by "+"; "none" where there are none.
func (f Flags) String() string {
	if f == 0 {
		return "none"
	}
	var set []string
	for i, name := range flagNames {
		if f&(1<<i) != 0 {
			set = append(set, name)
		}
	}
	return strings.Join(set, "+")
}

// Header is the ISAKMP header.
//
//	                     1                   2                   3
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//	+---------------------------------------------------------------+
//	|                       Initiator Cookie                        |
//	|                                                               |
//	+---------------------------------------------------------------+
//	|                       Responder Cookie                        |
//	|                                                               |
//	+---------------+-------+-------+---------------+---------------+
//	| Next Payload  | Major | Minor | Exchange Type |     Flags     |
//	+---------------+-------+-------+---------------+---------------+
//	|                          Message ID                           |
//	+---------------------------------------------------------------+
//	|                    Length (header included)                   |
//	+---------------------------------------------------------------+
//
// RFC 2408 section 3.1.
type Header struct {
	CookieI, CookieR Cookie
	NextPayload      PayloadType
	Major, Minor     uint8 // of the version, 4 bits each
	Exchange         ExchangeType
	Flags            Flags
	MessageID        uint32
	Length           uint32 // of the message in octets, as announced
}

// ParseHeader reads the header at the start of b. Fields are taken as they are: whether
// version, length and types make sense is for [ParseMessage]. The error is an [*Error] of
// kind [ErrTruncated] where b has fewer than [HeaderLen] octets.
func ParseHeader(b []byte) (Header, error) {
	r := reader{layer: "header", b: b}
	h := Header{
		CookieI:     r.cookie("initiator cookie"),
		CookieR:     r.cookie("responder cookie"),
		NextPayload: PayloadType(r.u8("next payload")),
	}
	version := r.u8("version")
	h.Major, h.Minor = version>>4, version&0x0f
	h.Exchange = ExchangeType(r.u8("exchange type"))
	h.Flags = Flags(r.u8("flags"))
	h.MessageID = r.u32("message id")
	h.Length = r.u32("length")
	return h, r.failure()
}

// cookie reads 8 octets.
func (r *reader) cookie(field string) (c Cookie) {
	copy(c[:], r.octets(field, len(c)))
	return c
}

// Encrypted reports whether what follows the header is ciphertext. In version 1 the
// encryption flag says so, except on a Cisco fragment, which is never encrypted itself; in
// version 2 it is an Encrypted payload right behind the header.
func (h Header) Encrypted() bool {
	if h.Major == 2 {
		return h.NextPayload.endsChain()
	}
	return h.Flags&FlagEncryption != 0 && h.NextPayload != PayloadFragment
}

// Version is the version in the form "1.0".
func (h Header) Version() string { return decimal(h.Major) + "." + decimal(h.Minor) }

// AppendHeader appends the 28 octets of h to b.
func AppendHeader(b []byte, h Header) []byte {
	b = append(b, h.CookieI[:]...)
	b = append(b, h.CookieR[:]...)
	b = append(b, byte(h.NextPayload), h.Major<<4|h.Minor&0x0f, byte(h.Exchange), byte(h.Flags))
	b = binary.BigEndian.AppendUint32(b, h.MessageID)
	return binary.BigEndian.AppendUint32(b, h.Length)
}
