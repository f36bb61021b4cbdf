//go:build !unix

package main

// forbidCoreDumps has nothing to do: crashes leave no memory behind here unless
// the system was set up for it.
func forbidCoreDumps() {}
