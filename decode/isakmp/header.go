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

// headerFields are the fields of the header and where they start.
var headerFields = []struct {
	name  string
	start int
}{
	{"initiator cookie", 0}, {"responder cookie", 8}, {"next payload", 16}, {"version", 17},
	{"exchange type", 18}, {"flags", 19}, {"message id", 20}, {"length", 24},
}

// ParseHeader reads the header at the start of b. Fields are taken as they are: whether
// version, length and types make sense is for [ParseMessage]. The error is an [*Error] of
// kind [ErrTruncated] where b has fewer than [HeaderLen] octets; the fields before the cut
// are returned. It allocates nothing otherwise.
func ParseHeader(b []byte) (Header, error) {
	if len(b) >= HeaderLen {
		return header([HeaderLen]byte(b)), nil
	}
	cut := headerFields[0]
	for _, f := range headerFields {
		if f.start <= len(b) {
			cut = f
		}
	}
	var whole [HeaderLen]byte
	copy(whole[:], b[:cut.start])
	return header(whole), &Error{
		Layer: "header", Field: cut.name, Offset: cut.start,
		Err: detail(ErrTruncated, "%d octets, the header has %d", len(b), HeaderLen),
	}
}

// header reads the fields.
func header(b [HeaderLen]byte) Header {
	return Header{
		CookieI:     Cookie(b[0:8]),
		CookieR:     Cookie(b[8:16]),
		NextPayload: PayloadType(b[16]),
		Major:       b[17] >> 4,
		Minor:       b[17] & 0x0f,
		Exchange:    ExchangeType(b[18]),
		Flags:       Flags(b[19]),
		MessageID:   binary.BigEndian.Uint32(b[20:]),
		Length:      binary.BigEndian.Uint32(b[24:]),
	}
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
