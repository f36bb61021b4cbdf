package analysis

import (
	"ikescope/decode"
	"ikescope/esp"
	"ikescope/ikestate"
	"ikescope/pcaps"
)

// job is a block of frames on its way through a worker. The reader fills
// packets in capture order; the worker opens them flow by flow, so that a kernel
// sees many packets of one SA at once, and renders them in capture order again.
type job struct {
	block    *pcaps.Block
	packets  []sealed
	runs     []run
	rendered []byte
	nested   []nested
	totals   map[*SA]*Totals
	err      error
	done     chan struct{}
}

// sealed is an IPsec packet, or an IKE message to be passed on.
type sealed struct {
	run    int32 // index in job.runs
	ike    *ikestate.Message
	frame  int64
	nanos  int64
	outer  outer
	seqHi  uint32
	packet esp.Packet
	next   int32 // index of the next packet of the same flow, -1 at the end
}

// outer is what transport mode needs of the IP header.
type outer struct {
	ip         []byte
	headerLen  int
	nextOffset int
}

// run is the packets of one flow in a job, linked by sealed.next. It holds what
// the worker needs of the flow, since a stream's reader may learn more meanwhile.
type run struct {
	flow        *Flow
	sa          *SA
	opener      *esp.SA // nil: no key
	transport   bool
	first, last int32
	n           int
}

func (j *job) reset(b *pcaps.Block) {
	j.block, j.err = b, nil
	j.packets, j.runs, j.rendered, j.nested = j.packets[:0], j.runs[:0], j.rendered[:0], j.nested[:0]
	clear(j.totals)
}

// add appends an IPsec packet to the run of its flow.
func (j *job) add(f *Flow, p *decode.Packet, fr *pcaps.Frame) {
	at, r := int32(len(j.packets)), j.runOf(f)
	seqHi := f.highHalf(p.Seq)
	j.packets = append(j.packets, sealed{
		run: int32(f.runIndex), frame: fr.Number, nanos: fr.Nanos, next: -1,
		outer:  outer{p.IP, p.IPHeaderLen, p.NextHeaderOffset},
		packet: esp.Packet{Data: p.Payload, SeqHi: seqHi, Missing: p.Missing},
	})
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
