//go:build unix

package main

import (
	"syscall"
	"time"
)

// cpuTime is the processor time this process has used, which other processes
// do not disturb as they do the clock.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
