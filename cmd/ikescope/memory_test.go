package main

import (
	"runtime"
	"testing"
)

// A heap that grew is collected often again.
func TestPercentFollowsTheHeap(t *testing.T) {
	if got := percentFor(smallHeap); got != smallGarbage {
		t.Errorf("small heap: %d %%", got)
	}
	runtime.GC()
	kept := make([]byte, 2*smallHeap)
	runtime.GC()
	if n := heapInUse(); percentFor(n) != garbage {
		t.Errorf("%d octets in use: %d %%", n, percentFor(n))
	}
	runtime.KeepAlive(kept)
}
