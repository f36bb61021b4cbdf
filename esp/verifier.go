package esp

// Verifier verifies samples of many SAs. It keeps its memory from one to the next;
// the zero value is ready, and it belongs to one goroutine.
type Verifier struct {
	scratch scratch
	copy    []byte
	batch   [1]Packet
}

// Verify reports whether the ICV of the ESP packet p is right under sa, and leaves
// p as it is. It is false for an SA without integrity.
func (v *Verifier) Verify(sa *SA, p []byte, seqHi uint32) bool {
	v.copy = append(v.copy[:0], p...)
	v.batch[0] = Packet{Data: v.copy, SeqHi: seqHi}
	batch := v.batch[:]
	sa.frame(batch)
	if !batch[0].live {
		return false
	}
	sa.transform.session(sa, &v.scratch).verify(batch)
	return batch[0].Verdict == OK
}
