package replay

// Extender infers 64-bit sequence numbers from their low halves.
type Extender struct {
	highest uint64
	started bool
	leap    Leap
}

// far is the distance of a number ahead that an Extender does not believe at once.
const far = 1 << 24

// StartAt returns an Extender for a capture that starts late: the first packet
// has the given high half.
func StartAt(high uint32) Extender {
	return Extender{highest: uint64(high) << 32}
}

// StartNear returns an Extender that knows the number of one of the first packets.
func StartNear(n uint64) Extender { return Extender{highest: n, started: true} }

// Next returns the extended number of a packet: the one with low half low that
// is nearest to the highest number seen (RFC 4303, appendix A2.2, with a window
// of 2^31). The first packet has the high half that the Extender started with.
// The low 32 bits of the result are always low. A single number far ahead, which
// somebody may have forged, leads no other one away.
func (e *Extender) Next(low uint32) uint64 {
	n := e.infer(low)
	if !e.started || e.leap.Believes(e.highest, n, far) {
		e.highest = max(e.highest, n)
	}
	e.started = true
	return n
}

// infer places low on the side of the highest number (Th, Tl in the appendix)
// that is nearer. There is nothing before number 0.
func (e *Extender) infer(low uint32) uint64 {
	if !e.started {
		return e.highest | uint64(low)
	}
	ahead := int64(int32(low - uint32(e.highest)))
	if ahead < 0 && uint64(-ahead) > e.highest {
		ahead += 1 << 32
	}
	return e.highest + uint64(ahead)
}
