//go:build unix && !aix && !solaris

package main

import (
	"os"
	"runtime"
	"syscall"
)

// peak is the most memory that a child had resident, in octets. Most systems
// count in KiB, Apple's in octets (getrusage(2)).
func peak(s *os.ProcessState) int64 {
	u, ok := s.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return int64(u.Maxrss)
	}
	return int64(u.Maxrss) << 10
}
