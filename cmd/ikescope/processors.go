package main

import (
	"os"
	"runtime"
)

// processors is how many workers open packets unless the user says otherwise.
var processors = runtime.GOMAXPROCS(0)

// spareProcessor gives Go's scheduler one processor more than there are workers.
// Without, it takes that of a worker away for as long as the kernel reads or writes
// a block for it, and to get it back costs more than such a call. A choice of the
// user's (GOMAXPROCS) is left alone.
func spareProcessor() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(processors + 1)
	}
}
