package analysis

import (
	"net/netip"
	"testing"
)

// Packets under the SPI of an SA that are not its own are looked at once for each
// sample and SA, however often the state is rebuilt.
func TestStrangersAreTriedOnce(t *testing.T) {
	sa := extendedSA(t)
	own := &SA{Flow: &Flow{}}
	own.opener = &opener{sa: sa, owner: own}
	r := newResolver(newFlows(), nil)
	r.bySPI = map[FlowKey][]*SA{{SPI: 7, Protocol: protocolESP}: {own, {}}}
	const strangers = 20
	for i := range byte(strangers) {
		key := FlowKey{Dst: netip.AddrFrom4([4]byte{192, 0, 2, i}), SPI: 7, Protocol: protocolESP}
		r.flows.order = append(r.flows.order, &Flow{Key: key, samples: [][]byte{make([]byte, 64)}})
	}
	before := r.given.trials
	for range 10 {
		for _, f := range r.flows.order {
			if r.tryMoved(f); f.sa != nil {
				t.Fatal("a stranger was taken in")
			}
		}
	}
	if n := before - r.given.trials; n != strangers {
		t.Errorf("%d trials of %d strangers", n, strangers)
	}
	if r.highTrials != strangers*maxHighHalf {
		t.Errorf("%d trials of high halves", r.highTrials)
	}
}

// What goes on elsewhere never makes more numbers lost than there are between the
// first and the last, wherever the second flow begins and ends.
func TestFollowedNumbers(t *testing.T) {
	flowOf := func(high uint32, seqs ...uint32) *Flow {
		f := &Flow{startHigh: high, FirstSeq: seqs[0]}
		for i, seq := range seqs {
			f.add(seq, 100, int64(i+1), int64(i))
		}
		return f
	}
	for name, c := range map[string]struct {
		first, second *Flow
		last, lost    uint64
	}{
		"goes on":                   {flowOf(0, 1, 2, 3), flowOf(0, 4, 5), 5, 0},
		"behind a wrap":             {flowOf(0, 1, 2), flowOf(1, 1, 2), 1<<32 + 2, 1<<32 - 2},
		"sent again, from long ago": {flowOf(3, 1, 2, 3), flowOf(2, 5, 6), 3<<32 + 3, 0},
		"a leap at the end":         {flowOf(0, 1, 2, 3), flowOf(0, 4, 5<<20), 5 << 20, 5<<20 - 5},
		"a leap that is none":       {flowOf(0, 1, 2, 5<<20, 5<<20+1), flowOf(0, 3, 3<<20), 5<<20 + 1, 5<<20 - 5},
	} {
		packets := uint64(c.first.Packets + c.second.Packets)
		c.first.follow(c.second)
		n := c.first.Numbers()
		if n.Last != c.last || n.Lost != c.lost || n.Packets != packets {
			t.Errorf("%s: %+v, want last %d, lost %d, packets %d", name, n, c.last, c.lost, packets)
		}
	}
}
