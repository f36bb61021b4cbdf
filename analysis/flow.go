package analysis

import (
	"math"
	"net/netip"

	"ikescope/decode"
	"ikescope/esp/replay"
)

// FlowKey identifies the packets of one SA as they appear on the wire (RFC 4301,
// section 4.1).
type FlowKey struct {
	Dst      netip.Addr
	SPI      uint32
	Protocol uint8 // 50, 51 or 108
}

// IP protocol numbers of IPsec (IANA, "Assigned Internet Protocol Numbers").
const (
	protocolESP    = 50
	protocolAH     = 51
	protocolIPComp = 108
)

// Flow counts the packets of one SA.
type Flow struct {
	Key              FlowKey
	Src              netip.Addr
	SrcPort, DstPort uint16 // of the encapsulation
	Encap            decode.Encap
	Packets, Bytes   int64
	First, Last      int64 // frame numbers
	FirstNanos       int64
	LastNanos        int64
	FirstSeq         uint32
	Cut              int64           // packets that the capture did not keep whole
	Fragmented       int64           // packets that were joined from IP fragments
	Largest          int             // octets of the largest IP datagram
	Moves            []Move          // changes of the sender's address
	Turns            []Turn          // changes of the destination under one SA
	Sequence         *replay.Counter // from the second packet on
	Series           *Series         // likewise; nil beyond a bound on flows that have one

	large     *backoff   // of a flow with long packets
	from      netip.Addr // of the latest packet
	fromPort  uint16
	sa        *SA
	samples   [][]byte
	datagrams []datagram // samples of AH, which protects what stands before it, too
	opener    *opener
	passed    int64       // packets that went by before their keys were known
	skipped   int64       // packets that were not selected
	tried     trial       // what supplied keys were tried on
	asMoved   trial       // what SAs of other flows were tried on
	inside    bool        // of an SA whose packets stand inside another one
	runIndex  int         // in the job that is being filled
	startHigh uint32      // high half of the first extended sequence number
	startLow  uint32      // low half of one of the first that verified, if startKnown
	leap      replay.Leap // a sequence number that is not believed yet
	strays    uint64      // packets whose number was not believed

	startKnown bool
	extender   *replay.Extender // of an SA with extended sequence numbers
}

// Inside reports whether the packets stand inside those of another SA, so that the
// capture has no packet of their own.
func (f *Flow) Inside() bool { return f.inside }

// sampled counts the packets on which keys can be tried.
func (f *Flow) sampled() int { return len(f.samples) + len(f.datagrams) }

// Limits on what is kept of flows.
const (
	maxUnknown       = 1 << 14 // flows whose SA is not known
	maxFlows         = 1 << 20
	maxPlotted       = 1 << 14 // flows with a Series
	samplesPerFlow   = 3
	maxSample        = 2048     // octets of a packet that serves as a sample
	maxSampleOctets  = 32 << 20 // in all
	firstPacketsOnly = 16       // a flow's samples are among its first packets
)

// flows is the table of all flows.
type flows struct {
	byKey   map[FlowKey]*Flow
	order   []*Flow
	fresh   []*Flow // that the resolver has not seen
	full    int     // how many flows are worth a search for some to forget
	scratch []int64
	sampled int
	plotted int
	more    int64 // packets of flows that were forgotten or never kept
	last    *Flow // of the packet before: traffic comes in runs
}

func newFlows() *flows { return &flows{byKey: map[FlowKey]*Flow{}, full: maxUnknown} }

// find returns the flow of a packet, nil if there is none.
func (t *flows) find(k FlowKey) *Flow {
	if t.last != nil && t.last.Key == k {
		return t.last
	}
	f := t.byKey[k]
	if f != nil {
		t.last = f
	}
	return f
}

// note counts a packet and returns its flow, nil beyond the bound on flows.
func (t *flows) note(p *decode.Packet, frame, nanos int64) *Flow {
	k := keyOf(p)
	f := t.find(k)
	if f == nil {
		if len(t.order) >= t.full {
			t.forget()
		}
		if len(t.order) >= maxFlows {
			t.more++
			return nil
		}
		f = &Flow{
			Key: k, Src: p.Src, SrcPort: p.SrcPort, DstPort: p.DstPort, Encap: p.Encap,
			First: frame, FirstNanos: nanos, FirstSeq: p.Seq, from: p.Src, fromPort: p.SrcPort,
		}
		t.byKey[k], t.last = f, f
		t.order, t.fresh = append(t.order, f), append(t.fresh, f)
	}
	if f.Packets == 1 && t.plotted < maxPlotted {
		t.plotted++
		f.plot()
	}
	f.note(p, frame, nanos)
	t.sample(f, p)
	return f
}

func keyOf(p *decode.Packet) FlowKey {
	k := FlowKey{Dst: p.Dst, SPI: p.SPI, Protocol: protocolESP}
	switch p.Kind {
	case decode.KindAH:
		k.Protocol = protocolAH
	case decode.KindIPComp:
		k.Protocol = protocolIPComp
	}
	return k
}

