//go:build !purego

package aesgcm

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// batchLen is how many messages one call of the benchmark opens.
const batchLen = 64

// betweenTexts is what lies between the texts of two packets in a capture: ICV,
// record header, outer headers, IV.
const betweenTexts = 102

// BenchmarkOpen measures the kernel and its ratio to crypto/cipher's GCM mode.
// Both take turns and the fastest turn of each counts, since other programs
// only ever make it slower.
func BenchmarkOpen(b *testing.B) {
	for _, keyLen := range []int{16, 24, 32} {
		for _, textLen := range []int{66, 576, 1408, 8192} {
			b.Run(fmt.Sprintf("%d/%d", 8*keyLen, textLen), func(b *testing.B) {
				benchmarkOpen(b, make([]byte, keyLen), textLen)
			})
		}
	}
}

func benchmarkOpen(b *testing.B, key []byte, textLen int) {
	rng := rand.New(rand.NewPCG(1, 1))
	k, gcm := newKey(b, key), library(b, key)
	nonce, aad := make([]byte, NonceLen), make([]byte, 8)
	sealed := gcm.Seal(nil, nonce, randomOctets(rng, textLen), aad)
	stride := betweenTexts + textLen
	all := make([]byte, batchLen*stride+MaxTagLen)
	batch := make([]Message, batchLen)
	for i := range batch {
		batch[i] = message(nonce, all[i*stride:i*stride+len(sealed)], aad, MaxTagLen)
	}
	plain := make([]byte, textLen)
	ours, theirs := time.Hour, time.Hour
	for b.Loop() {
		for i := range batch {
			copy(all[i*stride:], sealed)
		}
		start := time.Now()
		k.Open(batch)
		middle := time.Now()
		for range batch {
			gcm.Open(plain[:0], nonce, sealed, aad)
		}
		ours, theirs = min(ours, middle.Sub(start)), min(theirs, time.Since(middle))
	}
	for i := range batch {
		if !batch[i].OK {
			b.Fatal("a tag is wrong")
		}
	}
	b.ReportMetric(float64(batchLen*textLen)/ours.Seconds()/1e9, "GB/s")
	b.ReportMetric(float64(ours.Nanoseconds())/batchLen, "ns/message")
	b.ReportMetric(float64(theirs)/float64(ours), "ratio")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkNew measures what a new SA costs.
func BenchmarkNew(b *testing.B) {
	newKey(b, make([]byte, 16))
	b.ReportAllocs()
	for b.Loop() {
		New(make([]byte, 16))
	}
}
