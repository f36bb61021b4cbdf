package diagnose

import (
	"net/netip"
	"strconv"

	"ikescope/decode"
	"ikescope/esp"
	"ikescope/esp/replay"
	"ikescope/ikestate"
	"ikescope/pcaps"
	"ikescope/secrets"
)

// Case is everything that a diagnosis looks at: the rebuilt state, the counters
// and what is known of the capture. Absent parts are zero.
type Case struct {
	Conversations []*ikestate.Conversation // in the order of their first messages
	SAs           []SA
	Unknown       []Traffic // IPsec packets that belong to none of SAs
	ICMP          []ICMPError

	Captures []pcaps.CaptureInfo
	Decode   decode.Stats

	Ring *secrets.Ring // what the user supplied; nil: nothing
}

// ISAKMPID is the name of Conversations[i] in findings and reports.
func ISAKMPID(i int) string { return "isakmp-" + strconv.Itoa(i+1) }

// IPsecID is the name of SAs[i] in findings and reports.
func IPsecID(i int) string { return "ipsec-" + strconv.Itoa(i+1) }

// SA is an IPsec SA with what became of its packets.
type SA struct {
	*ikestate.IPsecSA
	Traffic *Traffic // nil: no packet

	// NullDetected: the packets are readable without a key, so that their encryption
	// is NULL.
	NullDetected bool

	KeysKnown bool
	Given     *secrets.ESP // keys that the user supplied for it

	Decrypted  int64 // packets whose ICV verified
	Unverified int64 // packets opened without an ICV to check
	ICVFailed  int64
	Damaged    int64 // too short, unaligned, or with bad padding

	// Where packets did not open: the variants of the SA under which sample
	// packets verify (esp.SA.Probe), and of how many of the samples the ICV is
	// right, and the content makes sense.
	Fits      []esp.Fit
	Samples   int
	Verifying int
	Plausible int
}

// Traffic counts the IPsec packets with one destination, protocol and SPI.
type Traffic struct {
	Protocol         uint8 // 50, 51 or 108
	SPI              uint32
	Src, Dst         netip.Addr
	SrcPort, DstPort uint16 // of the encapsulation
	Packets, Bytes   int64
	First, Last      int64 // frame numbers
	FirstNanos       int64
	LastNanos        int64
	Cut              int64     // packets that the capture did not keep whole
	Fragmented       int64     // packets that came in IP fragments
	Largest          int       // octets of the largest IP datagram
	Repeated         [][]int64 // for each connection that is stuck, frames of datagrams as large, after waits that double
	Moves            []Move
	Turns            []Turn
	Sequence         replay.Stats
}

// Move is a change of the address or port from which the packets of an SA come.
type Move struct {
	Frame, Nanos int64
	From, To     netip.AddrPort
}

// Turn is the first packet of an SA that goes to another destination, where keys
// show that it is still the same SA.
type Turn struct {
	Frame int64
	Dst   netip.Addr
}

// ICMPError is an error message that quotes a packet of a tunnel.
type ICMPError struct {
	Frame, Nanos int64
	Src, Dst     netip.Addr
	Type, Code   uint8
	MTU          uint32
	Quote        decode.Quote
}
