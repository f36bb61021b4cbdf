package hmac

import (
	"fmt"
	"io"
	"sync"
)

// State is one key, ready for use: the states of the hash behind the block
// K ^ ipad and behind K ^ opad (RFC 2104, section 2). It is as secret as the
// key and never prints itself.
type State struct {
	inner, outer words
}

const (
	ipad = 0x36
	opad = 0x5c
)

// NewState prepares a key of at most h.BlockSize() octets; a longer one is the
// caller's bug and panics. It returns nil where no kernel can compute it.
func NewState(h Hash, key []byte) *State {
	ks := kernels[h]
	if len(ks) == 0 {
		return nil
	}
	f := &functions[h]
	if len(key) > f.block() {
		panic("hmac: key longer than a block")
	}
	p := padders.Get().(*padder)
	defer padders.Put(p)
	return &State{
		inner: f.keyed(&ks[len(ks)-1], p, key, ipad),
		outer: f.keyed(&ks[len(ks)-1], p, key, opad),
	}
}

// padder is what preparing a key needs for a moment: there may be many keys.
type padder struct {
	lanes lanes
	block [maxBlock]byte
}

var padders = sync.Pool{New: func() any { return new(padder) }}

// keyed returns the state behind a block of the key and zeros, each octet
// with pad added.
func (f *function) keyed(k *kernel, p *padder, key []byte, pad byte) words {
	defer clear(p.block[:])
	copy(p.block[:], key)
	for i := range p.block {
		p.block[i] ^= pad
	}
	for i := range p.lanes.text {
		p.lanes.text[i] = &p.block[0]
	}
	f.set(&p.lanes, 0, &f.iv)
	k.blocks(&p.lanes, 1)
	return f.get(&p.lanes, 0)
}

const redacted = "hmac state"

// String never shows the state.
func (s *State) String() string { return redacted }

// GoString is String.
func (s *State) GoString() string { return redacted }

// Format writes String whatever the verb is.
func (s *State) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) }

// MarshalText gives String.
func (s *State) MarshalText() ([]byte, error) { return []byte(redacted), nil }
