package decode

import (
	"maps"
	"net/netip"
	"slices"
)

// Stats counts what a decoder saw and, above all, what it dropped.
type Stats struct {
	Frames    uint64
	Kinds     [kinds]uint64 // frames by kind
	Truncated uint64        // frames of which the capture kept too little

	// LengthFromFrame counts IP headers without a length, as hardware
	// offload at the sender leaves them in a capture.
	LengthFromFrame uint64

	FlowsDropped uint64 // flows forgotten because of Limits.Flows
	Tunnels      uint64 // datagrams found in tunnels and on link types left to the layer library
	Contained    uint64 // faults of that library that cost one frame each

	Fragments FragmentStats
	TCP       TCPStats
	Malformed []Malformed // damage by place, in the order of the layers
	Cut       []Malformed // headers that the capture cut (ErrTruncated), likewise

	// Incomplete holds the first datagrams that stayed incomplete and
	// concern IPsec, at most 20; those that still wait included.
	Incomplete []Incomplete
}

// FragmentStats counts IP fragments and what became of them.
type FragmentStats struct {
	Seen    uint64 // fragments
	Ignored uint64 // fragments of protocols that carry no IPsec
	Joined  uint64 // datagrams

	Duplicates      uint64 // fragments that came twice
	Overlaps        uint64 // fragments that overlap others
	Ambiguous       uint64 // of these, with different octets; the first to come were kept
	ConflictingEnds uint64 // fragments past the end, or with a different end
	TinyFirst       uint64 // first fragments that hide the upper header (RFC 1858)

	Expired uint64 // datagrams incomplete after Limits.FragmentAge
	Evicted uint64 // datagrams that made room because of a limit
	Dropped uint64 // datagrams given up, and fragments of theirs that came later
	Waiting uint64 // datagrams incomplete now
}

// TCPStats counts what became of streams that carry IPsec.
type TCPStats struct {
	Segments uint64 // with data, of streams that are followed
	Messages uint64 // taken out of them

	Repeated uint64 // segments without a new octet
	Overlaps uint64 // segments of which some octets came before; the first were kept
	Early    uint64 // segments that waited for one before them
	Gaps     uint64 // places where the capture lost segments
	Lost     uint64 // octets in them

	Resyncs   uint64 // times that messages were looked for
	Skipped   uint64 // octets passed over in doing so
	Malformed uint64 // lengths that cannot be
	Dropped   uint64 // octets dropped because of Limits.StreamBytes
	Forgotten uint64 // streams forgotten because of Limits.Streams
	Waiting   uint64 // segments that wait now
}

// Malformed counts one kind of damage, or with ErrUnsupported one of what is not read.
// The fields are those of [Error]; a link type's number stands behind its name.
type Malformed struct {
	Layer, Field string
	Err          error
	Count        uint64
}

// maxIncomplete is the number of incomplete datagrams that are described.
const maxIncomplete = 20

// Incomplete describes a datagram of which fragments are missing.
type Incomplete struct {
	Src, Dst         netip.Addr
	SrcPort, DstPort uint16 // 0 without a first fragment of UDP
	Protocol         uint8  // IP protocol number
	HasFirst         bool   // the fragment at offset 0 is there
	Fragments        int    // that are there
	Octets           int    // that they hold
	Total            int    // octets of the whole, 0 when the last fragment is missing
	First            int64  // time of the first to arrive, Unix nanoseconds
	Frame            uint64 // its frame, counted from 1 in calls of Decode
}

// concernsIPsec reports whether the datagram is, or without its first fragment
// may be, one of IPsec.
func (l *Incomplete) concernsIPsec() bool {
	switch l.Protocol {
	case protoESP, protoAH, protoIPComp:
		return true
	case protoUDP:
		return !l.HasFirst || ipsecPort(l.SrcPort) || ipsecPort(l.DstPort)
	}
	return false
}

// Stats returns the counts up to now.
func (d *Decoder) Stats() Stats {
	s := d.stats
	s.FlowsDropped = d.flows.dropped
	s.Incomplete = append([]Incomplete(nil), d.joiner.lost...)
	for g := d.joiner.waiting.oldest; g != nil; g = g.newer {
		if g.state != stateWaiting {
			continue
		}
		s.Fragments.Waiting++
		if l := g.incomplete(); len(s.Incomplete) < maxIncomplete && l.concernsIPsec() {
			s.Incomplete = append(s.Incomplete, l)
		}
	}
	for _, t := range d.streams.byFlow {
		s.TCP.Waiting += uint64(len(t.ahead))
	}
	for _, link := range slices.Sorted(maps.Keys(d.unreadLinks)) {
		s.Malformed = append(s.Malformed, Malformed{"frame", "link type " + itoa(int(link)), ErrUnsupported, d.unreadLinks[link]})
	}
	for f, e := range faultTable {
		if n := d.faults[f]; n > 0 {
			s.Malformed = append(s.Malformed, Malformed{e.Layer, e.Field, e.Err, n})
		}
		if n := d.cut[f]; n > 0 {
			s.Cut = append(s.Cut, Malformed{e.Layer, e.Field, ErrTruncated, n})
		}
	}
	return s
}
