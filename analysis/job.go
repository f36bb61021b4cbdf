package analysis

import (
	"bytes"
	"encoding/binary"

	"ikescope/decode"
	"ikescope/esp"
	"ikescope/ikestate"
	"ikescope/pcaps"
)

// job is a block of frames on its way from the reader through a worker to the
// writer. Its packets stand in capture order; the worker opens them flow by flow,
// so that a kernel sees many packets of one SA at once, and renders them in
// capture order again.
type job struct {
	block    *pcaps.Block
	packets  []sealed
	runs     []run
	fresh    []*SA // whose first packets are in this job
	rendered []byte
	nested   []nested
	messages [][]*ikestate.Message // in the clear, by frame
	faults   Faults
	totals   totals
	place    int64 // in the order of all jobs, from 1
	fault    error // why it was not opened to the end
	waits    bool  // see closed; when somebody looked last
	lastIKE  int64 // frame number of its last IKE message
	octets   int   // of its packets
}

func newJob() *job { return &job{totals: totals{}} }

// sealed is an IPsec packet, or the IKE messages of a frame to be passed on. It fits
// two cache lines.
type sealed struct {
	flow   *Flow // nil: IKE messages
	frame  int64
	nanos  int64
	outer  outer
	packet esp.Packet
	run    int32 // index in job.runs, -1: not opened
	next   int32 // index of the next packet of the same flow, or of messages in job.messages; -1: none
}

// seq is the sequence number on the wire; 0 where there is none.
func (p *sealed) seq() uint32 {
	switch p.flow.Key.Protocol {
	case protocolAH:
		return ahSeq(p.packet.Data)
	case protocolIPComp:
		return 0
	}
	return p.packet.Seq()
}

// ahSeq is the sequence number of an Authentication Header (RFC 4302, section 2),
// 0 when it is cut.
func ahSeq(b []byte) uint32 {
	if len(b) < 12 {
		return 0
	}
	return binary.BigEndian.Uint32(b[8:])
}

// outer is what transport mode needs of the IP header.
type outer struct {
	ip         []byte
	headerLen  int32
	nextOffset int32
}

// run is the packets of one flow in a job, linked by sealed.next. It holds what
// the worker needs of the flow, since the reader may learn more meanwhile.
type run struct {
	flow        *Flow
	sa          *SA
	opener      *esp.SA // nil: no key
	transport   bool
	first, last int32
	n           int
}

func (j *job) reset(b *pcaps.Block) {
	j.block = b
	j.faults, j.fault, j.waits, j.lastIKE, j.octets = Faults{}, nil, false, 0, 0
	j.packets, j.runs, j.fresh, j.messages = j.packets[:0], j.runs[:0], j.fresh[:0], j.messages[:0]
	j.nested = j.nested[:0]
	clear(j.totals)
}

// add appends an IPsec packet. A datagram that was joined from fragments, or a
// message from TCP segments, is copied, since the decoder's buffer is overwritten
// by the next frame.
func (j *job) add(f *Flow, p *decode.Packet, fr *pcaps.Frame) {
	ip, payload := p.IP, p.Payload
	switch {
	case p.Fragments > 1 && p.Encap == decode.EncapTCP:
		payload = bytes.Clone(payload)
	case p.Fragments > 1:
		ip = bytes.Clone(ip)
		payload = ip[len(ip)-len(payload):]
	}
	j.octets += len(payload)
	j.packets = append(j.packets, sealed{
		flow: f, frame: fr.Number, nanos: fr.Nanos, run: -1, next: -1,
		outer:  outer{ip, int32(p.IPHeaderLen), int32(p.NextHeaderOffset)},
		packet: esp.Packet{Data: payload, Missing: p.Missing},
	})
}

// closed reports whether a job has packets whose keys are not known, or IKE messages:
// whether it has packets of an SA that stand inside those of another one, nobody
// knows before these are opened.
func (j *job) closed() bool {
	for i := range j.packets {
		if f := j.packets[i].flow; f == nil || f.closed() {
			return true
		}
	}
	return false
}

// addIKE marks the place of a frame's IKE messages.
func (j *job) addIKE(fr *pcaps.Frame) {
	j.lastIKE = fr.Number
	if n := len(j.packets); n > 0 && j.packets[n-1].flow == nil && j.packets[n-1].frame == fr.Number {
		return
	}
	j.packets = append(j.packets, sealed{frame: fr.Number, nanos: fr.Nanos, run: -1, next: -1})
}

// group sorts the selected packets into runs by what is known of their flows now.
func (j *job) group(s *Selection) {
	for i := range j.packets {
		p := &j.packets[i]
		switch {
		case p.flow == nil:
		case !s.time(p.nanos) || !s.flow(p.flow):
			p.flow.skipped++
			p.flow.highHalf(p.seq()) // the count goes on
		case p.flow.sa == nil:
			p.flow.passed++
		default:
			j.link(p, int32(i))
		}
	}
}

// link appends a packet to the run of its flow.
func (j *job) link(p *sealed, at int32) {
	r := j.runOf(p.flow)
	if r.opener == nil {
		p.flow.passed++
	}
	p.run, p.packet.SeqHi = int32(p.flow.runIndex), p.flow.highHalf(p.seq())
	if r.n > 0 {
		j.packets[r.last].next = at
	} else {
		r.first = at
	}
	r.last = at
	r.n++
}

// runOf returns the run of a flow in this job. The flow remembers it: a search
// would cost time in proportion to the number of flows.
func (j *job) runOf(f *Flow) *run {
	if i := f.runIndex; i < len(j.runs) && j.runs[i].flow == f {
		return &j.runs[i]
	}
	f.runIndex = len(j.runs)
	r := run{flow: f, sa: f.sa, transport: f.sa.transport()}
	if f.opener != nil {
		r.opener = f.opener.sa
	}
	j.runs = append(j.runs, r)
	return &j.runs[f.runIndex]
}

// transport reports whether the SA was negotiated in transport mode: IP in IP
// inside it is then a payload like any other.
func (s *SA) transport() bool { return s.IPsecSA != nil && s.Mode == "transport" }
