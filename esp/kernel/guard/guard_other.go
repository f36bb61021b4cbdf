//go:build !linux

package guard

import "testing"

// Before skips the test: memory cannot be guarded here.
func Before(t testing.TB, n int) []byte {
	t.Skip("no guarded memory on this system")
	return nil
}

// Behind skips the test: memory cannot be guarded here.
func Behind(t testing.TB, n int) []byte {
	t.Skip("no guarded memory on this system")
	return nil
}
