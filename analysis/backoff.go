package analysis

import "slices"

// Limits on what counts as packets that are sent again and again.
const (
	leastBulky  = 1000  // octets: smaller packets pass any path
	leastWait   = 150e6 // nanoseconds: shorter gaps are those of a stream
	longestWait = 2e9   // before the first repetition
	leastRounds = 5     // one packet and four repetitions are no accident
	maxRepeated = 8     // frames that are kept of one connection
	maxStuck    = 4     // connections that are followed
	mostAtOnce  = 8     // packets of one round, of connections that were opened together
)

// backoff watches the packets of a flow that are as long as its longest: whether they
// come at intervals that double, as TCP sends again what nobody acknowledges (RFC
// 6298, section 5.5). What is inside need not be known for that. Several connections
// may be stuck, each in its own time. Where a large packet is no repetition, nor
// repeated itself, large packets arrive, and nothing is stuck.
type backoff struct {
	chains []chain
}

// chain is a packet, or the first window of segments, with the rounds of its
// repetitions. Connections that were opened together repeat together: a round has as
// many packets as the one before at most.
type chain struct {
	last   int64 // time of the latest packet, in nanoseconds
	mark   int64 // from which the next wait counts: the first packet of a round, of the first round the last
	gap    int64 // between the latest two rounds
	frames [maxRepeated]int64
	rounds int32
	size   int32 // packets of the latest round
	room   int32 // for packets in it

	// Something came at once behind the latest round: perhaps it arrived, and the
	// connection goes on. The next round shows that it was another one.
	doubted bool
}

// bulky notes a packet that is not shorter than any before.
func (f *Flow) bulky(octets int, frame, nanos int64) {
	if octets < leastBulky {
		return
	}
	if f.large == nil {
		f.large = &backoff{chains: make([]chain, 0, 1)}
	}
	if octets > f.Largest { // another segment, not the same again
		f.large.chains = f.large.chains[:0]
	}
	f.large.add(frame, nanos)
}

func (b *backoff) add(frame, nanos int64) {
	if b.passing(nanos) {
		b.chains = b.chains[:0]
	}
	best, least := -1, int64(0)
	for i := range b.chains {
		if misfit, ok := b.chains[i].fits(nanos, len(b.chains) > 1); ok && (best < 0 || misfit < least) {
			best, least = i, misfit
		}
	}
	if best >= 0 {
		b.chains[best].take(frame, nanos)
		return
	}
	if len(b.chains) == maxStuck {
		b.chains = b.chains[:0]
	}
	for i := range b.chains {
		c := &b.chains[i]
		c.doubted = c.doubted || c.rounds > 1 && nanos-c.last < leastWait
	}
	c := chain{last: nanos, mark: nanos, rounds: 1, size: 1}
	c.frames[0] = frame
	b.chains = append(b.chains, c)
}

// fits reports whether a packet may belong to the chain, and how far its wait is
// from twice the one before, in thousandths of that. The more chains there are, the
// nearer must it be, since chance fits one of them.
func (c *chain) fits(nanos int64, strict bool) (misfit int64, ok bool) {
	const anywhere = 1000
	wait := nanos - c.mark
	switch {
	case nanos-c.last < leastWait:
		return 0, c.rounds == 1 || c.size < c.room
	case c.rounds == 1:
		return anywhere, wait <= longestWait
	}
	misfit = wait/(c.gap/1000) - 2000
	low, high := int64(-300), int64(400)
	if strict {
		low, high = -100, 100
	}
	return max(misfit, -misfit), low <= misfit && misfit <= high
}

// take adds a packet that fits.
func (c *chain) take(frame, nanos int64) {
	switch {
	case nanos-c.last >= leastWait:
		c.room = mostAtOnce
		if c.rounds > 1 {
			c.room = c.size
		}
		c.gap, c.mark, c.size = nanos-c.mark, nanos, 1
		if c.rounds < maxRepeated {
			c.frames[c.rounds] = frame
		}
		c.rounds++
		c.doubted = false
	case c.rounds == 1:
		c.frames[0], c.mark = frame, nanos
	default:
		c.size++
	}
	c.last = nanos
}

// passing reports whether large packets arrive, as a chain shows that ended early.
func (b *backoff) passing(nanos int64) bool {
	for i := range b.chains {
		if b.chains[i].endedEarly(nanos) {
			return true
		}
	}
	return false
}

// endedEarly reports whether what must have come next did not come, after too few
// repetitions to call it stuck.
func (c *chain) endedEarly(nanos int64) bool {
	if c.rounds == 1 {
		return nanos-c.last > longestWait
	}
	return c.rounds < leastRounds && (nanos-c.mark)/9*4 > c.gap
}

// Repeated lists, for each connection that seems to be stuck, packets that are as
// long as the flow's longest and came each after about twice the wait of the one
// before: up to the first eight of at least five.
func (f *Flow) Repeated() (all [][]int64) {
	if f.large == nil {
		return nil
	}
	for _, c := range f.large.chains {
		if c.rounds >= leastRounds && !c.doubted {
			all = append(all, slices.Clone(c.frames[:min(c.rounds, maxRepeated)]))
		}
	}
	return all
}
