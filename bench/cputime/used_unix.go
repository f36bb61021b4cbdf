//go:build unix

package cputime

import (
	"syscall"
	"time"
)

// Used is the processor time that this process has taken so far, in its own code
// and in the system's.
func Used() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic("cputime: " + err.Error())
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
