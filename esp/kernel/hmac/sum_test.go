package hmac

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"math/rand/v2"
	"testing"
)

// references are the same functions of the standard library.
var references = [Hashes]struct {
	name string
	new  func() hash.Hash
}{
	MD5:    {"md5", md5.New},
	SHA1:   {"sha1", sha1.New},
	SHA256: {"sha256", sha256.New},
	SHA384: {"sha384", sha512.New384},
	SHA512: {"sha512", sha512.New},
}

// eachEngine runs a test for every kernel of every hash alone, and for the
// choice that New makes.
func eachEngine(t *testing.T, f func(t *testing.T, h Hash, e *Engine)) {
	for h := range Hashes {
		if len(kernels[h]) == 0 {
			t.Skip("no kernel for this processor")
		}
		for _, k := range variants[h] {
			if !k.usable {
				continue
			}
			t.Run(references[h].name+"/"+k.name, func(t *testing.T) { f(t, h, newEngine(h, []kernel{k})) })
		}
		t.Run(references[h].name+"/all", func(t *testing.T) { f(t, h, New(h)) })
	}
}

// message is a job and what the standard library makes of it.
type message struct {
	job  Job
	want []byte
}

// messageOf returns a random message of a length, at a random place in memory.
func messageOf(rng *rand.Rand, h Hash, length int, tail bool) message {
	key := random(rng, rng.IntN(h.BlockSize()+1))
	at := rng.IntN(64)
	m := message{job: Job{State: NewState(h, key), Text: random(rng, at+length)[at:], HasTail: tail}}
	reference := hmac.New(references[h].new, key)
	reference.Write(m.job.Text)
	if tail {
		copy(m.job.Tail[:], random(rng, 4))
		reference.Write(m.job.Tail[:])
	}
	m.want = reference.Sum(nil)
	return m
}

func random(rng *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return b
}

// check sums messages together and compares.
func check(t *testing.T, h Hash, e *Engine, messages []message) {
	t.Helper()
	jobs := make([]Job, len(messages))
	for i, m := range messages {
		jobs[i] = m.job
	}
	e.Sum(jobs)
	for i, m := range messages {
		if got := jobs[i].Sum[:h.Size()]; !bytes.Equal(got, m.want) {
			t.Errorf("message %d of %d, %d octets, tail %v: got %x, want %x", i, len(messages), len(m.job.Text), m.job.HasTail, got, m.want)
		}
	}
}

func TestEveryLength(t *testing.T) {
	eachEngine(t, func(t *testing.T, h Hash, e *Engine) {
		rng := rand.New(rand.NewPCG(1, uint64(h)))
		for _, tail := range []bool{false, true} {
			var all []message
			for n := range 301 {
				all = append(all, messageOf(rng, h, n, tail))
			}
			for _, m := range all {
				check(t, h, e, []message{m})
			}
			check(t, h, e, all)
		}
	})
}

func TestEveryBatch(t *testing.T) {
	eachEngine(t, func(t *testing.T, h Hash, e *Engine) {
		rng := rand.New(rand.NewPCG(2, uint64(h)))
		for n := range 41 {
			for range 3 {
				var batch []message
				for range n {
					batch = append(batch, messageOf(rng, h, lengths[rng.IntN(len(lengths))](rng), rng.IntN(2) == 0))
				}
				check(t, h, e, batch)
			}
		}
	})
}

// lengths are the mixtures of lengths of TestEveryBatch.
var lengths = []func(*rand.Rand) int{
	func(rng *rand.Rand) int { return 52 },
	func(rng *rand.Rand) int { return 1428 },
	func(rng *rand.Rand) int { return rng.IntN(200) },
	func(rng *rand.Rand) int { return rng.IntN(9001) },
}

// TestLongMessages has lengths of which no queue's list is alone.
func TestLongMessages(t *testing.T) {
	eachEngine(t, func(t *testing.T, h Hash, e *Engine) {
		rng := rand.New(rand.NewPCG(9, uint64(h)))
		var batch []message
		for range 20 {
			batch = append(batch, messageOf(rng, h, 4000+rng.IntN(62000), false))
		}
		check(t, h, e, batch)
	})
}

func TestSameLengths(t *testing.T) {
	eachEngine(t, func(t *testing.T, h Hash, e *Engine) {
		rng := rand.New(rand.NewPCG(3, uint64(h)))
		for _, length := range []int{0, 52, 64, 119, 128, 500} {
			for n := range 41 {
				var batch []message
				for range n {
					batch = append(batch, messageOf(rng, h, length, false))
				}
				check(t, h, e, batch)
			}
		}
	})
}

func TestSumDoesNotAllocate(t *testing.T) {
	eachEngine(t, func(t *testing.T, h Hash, e *Engine) {
		rng := rand.New(rand.NewPCG(4, uint64(h)))
		jobs := make([]Job, 50)
		for i := range jobs {
			jobs[i] = messageOf(rng, h, rng.IntN(1500), i%2 == 0).job
		}
		if n := testing.AllocsPerRun(20, func() { e.Sum(jobs) }); n != 0 {
			t.Errorf("%v allocations", n)
		}
	})
}