func (f *Flow) note(p *decode.Packet, frame, nanos int64) {
	if p.Missing > 0 {
		f.Cut++
	}
	if p.Fragments > 1 && p.Encap != decode.EncapTCP {
		f.Fragmented++
	}
	if p.Src != f.from || p.SrcPort != f.fromPort {
		f.moved(p, frame, nanos)
	}
	octets := len(p.IP) + p.Missing
	if p.Encap == decode.EncapTCP { // a segment may hold several packets
		octets = p.IPHeaderLen + len(p.Payload) + p.Missing
	}
	if octets >= f.Largest {
		f.bulky(octets, frame, nanos)
		f.Largest = octets
	}
	f.add(p.Seq, octets, frame, nanos)
}

func (f *Flow) add(seq uint32, octets int, frame, nanos int64) {
	f.Packets++
	f.Bytes += int64(octets)
	f.Last, f.LastNanos = frame, nanos
	if f.Packets == 1 {
		return
	}
	f.begin()
	full := f.extended(seq)
	f.number(full)
	if f.Series != nil {
		f.Series.add(nanos, int64(octets), min(full, f.Sequence.Last()), f.Packets)
	}
}

// begin makes the counter of sequence numbers, which a flow of one packet lacks.
func (f *Flow) begin() {
	if f.Sequence == nil {
		f.Sequence = new(replay.Counter)
		f.Sequence.Add(uint64(f.FirstSeq))
	}
}

// farAhead is the distance ahead from which on a number is not believed at once.
const farAhead = 1 << 20

// number counts a sequence number, once it is believed.
func (f *Flow) number(full uint64) {
	held, last := f.leap, f.Sequence.Last()
	believed := f.leap.Believes(last, full, farAhead)
	switch {
	case !held.Held:
	case believed && full > last && full-last > farAhead:
		f.Sequence.Add(held.To)
	default:
		f.strays++
	}
	if believed {
		f.Sequence.Add(full)
	}
}

// nearWrap is how near to 2^32 a sequence number must be, on either side, for a
// wrap to be believed: what is further was forged, or belongs to another sender.
const nearWrap = 1 << 24

// extended is the number of a packet counted over the wraps that the capture
// shows. Only an SA with extended sequence numbers may wrap (RFC 4303, section
// 3.3.3), so that a wrap shows them, whether the keys are known or not.
func (f *Flow) extended(seq uint32) uint64 {
	last := f.Sequence.Last()
	n := last>>32<<32 | uint64(seq)
	switch low := uint32(last); {
	case seq < nearWrap && low >= math.MaxUint32-nearWrap:
		n += 1 << 32
	case seq >= math.MaxUint32-nearWrap && low < nearWrap && n >= 1<<32:
		n -= 1 << 32
	}
	return n
}

// Numbers is what is known of the flow's sequence numbers, extended ones where the
// SA has such. A flow of one packet has no counter yet.
func (f *Flow) Numbers() replay.Stats {
	s := replay.Stats{First: uint64(f.FirstSeq), Last: uint64(f.FirstSeq), Packets: 1}
	if f.Sequence != nil {
		s = f.Sequence.Stats()
	}
	s.Packets += f.strays
	if f.leap.Held { // the last packet of all
		s.Packets++
		s.Lost += f.leap.To - s.Last - 1
		s.Last = f.leap.To
	}
	s.First += uint64(f.startHigh) << 32
	s.Last += uint64(f.startHigh) << 32
	return s
}

// datagram is an IP datagram with the place of its Authentication Header.
type datagram struct {
	octets []byte
	at     int
}

// sample keeps the first whole packets of a flow, with which keys are tried.
func (t *flows) sample(f *Flow, p *decode.Packet) {
	if f.Packets > firstPacketsOnly || f.sampled() >= samplesPerFlow || p.Missing > 0 {
		return
	}
	data := p.Payload
	if p.Kind == decode.KindAH {
		data = p.IP
	}
	if p.Kind == decode.KindIPComp || len(data) > maxSample || t.sampled+len(data) > maxSampleOctets {
		return
	}
	t.sampled += len(data)
	if kept := append([]byte(nil), data...); p.Kind == decode.KindAH {
		f.datagrams = append(f.datagrams, datagram{kept, p.IPHeaderLen})
	} else {
		f.samples = append(f.samples, kept)
	}
}

// closed reports whether nothing is known yet with which its packets could be
// opened. IPComp needs no key.
func (f *Flow) closed() bool {
	return f.opener == nil && (f.Key.Protocol != protocolIPComp || f.sa == nil)
}

// highHalf infers the half of an extended sequence number that is not sent (RFC
// 4303, appendix A). Packets must come in capture order.
func (f *Flow) highHalf(seq uint32) uint32 {
	if f.opener == nil || !f.opener.sa.ESN() {
		return 0
	}
	if f.extender == nil {
		start := replay.StartAt(f.startHigh)
		if f.startKnown {
			start = replay.StartNear(uint64(f.startHigh)<<32 | uint64(f.startLow))
		}
		f.extender = &start
	}
	return uint32(f.extender.Next(seq) >> 32)
}
