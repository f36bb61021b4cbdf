package secrets

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every kind of entry has its place, and a reader may stop at each.
func TestSources(t *testing.T) {
	at := func(line int) Source { return Source{File: "s", Line: line} }
	r := &Ring{
		PSKs: []PSK{{Source: at(1)}}, PPKs: []PPK{{Source: at(2)}}, DHs: []DH{{Source: at(3)}, {Source: at(4)}}, ISAKMPs: []ISAKMP{{Source: at(5)}},
		IKEv2s: []IKEv2{{Source: at(6)}}, ESPs: []ESP{{Source: at(7)}}, RSAKeys: []RSAKey{{Source: at(8)}},
	}
	all := slices.Collect(r.Sources())
	if n := r.Len(); len(all) != n {
		t.Fatalf("%d of %d entries", len(all), n)
	}
	for i := range all {
		var first []Source
		for s := range r.Sources() {
			if first = append(first, s); len(first) == i+1 {
				break
			}
		}
		if d := cmp.Diff(all[:i+1], first); d != "" || all[i].Line != i+1 {
			t.Error(i, d)
		}
	}
}
