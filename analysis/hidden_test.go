package analysis

import (
	"testing"

	"ikescope/esp"
	"ikescope/suite"
)

// The high half of a number that was not sent is that with which the packet
// verifies, in whatever order packets come; wrong packets cost a bounded search.
func TestHighHalfOfPacketsInside(t *testing.T) {
	null, _ := suite.CipherByName("null")
	sha1, _ := suite.IntegrityByName("hmac-sha1-96")
	sa, err := esp.NewSA(esp.Params{SPI: 7, Cipher: null, Integrity: sha1, IntegrityKey: make([]byte, 20), ESN: true})
	if err != nil {
		t.Fatal(err)
	}
	var h highs
	for _, right := range []uint32{0, 0, 1, 0, 1, 2, 3, 4096, 4095, 4096, 4097, 7} {
		trials := 0
		got := h.find(sa, func(high uint32) bool { trials++; return high == right })
		if got != right {
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
