package analysis

import (
	"slices"

	"ikescope/esp"
	"ikescope/esp/ipcomp"
)

// worker opens the packets of one job after the other.
type worker struct {
	opts    Options
	esp     *esp.Worker
	open    func([]esp.Batch) // of esp
	batches []esp.Batch
	sas     []*SA        // of batches
	packets []esp.Packet // of all batches
	index   []int32      // their places in the job
	one     [1]esp.Packet

	verifier esp.Verifier

	inner []byte // transport mode and AH: rebuilt datagram
	at    int    // index of the packet that is rendered

	rendered []byte // memory for what a job gives

	table    *table
	expander ipcomp.Expander
}

func newWorker(o Options, t *table) *worker {
	w := &worker{opts: o, table: t, packets: make([]esp.Packet, 0, maxTogether)}
	w.renew()
	return w
}

// maxTogether is how many packets are opened together.
const maxTogether = 512

func (w *worker) do(j *job) {
	for i := range j.runs {
		w.openRun(j, &j.runs[i])
	}
	w.openGathered(j)
	if w.opts.Sink == nil {
		w.look(j)
	} else {
		j.rendered = slices.Grow(w.rendered[:0], j.octets)
		w.render(j)
		w.rendered = j.rendered
	}
}

// openRun opens a run, or gathers its packets to be opened with those of others.
func (w *worker) openRun(j *job, r *run) {
	switch {
	case r.flow.Key.Protocol == protocolIPComp:
		return // nothing to open: render expands
	case r.opener == nil:
		j.totals.of(r.sa).NoKey += int64(r.n)
		return
	case r.flow.Key.Protocol == protocolAH:
		w.verifyAH(j, r, j.totals.of(r.sa))
		return
	}
	for at := r.first; at >= 0; {
		if len(w.packets) == maxTogether {
			w.openGathered(j)
		}
		start := len(w.packets)
		for ; at >= 0 && len(w.packets) < maxTogether; at = j.packets[at].next {
			w.packets = append(w.packets, j.packets[at].packet)
			w.index = append(w.index, at)
		}
		w.batches = append(w.batches, esp.Batch{SA: r.opener, Packets: w.packets[start:]})
		w.sas = append(w.sas, r.sa)
	}
}

// openGathered opens what was gathered, and counts it.
func (w *worker) openGathered(j *job) {
	w.openBatches(j)
	n := 0
	for i := range w.batches {
		t := j.totals.of(w.sas[i])
		for range w.batches[i].Packets {
			p := &w.packets[n]
			j.packets[w.index[n]].packet = *p
			t.count(p)
			n++
		}
	}
	w.batches, w.sas, w.packets, w.index = w.batches[:0], w.sas[:0], w.packets[:0], w.index[:0]
}

// verifyAH verifies the packets of a run one by one: their ICV covers the IP
// header too (RFC 4302, section 3.3.3).
func (w *worker) verifyAH(j *job, r *run, t *Totals) {
	for at := r.first; at >= 0; at = j.packets[at].next {
		p := &j.packets[at]
		if panicked := contained(w.opts.Strict, func() { w.verifyOneAH(p, r.opener) }); panicked != nil {
			p.packet.Verdict, p.packet.Inner = esp.Unopened, nil
			j.faults.note(p.frame, panicked)
		}
		t.note(p.packet.Verdict)
	}
}

func (w *worker) verifyOneAH(p *sealed, sa *esp.SA) {
	in := &p.packet
	in.Verdict, _ = w.esp.VerifyAH(sa, p.outer.ip, int(p.outer.headerLen), in.SeqHi)
	if ah, err := esp.ParseAH(p.outer.ip, int(p.outer.headerLen)); err == nil && in.Missing == 0 {
		in.Inner, in.NextHeader = ah.Payload, ah.NextHeader
	}
}

