package des

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// BenchmarkDecrypt decrypts batches of chains of equal length and gives the
// ratio to crypto/des, both in turn, the fastest turn of each.
func BenchmarkDecrypt(b *testing.B) {
	for _, keyLen := range []int{8, 24} {
		for i := range kernels {
			for _, octets := range []int{40, 176, 1408, 8192} {
				name := fmt.Sprintf("%ddes/%s/%d", keyLen/8, kernels[i].name, octets)
				b.Run(name, func(b *testing.B) { benchmarkDecrypt(b, &kernels[i], keyLen, 64, octets) })
			}
		}
	}
}

// BenchmarkBlocks shows from how many blocks a kernel pays.
func BenchmarkBlocks(b *testing.B) {
	for _, keyLen := range []int{8, 24} {
		for i := range kernels {
			for _, n := range []int{8, 15, 16, 17, 24, 32, 64, 176} {
				name := fmt.Sprintf("%ddes/%s/%d", keyLen/8, kernels[i].name, n)
				b.Run(name, func(b *testing.B) { benchmarkDecrypt(b, &kernels[i], keyLen, 1, n*BlockLen) })
			}
		}
	}
}

func benchmarkDecrypt(b *testing.B, k *kernel, keyLen, chains, octets int) {
	if !k.present {
		b.Skip("not on this processor")
	}
	rng := rand.New(rand.NewPCG(1, 1))
	blocks := make([]int, chains)
	for i := range blocks {
		blocks[i] = octets / BlockLen
	}
	key := random(rng, keyLen)
	c, block := mustNew(b, key), libraryBlock(b, key)
	batch, all := newBatch(k), newChains(rng, blocks...).all()
	best, library := time.Hour, time.Hour
	for b.Loop() {
		start := time.Now()
		batch.expanded = nil // as after a batch of another key
		batch.decryptAll(c, all)
		middle := time.Now()
		for _, chain := range all {
			decryptOneByOne(block, chain)
		}
		best, library = min(best, middle.Sub(start)), min(library, time.Since(middle))
	}
	b.ReportMetric(float64(chains*octets)/best.Seconds()/1e9, "GB/s")
	b.ReportMetric(library.Seconds()/best.Seconds(), "ratio")
	b.ReportMetric(0, "ns/op")
}

func BenchmarkNew(b *testing.B) {
	key := random(rand.New(rand.NewPCG(1, 1)), 24)
	block := libraryBlock(b, key)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := New(key, block); err != nil {
			b.Fatal(err)
		}
	}
}
