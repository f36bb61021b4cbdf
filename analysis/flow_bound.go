package analysis

import "slices"

// forget makes room where the SAs of too many flows are unknown: an eighth of them
// goes, those with the fewest packets, of these the oldest. A flood of made-up SPIs
// thus pushes out itself. What is forgotten is counted.
func (t *flows) forget() {
	packets := t.scratch[:0]
	for _, f := range t.order {
		if f.sa == nil {
			packets = append(packets, f.Packets)
		}
	}
	t.scratch = packets
	excess := len(packets) - maxUnknown/8*7
	if excess > 0 {
		slices.Sort(packets)
		t.drop(packets[excess-1], excess)
	}
	t.full = len(t.order) + maxUnknown/8
}

// drop forgets n flows of at most that many packets whose SAs are unknown.
func (t *flows) drop(packets int64, n int) {
	t.order = slices.DeleteFunc(t.order, func(f *Flow) bool {
		if n == 0 || f.sa != nil || f.Packets > packets {
			return false
		}
		n--
		t.more += f.Packets
		for _, s := range f.samples {
			t.sampled -= len(s)
		}
		for _, d := range f.datagrams {
			t.sampled -= len(d.octets)
		}
		if f.Series != nil {
			t.plotted--
		}
		delete(t.byKey, f.Key)
		return true
	})
	t.fresh = slices.DeleteFunc(t.fresh, func(f *Flow) bool { return t.byKey[f.Key] != f })
	if t.last != nil && t.byKey[t.last.Key] == nil {
		t.last = nil
	}
}
