package pcaps

import (
	"sync"
	"sync/atomic"
)

// Block is a run of frames and the memory they lie in.
type Block struct {
	Frames []Frame

	store  []Frame   // room of Frames, kept when the block is used again
	held   []*memory // memory that Frames point into
	owners atomic.Int32
	pool   *pool
}

// Release gives the memory of the block back; its frames must not be used after.
// It may be called from any goroutine. Every block must be released once, and
// once more for each Retain; a block that is not released is left to the
// garbage collector. To release a block too often is a bug of the caller and
// panics where it is noticed.
func (b *Block) Release() {
	switch n := b.owners.Add(-1); {
	case n > 0:
		return
	case n < 0:
		panic("pcaps: block released twice")
	}
	b.pool.putBlock(b)
}

// Retain adds an owner: the memory is given back when each owner has called
// Release.
func (b *Block) Retain() { b.owners.Add(1) }

// hold keeps m until the block is released.
func (b *Block) hold(m *memory) {
	m.owners.Add(1)
	b.held = append(b.held, m)
}

// memory is a piece of a capture file. Blocks and the reader own it together.
type memory struct {
	buf    []byte
	owners atomic.Int32
}

// pool recycles blocks and memory. What it keeps is bounded by what was in use
// at the same time, since it never makes a piece while one of that size is free.
type pool struct {
	sizes  [3]int // sizes of memory that are kept; others are left to the collector
	mu     sync.Mutex
	free   [3][]*memory
	blocks []*Block
}

// class returns the index in sizes, or -1.
func (p *pool) class(size int) int {
	for i, s := range p.sizes {
		if s == size {
			return i
		}
	}
	return -1
}

// getMemory returns memory of size octets, owned by the caller.
func (p *pool) getMemory(size int) *memory {
	if m := p.recycled(p.class(size)); m != nil {
		m.owners.Store(1)
		return m
	}
	m := &memory{buf: make([]byte, size)}
	m.owners.Store(1)
	return m
}

func (p *pool) recycled(class int) *memory {
	if class < 0 {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.free[class]
	if len(list) == 0 {
		return nil
	}
	m := list[len(list)-1]
	p.free[class] = list[:len(list)-1]
	return m
}

// putMemory ends one ownership of m and reports whether m can be used again.
func (p *pool) putMemory(m *memory) (kept bool) {
	class := p.class(len(m.buf))
	if m.owners.Add(-1) == 0 && class >= 0 {
		p.mu.Lock()
		p.free[class] = append(p.free[class], m)
		p.mu.Unlock()
	}
	return class >= 0
}

// getBlock returns a block without frames, owned by the caller.
func (p *pool) getBlock() *Block {
	p.mu.Lock()
	defer p.mu.Unlock()
	var b *Block
	if n := len(p.blocks); n > 0 {
		b = p.blocks[n-1]
		p.blocks = p.blocks[:n-1]
	} else {
		b = &Block{pool: p}
	}
	b.owners.Store(1)
	return b
}

func (p *pool) putBlock(b *Block) {
	for _, m := range b.held {
		if !p.putMemory(m) {
			// Old frames would keep memory of an unusual size from the collector.
			clear(b.store)
		}
	}
	clear(b.held)
	b.held = b.held[:0]
	b.store = b.store[:0]
	b.Frames = nil
	p.mu.Lock()
	p.blocks = append(p.blocks, b)
	p.mu.Unlock()
}
