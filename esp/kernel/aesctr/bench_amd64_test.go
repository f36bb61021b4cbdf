//go:build !purego

package aesctr

import (
	"crypto/aes"
	"crypto/cipher"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// batchLen is how many texts one call of the benchmark decrypts.
const batchLen = 64

// BenchmarkXOR measures the kernel and its ratio to crypto/cipher's CTR mode.
// Both take turns and the fastest turn of each counts, since other programs
// only ever make it slower.
func BenchmarkXOR(b *testing.B) {
	for _, keyLen := range []int{16, 24, 32} {
		for _, textLen := range []int{66, 576, 1408, 8192} {
			b.Run(fmt.Sprintf("%d/%d", 8*keyLen, textLen), func(b *testing.B) {
				benchmarkXOR(b, make([]byte, keyLen), textLen)
			})
		}
	}
}

func benchmarkXOR(b *testing.B, key []byte, textLen int) {
	k := newKey(b, key)
	block, err := aes.NewCipher(key)
	if err != nil {
		b.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	batch := make([]Text, batchLen)
	for i := range batch {
		batch[i].Text = randomOctets(rng, textLen)
	}
	ours, theirs := time.Hour, time.Hour
	for b.Loop() {
		start := time.Now()
		k.XOR(batch)
		middle := time.Now()
		for i := range batch {
			cipher.NewCTR(block, batch[i].Counter[:]).XORKeyStream(batch[i].Text, batch[i].Text)
		}
		ours, theirs = min(ours, middle.Sub(start)), min(theirs, time.Since(middle))
	}
	b.ReportMetric(float64(batchLen*textLen)/ours.Seconds()/1e9, "GB/s")
	b.ReportMetric(float64(theirs)/float64(ours), "ratio")
	b.ReportMetric(0, "ns/op")
}
