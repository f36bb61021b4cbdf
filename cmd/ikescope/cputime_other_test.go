//go:build !unix

package main

import "time"

var testStart = time.Now()

// cpuTime is the time since the test began, for want of processor time.
func cpuTime() time.Duration { return time.Since(testStart) }
