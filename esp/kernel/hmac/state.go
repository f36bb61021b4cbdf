package hmac

import (
	"fmt"
	"io"
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
	s, l := new(State), new(lanes)
	s.inner = f.keyed(&ks[len(ks)-1], l, key, ipad)
	s.outer = f.keyed(&ks[len(ks)-1], l, key, opad)
	return s
}

// keyed returns the state behind a block of the key and zeros, each octet
// with pad added.
func (f *function) keyed(k *kernel, l *lanes, key []byte, pad byte) words {
	block := make([]byte, maxBlock)
	copy(block, key)
	for i := range block {
		block[i] ^= pad
	}
	for i := range l.text {
		l.text[i] = &block[0]
	}
	f.set(l, 0, &f.iv)
	k.blocks(l, 1)
	return f.get(l, 0)
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
