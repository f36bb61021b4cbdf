//go:build unix && !linux

package main

import "golang.org/x/sys/unix"

// forbidCoreDumps keeps secrets out of the files that a crash leaves behind. Where
// the system refuses, the work goes on.
func forbidCoreDumps() { _ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}) }
