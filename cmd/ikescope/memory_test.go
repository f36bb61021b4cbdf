package main

import (
	"math"
	"runtime"
	"testing"
)

// A heap that grew is collected often again.
func TestPercentFollowsTheHeap(t *testing.T) {
	const small = 8 << 20
	if got := percentFor(small); got != 400 {
		t.Errorf("small heap: %d %%", got)
	}
	if got := percentFor(math.MaxUint64); got != 50 {
		t.Errorf("full memory: %d %%", got)
	}
	runtime.GC()
	kept := make([]byte, 2*small)
	runtime.GC()
	if n := heapInUse(); percentFor(n) != 100 {
		t.Errorf("%d octets in use: %d %%", n, percentFor(n))
	}
	runtime.KeepAlive(kept)
}
