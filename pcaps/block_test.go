package pcaps

import (
	"math/rand/v2"
	"testing"
)

// Memory of the usual sizes is used again, other memory is not kept.
func TestPoolSizes(t *testing.T) {
	p := &pool{sizes: [3]int{100, 50, 10}}
	for _, size := range p.sizes {
		m := p.getMemory(size)
		if len(m.buf) != size || !p.putMemory(m) {
			t.Errorf("%d: %d octets", size, len(m.buf))
		}
		if again := p.getMemory(size); again != m {
			t.Errorf("%d: not used again", size)
		}
	}
	m := p.getMemory(77)
	if len(m.buf) != 77 || p.putMemory(m) {
		t.Error("memory of an unusual size was kept")
	}
}

// Memory is free when its last owner lets it go, in whatever order.
func TestMemoryOwners(t *testing.T) {
	p := &pool{sizes: [3]int{100, 50, 10}}
	m := p.getMemory(100)
	a, b := p.getBlock(), p.getBlock()
	a.hold(m)
	b.hold(m)
	a.Retain()
	p.putMemory(m)
	a.Release()
	b.Release()
	if len(p.free[0]) != 0 || len(p.blocks) != 1 {
		t.Fatalf("%d pieces free, %d blocks", len(p.free[0]), len(p.blocks))
	}
	a.Release()
	if len(p.free[0]) != 1 || len(p.blocks) != 2 {
		t.Errorf("%d pieces free, %d blocks", len(p.free[0]), len(p.blocks))
	}
}

// A recycled block has no frames, and none of memory that is gone.
func TestRecycledBlock(t *testing.T) {
	p := &pool{sizes: [3]int{100, 50, 10}}
	b, m := p.getBlock(), p.getMemory(1000)
	b.hold(m)
	b.store = append(b.store, Frame{Data: m.buf})
	b.Frames = b.store
	p.putMemory(m)
	b.Release()
	again := p.getBlock()
	if again != b || again.Frames != nil || len(again.held) != 0 {
		t.Errorf("%+v", again)
	}
	if again.store[:1][0].Data != nil {
		t.Error("memory of an unusual size is still referred to")
	}
}

// The heap gives the captures in order, and second is what would come next.
func TestMergeHeap(t *testing.T) {
	for seed := range uint64(50) {
		rnd := rand.New(rand.NewPCG(seed, 2))
		captures := make([]*capture, 1+rnd.IntN(20))
		for i := range captures {
			captures[i] = &capture{index: i, queue: queue{key: int64(rnd.IntN(8)), began: int64(rnd.IntN(3))}}
		}
		var h mergeHeap
		h.init(captures)
		for len(h) > 0 {
			first, second := h[0], h.second()
			for _, c := range h {
				if c != first && before(c.key, c, first) {
					t.Fatal("not the first")
				}
				if c != first && second != c && before(c.key, c, second) {
					t.Fatal("not the second")
				}
			}
			if rnd.IntN(2) == 0 {
				h.drop()
			} else if first.key += int64(rnd.IntN(4)); first.key > 20 {
				h.drop()
			} else {
				h.fix()
			}
		}
	}
}
