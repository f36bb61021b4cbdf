package hmac

import (
	"crypto/hmac"
	"fmt"
	"math/rand/v2"
	"testing"
)

// lengthsESP are the authenticated octets of ESP packets of 1,440 and 64
// octets with an ICV of 12.
var lengthsESP = []int{1428, 52}

// BenchmarkKernels has each kernel alone, with all its lanes in use.
func BenchmarkKernels(b *testing.B) {
	for h := range Hashes {
		for _, k := range variants[h] {
			for _, length := range lengthsESP {
				if k.usable {
					b.Run(fmt.Sprintf("%s/%s/%d", references[h].name, k.name, length), func(b *testing.B) {
						benchmarkSum(b, h, newEngine(h, []kernel{k}), k.lanes, length)
					})
				}
			}
		}
	}
}

// BenchmarkSum has batches of some sizes.
func BenchmarkSum(b *testing.B) {
	for h := range Hashes {
		for _, length := range lengthsESP {
			for _, n := range []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 24, 64, 512} {
				if e := New(h); e != nil {
					b.Run(fmt.Sprintf("%s/%d/%d", references[h].name, length, n), func(b *testing.B) { benchmarkSum(b, h, e, n, length) })
				}
			}
		}
	}
}

// BenchmarkGo has the standard library's, the key prepared.
func BenchmarkGo(b *testing.B) {
	for h := range Hashes {
		for _, length := range lengthsESP {
			b.Run(fmt.Sprintf("%s/%d", references[h].name, length), func(b *testing.B) { benchmarkGo(b, h, length) })
		}
	}
}

// benchmarkSum reports the octets per second of ESP packets, of which length
// octets are authenticated, and the time of one.
func benchmarkSum(b *testing.B, h Hash, e *Engine, n, length int) {
	rng := rand.New(rand.NewPCG(4, uint64(h)))
	jobs := make([]Job, n)
	state := NewState(h, random(rng, h.Size()))
	for i := range jobs {
		jobs[i] = Job{State: state, Text: messageOf(rng, h, length, false).job.Text}
	}
	b.SetBytes(int64(n * (length + 12)))
	for b.Loop() {
		e.Sum(jobs)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/packet")
}

func benchmarkGo(b *testing.B, h Hash, length int) {
	text := make([]byte, length)
	m := hmac.New(references[h].new, make([]byte, h.Size()))
	m.Reset()
	var sum []byte
	b.SetBytes(int64(length + 12))
	for b.Loop() {
		m.Reset()
		m.Write(text)
		sum = m.Sum(sum[:0])
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N), "ns/packet")
}
