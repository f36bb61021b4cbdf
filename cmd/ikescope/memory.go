package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// How much memory may wait for the collector, in percent of what is in use.
// Packets allocate nothing, so that half of Go's default costs no time, and bounds
// what floods of messages take. A small heap may wait longer: beside it stand some
// MiB of tables through which every collection goes.
const (
	garbage      = 50
	smallGarbage = 400
	smallHeap    = 16 << 20 // octets
)

// spareMemory leaves a choice of the user's (GOGC) alone.
func spareMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(smallGarbage)
		afterCollection(smallGarbage)
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
	if inUse > smallHeap {
		return garbage
	}
	return smallGarbage
}

// heapInUse returns the octets that the last collection left.
func heapInUse() uint64 {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	return live[0].Value.Uint64()
}
