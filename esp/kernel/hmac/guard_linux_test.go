package hmac

import (
	"math/rand/v2"
	"syscall"
	"testing"
)

// TestNothingBehindTheTextIsRead puts messages in front of a page that cannot
// be read.
func TestNothingBehindTheTextIsRead(t *testing.T) {
	page := syscall.Getpagesize()
	memory, err := syscall.Mmap(-1, 0, 3*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Skip(err)
	}
	defer syscall.Munmap(memory)
	for _, guard := range []int{0, 2 * page} {
		if err := syscall.Mprotect(memory[guard:guard+page], syscall.PROT_NONE); err != nil {
			t.Skip(err)
		}
	}
	usable := memory[page : 2*page]
	eachEngine(t, func(t *testing.T, h Hash, e *Engine) {
		rng := rand.New(rand.NewPCG(8, uint64(h)))
		state := NewState(h, nil)
		for range 20 {
			jobs := make([]Job, 1+rng.IntN(40))
			for i := range jobs {
				n := rng.IntN(len(usable) + 1)
				jobs[i] = Job{State: state, Text: usable[len(usable)-n:]}
				if rng.IntN(2) == 0 {
					jobs[i].Text = usable[:n]
				}
			}
			e.Sum(jobs)
		}
	})
}
