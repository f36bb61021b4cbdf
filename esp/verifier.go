package esp

// Verifier verifies samples of many SAs. It keeps its memory from one to the next;
// the zero value is ready, and it belongs to one goroutine.
type Verifier struct {
	scratch scratch
	copy    []byte
	packet  [1]Packet
	batch   [1]Batch
}

// Verify reports whether the ICV of the ESP packet p is right under sa, and leaves
// p as it is. It is false for an SA without integrity.
func (v *Verifier) Verify(sa *SA, p []byte, seqHi uint32) bool {
	v.copy = append(v.copy[:0], p...)
	v.packet[0] = Packet{Data: v.copy, SeqHi: seqHi}
	v.batch[0] = Batch{SA: sa, Packets: v.packet[:]}
	sa.frame(v.packet[:])
	if !v.packet[0].live {
		return false
	}
	if v.scratch.verifyTogether(v.batch[:]); !v.batch[0].decided {
		sa.transform.session(sa, &v.scratch).verify(v.packet[:])
	}
	return v.packet[0].Verdict == OK
}
