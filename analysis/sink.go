package analysis

import "ikescope/ikestate"

// Inner is one packet that came out of an SA, or an IKE message in the clear.
type Inner struct {
	Frame int64 // number of the outer packet
	Nanos int64
	SA    *SA               // nil for IKE
	IKE   *ikestate.Message // nil for inner packets
	Seq   uint32
	SeqHi uint32
	// Data is an IP datagram.
	Data []byte
	// Verified reports a good ICV.
	Verified bool
}

// Sink takes the outcome of decryption. Append is called by several goroutines
// at once, each with its own dst, and must not keep Inner's octets; Write is
// called by one, in capture order, with what Append rendered.
//
// A sink that is also a Restarter lets files be read in one pass.
type Sink interface {
	Append(dst []byte, p Inner) []byte
	Write(rendered []byte) error
}

// Announced is a sink that is told of each SA before it writes its first packet, in
// the order of SA.Order. Announce is called like Write.
type Announced interface{ Announce(s *SA) error }

// Restarter is a sink that can throw away what it wrote and begin again. With one,
// a file is opened while it is read for the first time; only if a packet turns out
// to have stood in front of its keys is everything done once more.
type Restarter interface{ Restart() error }
