package analysis

import (
	"net/netip"
	"slices"
	"testing"

	"ikescope/esp"
	"ikescope/secrets"
	"ikescope/suite"
)

// extendedSA is an SA with extended sequence numbers.
func extendedSA(t *testing.T) *esp.SA {
	t.Helper()
	null, _ := suite.CipherByName("null")
	sha1, _ := suite.IntegrityByName("hmac-sha1-96")
	sa, err := esp.NewSA(esp.Params{SPI: 7, Cipher: null, Integrity: sha1, IntegrityKey: make([]byte, 20), ESN: true})
	if err != nil {
		t.Fatal(err)
	}
	return sa
}

// The high half of a number that was not sent is that with which the packet
// verifies, in whatever order packets come; wrong packets cost a bounded search.
func TestHighHalfOfPacketsInside(t *testing.T) {
	sa := extendedSA(t)
	var h highs
	for _, right := range []uint32{0, 0, 1, 0, 1, 2, 3, 4096, 4095, 4096, 4097, 7} {
		if got := h.find(sa, func(high uint32) bool { return high == right }); got != right {
			t.Errorf("%d for %d", got, right)
		}
	}
	all := 0
	for range 100 {
		if got := h.find(sa, func(uint32) bool { all++; return false }); got != 7 {
			t.Errorf("%d, want the latest one", got)
		}
	}
	if all > 2*maxHighHalf+300 {
		t.Errorf("%d trials for 100 packets", all)
	}
	p := sa.Params()
	p.ESN = false
	if plain, err := esp.NewSA(p); err != nil || h.find(plain, func(uint32) bool { return true }) != 0 {
		t.Error("a high half without extended sequence numbers", err)
	}
}

// Where a reading was broken off, an SA may have keys and no packets. Of several that
// began with one packet the order is theirs, not that in which workers found them.
func TestAdopt(t *testing.T) {
	sa := func(first int64, spi uint32) *SA {
		return &SA{Flow: &Flow{Key: FlowKey{SPI: spi}, First: first}}
	}
	a, b, c := sa(3, 1), sa(3, 2), sa(5, 0)
	for _, found := range [][]*SA{{a, b, {}, c}, {c, {}, b, a}, {{}, b, c, a}} {
		r := newResolver(newFlows(), nil)
		r.table.found = found
		if r.adopt(); !slices.Equal(r.supplied, []*SA{a, b, c}) {
			t.Errorf("%v", r.supplied)
		}
	}
}

// A packet inside of which nobody has the keys costs no memory once they were tried.
func TestPacketsInsideWithoutKeys(t *testing.T) {
	ring := &secrets.Ring{ESPs: []secrets.ESP{{Protocol: protocolESP, SPI: 1}}}
	w := newWorker(Options{}, &newResolver(newFlows(), ring).table)
	l := layer{payload: make([]byte, 100), dst: netip.IPv6Loopback()}
	j := newJob()
	try := func() {
		j.nested = j.nested[:0]
		if _, opened := w.openNested(j, &sealed{run: -1}, l); opened {
			t.Fatal("opened")
		}
	}
	for range samplesPerFlow {
		try()
	}
	if n := testing.AllocsPerRun(100, try); n != 0 {
		t.Errorf("%v allocations for a packet", n)
	}
}
