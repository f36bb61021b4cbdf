package ikestate

import "net/netip"

// Datagram is one IKE message as it stood in the capture.
type Datagram struct {
	Frame    int64 // packet number, 1-based
	Nanos    int64 // Unix time in nanoseconds
	Src, Dst netip.AddrPort
	Encap    Encap
	Message  []byte // from the ISAKMP header on; copied by Engine.Add
	Missing  int    // octets that the capture did not keep
}

// Encap is what carried a message or an IPsec packet between IP and IKE or ESP.
type Encap uint8

// Encapsulations of contract names "none", "udp" (RFC 3948) and "tcp" (RFC 8229).
const (
	EncapNone Encap = iota
	EncapUDP
	EncapTCP
)

func (e Encap) String() string {
	return [...]string{"none", "udp", "tcp"}[min(e, EncapTCP)]
}

// Limits bound what the engine keeps. What a bound drops is counted in Dropped.
type Limits struct {
	HalfOpen      int // conversations that did not get past phase 1
	Conversations int // all conversations
	Messages      int // distinct messages of one conversation
	Octets        int // memory in all, estimated
	Fragments     int // octets of fragments that wait for others, in all
	FragmentsEach int // the same of one conversation
}

// DefaultLimits holds the bounds of the program. A half-open conversation costs
// about five kilobytes, so that a flood of forged first messages stays near 100 MiB.
var DefaultLimits = Limits{
	HalfOpen:      16_384,
	Conversations: 1 << 18,
	Messages:      16_384,
	Octets:        256 << 20,
	Fragments:     64 << 20,
	FragmentsEach: 1 << 20,
}

// Dropped counts what the limits made the engine forget.
type Dropped struct {
	HalfOpen  int64 // half-open conversations, oldest first
	Messages  int64 // messages beyond a bound, retransmissions among them
	Fragments int64 // fragments that waited for others, oldest first

	// Exponentiations were not computed, since the capture asked for too many.
	Exponentiations int64

	// Attempts with the user's secrets were not made, since too many would be possible.
	Attempts int64
}
