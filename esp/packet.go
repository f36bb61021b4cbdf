package esp

import "encoding/binary"

// HeaderLen is the length of SPI and sequence number in octets
// (RFC 4303, section 2).
const HeaderLen = 8

// trailerLen is the length of pad length and next header in octets.
const trailerLen = 2

// NextHeaderDummy is the next header of a dummy packet, which carries nothing
// (RFC 4303, section 2.6).
const NextHeaderDummy = 59

// Packet is one ESP packet before and after it is opened.
//
//	SPI | Sequence Number | IV | Payload | Padding | Pad Length | Next Header | ICV
//	                           |<------------- encrypted ------------------->|
//
// It fits one cache line: batches are gone through many times.
type Packet struct {
	// Data is the packet from the SPI to the end of the ICV. What is
	// encrypted in it is decrypted in place, but only after the ICV verified
	// or when the worker opens unverified packets too.
	Data []byte
	// Missing is how many octets of the packet the capture did not keep.
	Missing int
	// SeqHi is the high half of the extended sequence number, 0 without ESN.
	SeqHi uint32

	// The fields below are set by Open.

	Verdict    Verdict
	NextHeader uint8
	// OddPadding reports padding that is not 1, 2, 3, ... (RFC 4303, section
	// 2.4). After a good ICV this is a curiosity of the sender; without
	// integrity it is the sign of a wrong key.
	OddPadding bool
	// live packets passed every stage so far.
	live bool
	// Inner is the payload: the plaintext without padding, pad length and
	// next header. It is a slice of Data, nil when the packet was not opened.
	Inner []byte
}

// SPI returns the Security Parameters Index, 0 when the packet has none.
func (p *Packet) SPI() uint32 {
	if len(p.Data) < HeaderLen {
		return 0
	}
	return binary.BigEndian.Uint32(p.Data)
}

// Seq returns the low half of the sequence number, 0 when the packet has none.
func (p *Packet) Seq() uint32 {
	if len(p.Data) < HeaderLen {
		return 0
	}
	return binary.BigEndian.Uint32(p.Data[4:])
}

// Dummy reports whether an opened packet is a dummy.
func (p *Packet) Dummy() bool { return p.Inner != nil && p.NextHeader == NextHeaderDummy }
