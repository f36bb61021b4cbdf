//go:build !purego

package aescbc

import (
	"crypto/aes"
	"crypto/cipher"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"ikescope/esp/kernel/aeskey"
)

// batchLen is how many chains one call of the benchmark decrypts.
const batchLen = 64

// betweenChains is what lies between the ciphertexts of two packets in a
// capture: ICV, record header, outer headers.
const betweenChains = 86

// mixed are the lengths of an Internet mix: 7 packets of 64 octets, 4 of 576
// and 1 of 1,400, in the tunnel.
var mixed = []int{80, 80, 592, 80, 80, 592, 1408, 80, 592, 80, 592, 80}

// BenchmarkDecrypt measures each kernel and its ratio to crypto/cipher's CBC
// mode. Both take turns and the fastest turn of each counts, since other
// programs only ever make it slower.
func BenchmarkDecrypt(b *testing.B) {
	for i := range kernels {
		for _, keyLen := range []int{16, 24, 32} {
			for _, lengths := range [][]int{{80}, {576}, {1408}, {8192}, mixed} {
				b.Run(fmt.Sprintf("%s/%d/%s", kernels[i].name, 8*keyLen, lengthsName(lengths)), func(b *testing.B) {
					if !kernels[i].present {
						b.Skip("not on this processor")
					}
					benchmarkDecrypt(b, &kernels[i], make([]byte, keyLen), lengths)
				})
			}
		}
	}
}

func benchmarkDecrypt(b *testing.B, k *kernel, key []byte, lengths []int) {
	chains, octets := randomChains(rand.New(rand.NewPCG(1, 1)), batchLen, lengths)
	schedule, library := aeskey.Decryption(key), libraryCBC(b, key)
	ours, theirs := time.Hour, time.Hour
	for b.Loop() {
		start := time.Now()
		k.decrypt(schedule, chains)
		middle := time.Now()
		library(chains)
		ours, theirs = min(ours, middle.Sub(start)), min(theirs, time.Since(middle))
	}
	b.ReportMetric(float64(octets)/ours.Seconds()/1e9, "GB/s")
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

// randomChains lays chains of the given lengths, in turn, out as the packets of
// a capture. It returns how many octets behind IVs they have.
func randomChains(rng *rand.Rand, n int, lengths []int) (chains [][]byte, octets int) {
	all := randomOctets(rng, n*(betweenChains+BlockLen+slices.Max(lengths)))
	for i := range n {
		textLen := lengths[i%len(lengths)]
		all = all[betweenChains:]
		chains = append(chains, all[:BlockLen+textLen])
		all = all[BlockLen+textLen:]
		octets += textLen
	}
	return chains, octets
}

func lengthsName(lengths []int) string {
	if len(lengths) > 1 {
		return "mixed"
	}
	return fmt.Sprint(lengths[0])
}
