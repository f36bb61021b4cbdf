package des

import (
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"unsafe"
)

// Batch gathers the blocks of chains into slices, and decrypts a slice when it
// is full. It is the memory of one goroutine.
//
//	b.Start(c)
//	b.Add(chain) // any number of times
//	b.Finish()
type Batch struct {
	kernel *kernel
	cipher *Cipher

	masks    masks
	expanded *Cipher // whose masks they are

	// in has the ciphertext of the slice, planes is the kernel's, out is what
	// the cipher makes of in. Each is as long as the slice and begins at a
	// multiple of a cache line.
	in, planes, out []byte

	gathered int      // octets of in
	spans    [][]byte // where they came from, each behind the block in front of it
}

// NewBatch returns a batch for the best kernel that this processor has.
func NewBatch() *Batch {
	for i := range kernels {
		if k := &kernels[i]; k.present {
			return newBatch(k)
		}
	}
	panic("des: no kernel")
}

func newBatch(k *kernel) *Batch {
	const line = 64
	length := k.blocks * BlockLen
	memory := make([]byte, line+3*length)
	memory = memory[-uintptr(unsafe.Pointer(&memory[0]))%line:]
	return &Batch{
		kernel: k,
		in:     memory[:length:length],
		planes: memory[length : 2*length : 2*length],
		out:    memory[2*length : 3*length : 3*length],
		spans:  make([][]byte, 0, k.blocks),
	}
}

// Start says which key the next chains are for.
func (b *Batch) Start(c *Cipher) {
	if b.gathered != 0 {
		panic("des: Start before Finish")
	}
	b.cipher = c
}

// Add takes a chain, which will be decrypted in place at the latest when
// Finish returns: an IV of one block, which stays, and any number of blocks of
// ciphertext. Chains must not overlap. A chain that is no whole number of
// blocks, or has no IV, is a panic.
//
// Blocks are taken from the chain's end, so that those in front of them are
// still ciphertext when the slice is decrypted.
func (b *Batch) Add(chain []byte) {
	if len(chain) == 0 || len(chain)%BlockLen != 0 {
		panic(fmt.Sprintf("des: chain of %d octets", len(chain)))
	}
	for end := len(chain); end > BlockLen; {
		n := min(end-BlockLen, len(b.in)-b.gathered)
		start := end - n
		copy(b.in[b.gathered:], chain[start:end])
		b.spans = append(b.spans, chain[start-BlockLen:end])
		b.gathered += n
		end = start
		if b.gathered == len(b.in) {
			b.decrypt()
		}
	}
}

// Finish decrypts what is left.
func (b *Batch) Finish() {
	if b.gathered >= b.kernel.from*BlockLen {
		b.decrypt()
		return
	}
	for _, s := range b.spans {
		decryptOneByOne(b.cipher.block, s)
	}
	b.empty()
}

func (b *Batch) empty() {
	clear(b.spans)
	b.spans = b.spans[:0]
	b.gathered = 0
}

// decrypt puts the slice through the kernel: P[i] = D(C[i]) xor C[i-1].
func (b *Batch) decrypt() {
	if b.expanded != b.cipher {
		b.kernel.expand(b.cipher, &b.masks)
		b.expanded = b.cipher
	}
	b.kernel.decrypt(b, b.cipher.stages)
	at := 0
	for _, s := range b.spans {
		iv, text := s[:BlockLen], s[BlockLen:]
		out, in := b.out[at:at+len(text)], b.in[at:at+len(text)]
		first := binary.LittleEndian.Uint64(iv) ^ binary.LittleEndian.Uint64(out)
		binary.LittleEndian.PutUint64(text, first)
		subtle.XORBytes(text[BlockLen:], out[BlockLen:], in)
		at += len(text)
	}
	b.empty()
}

func decryptOneByOne(block cipher.Block, chain []byte) {
	for end := len(chain); end > BlockLen; end -= BlockLen {
		text := chain[end-BlockLen : end]
		block.Decrypt(text, text)
		subtle.XORBytes(text, text, chain[end-2*BlockLen:])
	}
}
