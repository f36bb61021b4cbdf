//go:build !purego

package aesgcm

import (
	"bytes"
	"crypto/cipher"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// batchLen is how many messages one call of the benchmark opens.
const batchLen = 64

// betweenTexts is what lies between the texts of two packets in a capture: ICV,
// record header, outer headers, IV.
const betweenTexts = 102

// mixed are the lengths of an Internet mix: 7 packets of 64 octets, 4 of 576
// and 1 of 1,400, in the tunnel.
var mixed = []int{68, 68, 580, 68, 68, 580, 1404, 68, 580, 68, 580, 68}

// BenchmarkOpen measures the kernel and its ratio to crypto/cipher's GCM mode.
// Both take turns and the fastest turn of each counts, since other programs
// only ever make it slower.
func BenchmarkOpen(b *testing.B) {
	for _, keyLen := range []int{16, 24, 32} {
		for _, lengths := range [][]int{{66}, {576}, {1408}, {8192}, mixed} {
			b.Run(fmt.Sprintf("%d/%s", 8*keyLen, lengthsName(lengths)), func(b *testing.B) {
				benchmarkOpen(b, make([]byte, keyLen), lengths)
			})
		}
	}
}

func benchmarkOpen(b *testing.B, key []byte, lengths []int) {
	k, gcm := newKey(b, key), library(b, key)
	nonce, aad := make([]byte, NonceLen), make([]byte, 8)
	batch, octets := sealedBatch(gcm, nonce, aad, lengths)
	sealed := make([][]byte, len(batch))
	for i, m := range batch {
		sealed[i] = append(bytes.Clone(m.Text), m.Tag...)
	}
	plain := make([]byte, slices.Max(lengths))
	ours, theirs := time.Hour, time.Hour
	for b.Loop() {
		for i := range batch {
			copy(batch[i].Text, sealed[i])
		}
		start := time.Now()
		k.Open(batch)
		middle := time.Now()
		for i := range batch {
			gcm.Open(plain[:0], nonce, sealed[i], aad)
		}
		ours, theirs = min(ours, middle.Sub(start)), min(theirs, time.Since(middle))
	}
	for i := range batch {
		if !batch[i].OK {
			b.Fatal("a tag is wrong")
		}
	}
	b.ReportMetric(float64(octets)/ours.Seconds()/1e9, "GB/s")
	b.ReportMetric(float64(ours.Nanoseconds())/batchLen, "ns/message")
	b.ReportMetric(float64(theirs)/float64(ours), "ratio")
	b.ReportMetric(0, "ns/op")
}

// sealedBatch lays messages of the given lengths, in turn, out as the packets
// of a capture. It returns how many octets of text they have.
func sealedBatch(gcm cipher.AEAD, nonce, aad []byte, lengths []int) (batch []Message, octets int) {
	rng := rand.New(rand.NewPCG(1, 1))
	all := make([]byte, batchLen*(betweenTexts+slices.Max(lengths))+MaxTagLen)
	for i := range batchLen {
		textLen := lengths[i%len(lengths)]
		sealed := gcm.Seal(all[:0], nonce, randomOctets(rng, textLen), aad)
		batch = append(batch, message(nonce, sealed, aad, MaxTagLen))
		all = all[textLen+betweenTexts:]
		octets += textLen
	}
	return batch, octets
}

// BenchmarkNew measures what a new SA costs.
func BenchmarkNew(b *testing.B) {
	newKey(b, make([]byte, 16))
	b.ReportAllocs()
	for b.Loop() {
		New(make([]byte, 16))
	}
}

func lengthsName(lengths []int) string {
	if len(lengths) > 1 {
		return "mixed"
	}
	return fmt.Sprint(lengths[0])
}