// count adds what became of a packet.
func (t *Totals) count(p *esp.Packet) {
	t.note(p.Verdict)
	if p.Dummy() {
		t.Dummy++
	}
}

func (t *Totals) note(v esp.Verdict) {
	switch v {
	case esp.OK:
		t.Decrypted++
	case esp.NotVerified:
		t.Unverified++
	case esp.ICVFailed:
		t.ICVFailed++
	case esp.Unopened:
		t.Faulted++
	default:
		t.Damaged++
	}
}

// render appends every packet that was opened, in capture order. A fault costs the
// packet at which it happened.
func (w *worker) render(j *job) {
	for w.at = 0; w.at < len(j.packets); w.at++ {
		panicked := contained(w.opts.Strict, func() {
			for ; w.at < len(j.packets); w.at++ {
				w.renderOne(j, &j.packets[w.at])
			}
		})
		if panicked != nil {
			j.faults.note(j.packets[w.at].frame, panicked)
		}
	}
}

// look takes the protections off that stand inside others, so that their packets
// are counted where nothing is rendered.
func (w *worker) look(j *job) {
	for w.at = 0; w.at < len(j.packets); w.at++ {
		p := &j.packets[w.at]
		if p.run < 0 || !isProtection(p.packet.NextHeader) && j.runs[p.run].transport {
			continue
		}
		panicked := contained(w.opts.Strict, func() {
			if r := &j.runs[p.run]; w.writable(p, r) {
				w.datagram(j, p, r)
			}
		})
		if panicked != nil {
			j.faults.note(p.frame, panicked)
		}
	}
}

func (w *worker) renderOne(j *job, p *sealed) {
	if p.flow == nil && p.next >= 0 {
		w.renderIKE(j, p)
	}
	if p.run < 0 {
		return
	}
	r := &j.runs[p.run]
	if !w.writable(p, r) {
		return
	}
	data, whole := w.datagram(j, p, r)
	if !whole {
		j.totals.of(r.sa).Opaque++
	}
	if data == nil {
		return
	}
	j.rendered = w.opts.Sink.Append(j.rendered, Inner{
		Frame: p.frame, Nanos: p.nanos, SA: r.sa, Seq: p.seq(), SeqHi: p.packet.SeqHi,
		Data: data, Verified: p.packet.Verdict == esp.OK,
	})
	j.totals.of(r.sa).Written++
}

func (w *worker) renderIKE(j *job, p *sealed) {
	for _, m := range j.messages[p.next] {
		j.rendered = w.opts.Sink.Append(j.rendered, Inner{Frame: p.frame, Nanos: p.nanos, IKE: m})
	}
}

// writable reports whether a packet was opened and has something inside that may
// be passed on.
func (w *worker) writable(p *sealed, r *run) bool {
	in := &p.packet
	if r.flow.Key.Protocol == protocolIPComp {
		in.Inner, in.NextHeader, in.Verdict = in.Data, protocolIPComp, esp.OK
	}
	return in.Inner != nil && !in.Dummy() && w.passes(in.Verdict)
}

// datagram returns the IP datagram that was inside a packet: in tunnel mode as
// it was, in transport mode behind the outer header as it had been. Where that is
// protected once more, what is inside of it, or, where it could not be opened, it
// as it stands there; whole is then false. It is nil for what is no datagram.
func (w *worker) datagram(j *job, p *sealed, r *run) (d []byte, whole bool) {
	in := &p.packet
	if !r.transport { // the usual case, without any protection inside
		if d, _, ok := esp.InnerDatagram(in.NextHeader, in.Inner); ok {
			if _, protected := protectedInside(d); !protected {
				return d, true
			}
		}
	}
	return w.unwrap(j, p, layer{
		header: p.outer.ip[:p.outer.headerLen], nextOffset: int(p.outer.nextOffset),
		next: in.NextHeader, payload: in.Inner, src: r.flow.Src, dst: r.flow.Key.Dst, tunnel: !r.transport,
	})
}
