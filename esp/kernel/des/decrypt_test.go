package des

import (
	"bytes"
	"crypto/cipher"
	stddes "crypto/des"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

func random(rng *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return b
}

func libraryBlock(t testing.TB, key []byte) cipher.Block {
	t.Helper()
	newBlock := stddes.NewTripleDESCipher
	if len(key) == 8 {
		newBlock = stddes.NewCipher
	}
	block, err := newBlock(key)
	if err != nil {
		t.Fatal(err)
	}
	return block
}

func mustNew(t testing.TB, key []byte) *Cipher {
	t.Helper()
	c, err := New(key, libraryBlock(t, key))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// onEach runs a test with each kernel that this processor has.
func onEach(t *testing.T, f func(t *testing.T, k *kernel)) {
	for i := range kernels {
		k := &kernels[i]
		t.Run(k.name, func(t *testing.T) {
			if !k.present {
				t.Skip("not on this processor")
			}
			f(t, k)
		})
	}
}

// guard is how many octets around each chain must stay as they are.
const guard = 16

// chains are pieces of one memory, with guards between them.
type chains struct {
	memory []byte
	at     [][2]int // start and end
}

// newChains has chains of the given numbers of blocks, the IV not counted, at
// random alignments.
func newChains(rng *rand.Rand, blocks ...int) *chains {
	c := &chains{}
	end := 0
	for _, n := range blocks {
		start := end + guard + rng.IntN(BlockLen)
		end = start + (n+1)*BlockLen
		c.at = append(c.at, [2]int{start, end})
	}
	c.memory = random(rng, end+guard)
	return c
}

func (c *chains) all() (chains [][]byte) {
	for _, at := range c.at {
		chains = append(chains, c.memory[at[0]:at[1]])
	}
	return chains
}

func (c *chains) clone() *chains { return &chains{bytes.Clone(c.memory), c.at} }

func (c *chains) decryptWith(block cipher.Block) {
	for _, chain := range c.all() {
		iv, text := bytes.Clone(chain[:BlockLen]), chain[BlockLen:]
		cipher.NewCBCDecrypter(block, iv).CryptBlocks(text, text)
	}
}

func (b *Batch) decryptAll(c *Cipher, chains [][]byte) {
	b.Start(c)
	for _, chain := range chains {
		b.Add(chain)
	}
	b.Finish()
}

// compare decrypts chains with a kernel and with the library. The whole
// memory must be equal then.
func compare(t *testing.T, b *Batch, key []byte, c *chains) {
	t.Helper()
	want := c.clone()
	want.decryptWith(libraryBlock(t, key))
	b.decryptAll(mustNew(t, key), c.all())
	if bytes.Equal(c.memory, want.memory) {
		return
	}
	for i, at := range c.at {
		got, want := c.memory[at[0]:at[1]], want.memory[at[0]:at[1]]
		if !bytes.Equal(got, want) {
			t.Fatalf("key of %d octets, chain %d of %d, %d octets:\n%x, want\n%x", len(key), i, len(c.at), len(got), got, want)
		}
	}
	t.Fatal("octets outside the chains changed")
}

func TestChainsOfEachLength(t *testing.T) {
	onEach(t, func(t *testing.T, k *kernel) {
		rng := rand.New(rand.NewPCG(46, 1))
		b := newBatch(k)
		for _, keyLen := range []int{8, 24} {
			for n := range 201 {
				compare(t, b, random(rng, keyLen), newChains(rng, n))
			}
		}
	})
}

// The numbers are around the lengths of the kernels' slices.
func TestLongChains(t *testing.T) {
	onEach(t, func(t *testing.T, k *kernel) {
		rng := rand.New(rand.NewPCG(46, 2))
		b := newBatch(k)
		for _, keyLen := range []int{8, 24} {
			for slices := 1; slices <= 3; slices++ {
				for d := -k.from - 1; d <= k.from+1; d++ {
					compare(t, b, random(rng, keyLen), newChains(rng, slices*k.blocks+d))
				}
			}
		}
	})
}

func TestMixedBatches(t *testing.T) {
	onEach(t, func(t *testing.T, k *kernel) {
		rng := rand.New(rand.NewPCG(46, 3))
		b := newBatch(k)
		for range 200 {
			var blocks []int
			most := []int{3, 30, 190}[rng.IntN(3)]
			for range rng.IntN(600 / most) {
				blocks = append(blocks, rng.IntN(most))
			}
			compare(t, b, random(rng, []int{8, 24}[rng.IntN(2)]), newChains(rng, blocks...))
		}
	})
}

// One block each: every block of a slice is the first of its chain.
func TestManyShortChains(t *testing.T) {
	onEach(t, func(t *testing.T, k *kernel) {
		rng := rand.New(rand.NewPCG(46, 4))
		b := newBatch(k)
		for _, keyLen := range []int{8, 24} {
			compare(t, b, random(rng, keyLen), newChains(rng, slices.Repeat([]int{1}, 1100)...))
		}
	})
}

// All kernels agree where the library agrees with one: this has more keys.
func TestKernelsAgree(t *testing.T) {
	rng := rand.New(rand.NewPCG(46, 5))
	batches := map[string]*Batch{}
	for i := range kernels {
		if k := &kernels[i]; k.present {
			batches[k.name] = newBatch(k)
		}
	}
	for range 2000 {
		key := random(rng, []int{8, 24}[rng.IntN(2)])
		c := newChains(rng, 40)
		want := c.clone()
		want.decryptWith(libraryBlock(t, key))
		for name, b := range batches {
			got := c.clone()
			b.decryptAll(mustNew(t, key), got.all())
			if !bytes.Equal(got.memory, want.memory) {
				t.Fatalf("%s, key %x", name, key)
			}
		}
	}
}

// A batch goes on to another key and back.
func TestKeysInTurn(t *testing.T) {
	onEach(t, func(t *testing.T, k *kernel) {
		rng := rand.New(rand.NewPCG(46, 6))
		b := newBatch(k)
		keys := [][]byte{random(rng, 24), random(rng, 8), random(rng, 24)}
		var ciphers []*Cipher
		for _, key := range keys {
			ciphers = append(ciphers, mustNew(t, key))
		}
		for i := range 30 {
			n := i % len(keys)
			c := newChains(rng, 70)
			want := c.clone()
			want.decryptWith(libraryBlock(t, keys[n]))
			b.decryptAll(ciphers[n], c.all())
			if !bytes.Equal(c.memory, want.memory) {
				t.Fatalf("turn %d", i)
			}
		}
	})
}

func TestNewRefusesOtherLengths(t *testing.T) {
	for n := range 40 {
		_, err := New(make([]byte, n), nil)
		if ok := n == 8 || n == 24; ok != (err == nil) {
			t.Errorf("%d octets: %v", n, err)
		}
	}
}

func mustPanic(t *testing.T, want string, f func()) {
	t.Helper()
	defer func() {
		if got := fmt.Sprint(recover()); got != want {
			t.Errorf("panic %q, want %q", got, want)
		}
	}()
	f()
}

func TestMisuse(t *testing.T) {
	c := mustNew(t, make([]byte, 8))
	for _, n := range []int{0, 1, 7, 9, 15, 17} {
		b := NewBatch()
		b.Start(c)
		mustPanic(t, fmt.Sprintf("des: chain of %d octets", n), func() { b.Add(make([]byte, n)) })
	}
	b := NewBatch()
	b.Start(c)
	b.Add(make([]byte, 24))
	mustPanic(t, "des: Start before Finish", func() { b.Start(c) })
}

func TestBatchForgetsChains(t *testing.T) {
	b := NewBatch()
	c := newChains(rand.New(rand.NewPCG(46, 7)), 5, 600, 20)
	b.decryptAll(mustNew(t, make([]byte, 24)), c.all())
	for i, s := range b.spans[:cap(b.spans)] {
		if s != nil {
			t.Errorf("span %d still refers to a chain", i)
		}
	}
}

func TestNothingIsAllocated(t *testing.T) {
	onEach(t, func(t *testing.T, k *kernel) {
		rng := rand.New(rand.NewPCG(46, 8))
		b := newBatch(k)
		one, two := mustNew(t, random(rng, 24)), mustNew(t, random(rng, 8))
		c := newChains(rng, 1, 3, 700, 20, 1).all()
		if n := testing.AllocsPerRun(20, func() {
			b.decryptAll(one, c)
			b.decryptAll(two, c)
			b.decryptAll(two, c[:2])
		}); n != 0 {
			t.Errorf("%v allocations", n)
		}
	})
}

func TestMemoryIsAligned(t *testing.T) {
	onEach(t, func(t *testing.T, k *kernel) {
		for range 100 {
			b := newBatch(k)
			for _, p := range [][]byte{b.in, b.planes, b.out} {
				if at := fmt.Sprintf("%p", p); at[len(at)-2:] != "00" && at[len(at)-2:] != "40" && at[len(at)-2:] != "80" && at[len(at)-2:] != "c0" {
					t.Fatalf("memory at %s", at)
				}
			}
		}
	})
}
