package analysis

import "ikescope/esp"

// worker opens the packets of one job after the other.
type worker struct {
	opts  Options
	esp   esp.Worker
	batch []esp.Packet
	index []int32
	inner []byte // transport mode and AH: rebuilt datagram
}

// maxBatch is how many packets of one SA are opened together.
const maxBatch = 512

func (w *worker) do(j *job) {
	for i := range j.runs {
		w.open(j, &j.runs[i])
	}
	if w.opts.Sink != nil {
		w.render(j)
	}
}

// open opens a run in batches.
func (w *worker) open(j *job, r *run) {
	t := j.totalsOf(r.sa)
	if r.opener == nil {
		t.NoKey += int64(r.n)
		return
	}
	for at := r.first; at >= 0; {
		w.batch, w.index = w.batch[:0], w.index[:0]
		for ; at >= 0 && len(w.batch) < maxBatch; at = j.packets[at].next {
			w.batch = append(w.batch, j.packets[at].packet)
			w.index = append(w.index, at)
		}
		w.esp.Open(r.opener, w.batch)
		for i, at := range w.index {
			j.packets[at].packet = w.batch[i]
			t.count(&w.batch[i])
		}
	}
}

func (j *job) totalsOf(s *SA) *Totals {
	t := j.totals[s]
	if t == nil {
		t = new(Totals)
		j.totals[s] = t
	}
	return t
}

// count adds what became of a packet.
func (t *Totals) count(p *esp.Packet) {
	switch {
	case p.Verdict == esp.OK:
		t.Decrypted++
	case p.Verdict == esp.NotVerified:
		t.Unverified++
	case p.Verdict == esp.ICVFailed:
		t.ICVFailed++
	default:
		t.Damaged++
	}
	if p.Dummy() {
		t.Dummy++
	}
}

// render appends every packet that was opened, in capture order.
func (w *worker) render(j *job) {
	for i := range j.packets {
		p := &j.packets[i]
		if p.ike != nil {
			j.rendered = w.opts.Sink.Append(j.rendered, Inner{Frame: p.frame, Nanos: p.nanos, IKE: p.ike})
			continue
		}
		r := &j.runs[p.run]
		data := w.datagram(p, r.transport)
		if data == nil {
			continue
		}
		j.totalsOf(r.sa).Written++
		j.rendered = w.opts.Sink.Append(j.rendered, Inner{
			Frame: p.frame, Nanos: p.nanos, SA: r.sa, Seq: p.packet.Seq(), SeqHi: p.packet.SeqHi,
			Data: data, Verified: p.packet.Verdict == esp.OK,
		})
	}
}

// datagram returns the IP datagram that was inside a packet: in tunnel mode as
// it was, in transport mode behind the outer header as it had been.
func (w *worker) datagram(p *sealed, transport bool) []byte {
	in := &p.packet
	if in.Inner == nil || in.Dummy() || in.Verdict != esp.OK && !w.opts.Unverified {
		return nil
	}
	if d, _, ok := esp.InnerDatagram(in.NextHeader, in.Inner); ok && !transport {
		return d
	}
	d, err := esp.AppendTransport(w.inner[:0], p.outer.ip, p.outer.headerLen, p.outer.nextOffset, in.NextHeader, in.Inner)
	if err != nil {
		return nil
	}
	w.inner = d
	return d
}
