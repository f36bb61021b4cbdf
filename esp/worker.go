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
}

type cached struct {
	sa *SA
	session
}

// Open verifies and decrypts packets of sa and fills their verdicts. Data of
// packets that are not opened stays as it was. Once the worker has seen the
// SA, a packet of that length and a batch of that size, nothing is allocated.
func (w *Worker) Open(sa *SA, batch []Packet) {
	w.scratch.unverified = w.Unverified
	s := w.session(sa)
	sa.frame(batch)
	s.verify(batch)
	s.decrypt(batch)
	sa.readTrailers(batch)
}

func (w *Worker) session(sa *SA) *cached {
	c := &w.sessions[sa.id%sessionSlots]
	if c.sa != sa {
		*c = cached{sa, sa.transform.session(sa, &w.scratch)}
	}
	return c
}
