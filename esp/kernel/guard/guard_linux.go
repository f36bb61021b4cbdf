package guard

import (
	"os"
	"syscall"
	"testing"
)

// Before returns n octets, zero, that begin where memory begins.
func Before(t testing.TB, n int) []byte {
	all, page := between(t, n)
	return all[page : page+n : page+n]
}

// Behind returns n octets, zero, that end where memory ends.
func Behind(t testing.TB, n int) []byte {
	all, page := between(t, n)
	end := len(all) - page
	return all[end-n : end : end]
}

// between maps whole pages with room for n octets and one page without access
// at either end. They are returned until the test ends.
func between(t testing.TB, n int) (all []byte, page int) {
	t.Helper()
	page = os.Getpagesize()
	size := (n+page-1)/page*page + 2*page
	all, err := syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Munmap(all); err != nil {
			t.Error(err)
		}
	})
	for _, at := range []int{0, size - page} {
		if err := syscall.Mprotect(all[at:at+page], syscall.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	return all, page
}
