package main

import (
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// garbage is how much memory may wait for the collector, in percent of what is in
// use, up to so many octets of that. A small heap may wait long: beside it stand some
// MiB of tables through which every collection goes. In a large one half of Go's
// default bounds what floods take; packets allocate nothing.
var garbage = []struct {
	inUse   uint64
	percent int
}{
	{8 << 20, 400},
	{192 << 20, 100},
	{math.MaxUint64, 50},
}

// spareMemory leaves a choice of the user's (GOGC) alone.
func spareMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage[0].percent)
		afterCollection(garbage[0].percent)
	}
}

// afterCollection fits the percentage to the heap that the next collection leaves.
func afterCollection(percent int) {
	type witness struct{ _ *byte } // with a pointer it has memory of its own
	runtime.SetFinalizer(new(witness), func(*witness) {
		fitting := percentFor(heapInUse())
		if fitting != percent {
			debug.SetGCPercent(fitting)
		}
		afterCollection(fitting)
	})
}

func percentFor(inUse uint64) int {
	row := 0
	for inUse > garbage[row].inUse {
		row++
	}
	return garbage[row].percent
}

// heapInUse returns the octets that the last collection left.
func heapInUse() uint64 {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	return live[0].Value.Uint64()
}
