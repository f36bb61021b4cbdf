package esp

// sessionSlots bounds how many SAs a worker keeps prepared. An SA whose slot
// another one took is prepared again, which costs a few microseconds a batch.
const sessionSlots = 64

// Worker opens packets. It holds one goroutine's scratch memory and prepared
// hash states; the zero value is ready. It must not be copied after its first
// use.
type Worker struct {
	// Unverified lets Open decrypt packets whose ICV failed: their verdict
	// stays ICVFailed, and Inner holds what the key makes of them if the
	// trailer can be read.
	Unverified bool

	scratch  scratch
	sessions [sessionSlots]cached
	one      [1]Batch
}

type cached struct {
	sa *SA
	session
}

// Batch is packets of one SA.
type Batch struct {
	SA      *SA
	Packets []Packet

	decided bool // their ICVs were verified or refuted
}

// Open verifies and decrypts packets of sa and fills their verdicts. Data of
// packets that are not opened stays as it was. Once the worker has seen the
// SA, a packet of that length and a batch of that size, nothing is allocated.
func (w *Worker) Open(sa *SA, batch []Packet) {
	w.one[0] = Batch{SA: sa, Packets: batch}
	w.OpenAll(w.one[:])
	w.one[0] = Batch{}
}

// OpenAll is Open for packets of several SAs. The ICVs of all of them are computed
// side by side, so that it does not matter how few packets each SA has.
func (w *Worker) OpenAll(batches []Batch) {
	w.scratch.unverified = w.Unverified
	for i := range batches {
		b := &batches[i]
		b.SA.frame(b.Packets)
		b.decided = false
	}
	w.scratch.verifyTogether(batches)
	for i := range batches {
		b := &batches[i]
		s := w.session(b.SA)
		if !b.decided {
			s.verify(b.Packets)
		}
		s.decrypt(b.Packets)
		b.SA.readTrailers(b.Packets)
	}
}

func (w *Worker) session(sa *SA) *cached {
	c := &w.sessions[sa.id%sessionSlots]
	if c.sa != sa {
		*c = cached{sa, sa.transform.session(sa, &w.scratch)}
	}
	return c
}
