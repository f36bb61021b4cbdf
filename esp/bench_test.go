package esp

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"ikescope/suite"
)

// BenchmarkOpen opens batches of 64 packets of one SA. The octets per second
// are those of whole ESP packets. MB/s is the mean, with putting the ciphertext
// back; best-GB/s is the fastest Open alone.
func BenchmarkOpen(b *testing.B) {
	for _, k := range kinds {
		for _, length := range []int{1440, 64} {
			b.Run(fmt.Sprintf("%s+%s/%d", k.cipher, nameOr(k.integrity, "aead"), length), func(b *testing.B) {
				var a suite.Integrity
				if k.integrity != "" {
					a = integrityNamed(b, k.integrity)
				}
				p := paramsFor(rand.New(rand.NewPCG(1, 1)), cipherNamed(b, k.cipher), a, false)
				benchmarkOpen(b, mustSA(b, p), batchOf(b, p, 64, length))
			})
		}
	}
}

func benchmarkOpen(b *testing.B, sa *SA, batch []Packet) {
	sealed := copies(batch)
	octets := 0
	for _, s := range sealed {
		octets += len(s)
	}
	var w Worker
	b.SetBytes(int64(octets))
	b.ReportAllocs()
	best := time.Hour
	for b.Loop() {
		restore(batch, sealed)
		start := time.Now()
		w.Open(sa, batch)
		best = min(best, time.Since(start))
	}
	b.ReportMetric(float64(octets)/best.Seconds()/1e9, "best-GB/s")
	for i := range batch {
		if v := batch[i].Verdict; v != OK && v != NotVerified {
			b.Fatal(v)
		}
	}
}

func BenchmarkNewSA(b *testing.B) {
	for _, k := range kinds[len(kinds)-9:] {
		var a suite.Integrity
		if k.integrity != "" {
			a = integrityNamed(b, k.integrity)
		}
		p := paramsFor(rand.New(rand.NewPCG(1, 1)), cipherNamed(b, k.cipher), a, false)
		b.Run(p.Cipher.Name+"+"+p.Integrity.Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sa := mustSA(b, p)
				sa.transform.session(sa, new(scratch))
			}
		})
	}
}
