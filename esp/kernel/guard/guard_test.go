//go:build linux

package guard

import (
	"os"
	"runtime/debug"
	"testing"
	"unsafe"
)

// readable reports whether the octet at p can be read.
func readable(p *byte) (ok bool) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() { ok = recover() == nil }()
	return *p == 0
}

func offset(b []byte, n int) *byte {
	return (*byte)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(b)), n))
}

func TestGuards(t *testing.T) {
	for _, n := range []int{1, 15, 16, 4095, 4096, 5000, os.Getpagesize()} {
		b, e := Before(t, n), Behind(t, n)
		if len(b) != n || len(e) != n {
			t.Fatalf("%d and %d octets, want %d", len(b), len(e), n)
		}
		b[0], b[n-1], e[0], e[n-1] = 1, 1, 1, 1
		if readable(offset(b, -1)) {
			t.Errorf("%d octets: the one before can be read", n)
		}
		if readable(offset(e, n)) {
			t.Errorf("%d octets: the one behind can be read", n)
		}
		if !readable(offset(e, n-1)) {
			t.Errorf("%d octets: the last cannot be read", n)
		}
	}
}
