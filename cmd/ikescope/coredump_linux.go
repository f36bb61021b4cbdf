package main

import "golang.org/x/sys/unix"

// forbidCoreDumps keeps secrets out of the files that a crash leaves behind, and
// other programs of the same user out of this one's memory. A limit alone is not
// enough, since a program that takes dumps over a pipe is not bound by it
// (core(5)). Where the system refuses, the work goes on.
func forbidCoreDumps() {
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
	_ = unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
}
