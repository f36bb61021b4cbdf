//go:build !purego

package aescbc

import (
	"crypto/aes"
	"crypto/cipher"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"ikescope/esp/kernel/aeskey"
)

// batchLen is how many chains one call of the benchmark decrypts.
const batchLen = 64

// betweenChains is what lies between the ciphertexts of two packets in a
// capture: ICV, record header, outer headers.
const betweenChains = 86

// BenchmarkDecrypt measures each kernel and its ratio to crypto/cipher's CBC
// mode. Both take turns and the fastest turn of each counts, since other
// programs only ever make it slower.
func BenchmarkDecrypt(b *testing.B) {
	for i := range kernels {
		for _, keyLen := range []int{16, 24, 32} {
			for _, textLen := range []int{80, 576, 1408, 8192} {
				b.Run(fmt.Sprintf("%s/%d/%d", kernels[i].name, 8*keyLen, textLen), func(b *testing.B) {
					if !kernels[i].present {
						b.Skip("not on this processor")
					}
					benchmarkDecrypt(b, &kernels[i], make([]byte, keyLen), textLen)
				})
			}
		}
	}
}

func benchmarkDecrypt(b *testing.B, k *kernel, key []byte, textLen int) {
	chains := randomChains(rand.New(rand.NewPCG(1, 1)), batchLen, textLen)
	schedule, library := aeskey.Decryption(key), libraryCBC(b, key)
	ours, theirs := time.Hour, time.Hour
	for b.Loop() {
		start := time.Now()
		k.decrypt(schedule, chains)
		middle := time.Now()
		library(chains)
		ours, theirs = min(ours, middle.Sub(start)), min(theirs, time.Since(middle))
	}
	b.ReportMetric(float64(batchLen*textLen)/ours.Seconds()/1e9, "GB/s")
	b.ReportMetric(float64(theirs)/float64(ours), "ratio")
	b.ReportMetric(0, "ns/op")
}

// libraryCBC decrypts chains with crypto/cipher.
func libraryCBC(t testing.TB, key []byte) func(chains [][]byte) {
	t.Helper()
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	mode := cipher.NewCBCDecrypter(block, make([]byte, BlockLen))
	return func(chains [][]byte) {
		for _, c := range chains {
			mode.(interface{ SetIV([]byte) }).SetIV(c[:BlockLen])
			mode.CryptBlocks(c[BlockLen:], c[BlockLen:])
		}
	}
}

// randomChains lays chains out as the packets of a capture.
func randomChains(rng *rand.Rand, n, textLen int) [][]byte {
	stride := betweenChains + BlockLen + textLen
	all := randomOctets(rng, n*stride)
	chains := make([][]byte, n)
	for i := range chains {
		chains[i] = all[i*stride+betweenChains : (i+1)*stride]
	}
	return chains
}
