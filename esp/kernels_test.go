package esp

import (
	"bytes"
	"crypto/cipher"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"ikescope/suite"
)

func libraryGCM(t testing.TB, c suite.Cipher, key, salt []byte) transform {
	t.Helper()
	block, err := c.NewBlock(key)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := newLibraryGCM(c, block, salt)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func blockOf(t testing.TB, p Params) cipher.Block {
	t.Helper()
	block, err := p.Cipher.NewBlock(p.CipherKey[:p.Cipher.KeyLen])
	if err != nil {
		t.Fatal(err)
	}
	return block
}

// withoutKernel returns the SA as it is on a processor that no kernel was
// written for, and whether that makes a difference here.
func withoutKernel(t testing.TB, sa *SA) (*SA, bool) {
	t.Helper()
	p := sa.params
	other := mustSA(t, p)
	switch tr := sa.transform.(type) {
	case cbc:
		other.transform = cbc{block: blockOf(t, p)}
		return other, tr.kernel != nil
	case ctr:
		other.transform = ctr{block: blockOf(t, p), salt: tr.salt}
		return other, tr.kernel != nil
	case gcmKernel:
		other.transform = libraryGCM(t, p.Cipher, p.CipherKey[:p.Cipher.KeyLen], p.CipherKey[p.Cipher.KeyLen:])
		return other, true
	}
	return other, false
}

// Kernels and the portable path open the same packets to the same octets,
// whatever the algorithm; where integrity fails, too.
func TestKernelsAgainstPortable(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	kernels := 0
	for _, c := range suite.Ciphers() {
		p := paramsFor(rng, c, suite.Integrity{}, rng.IntN(2) == 0)
		if !c.AEAD() {
			p = paramsFor(rng, c, integrityNamed(t, "hmac-sha1-96"), false)
		}
		sa, err := NewSA(p)
		if err != nil {
			continue // known by name only
		}
		portable, differs := withoutKernel(t, sa)
		if !differs {
			continue
		}
		kernels++
		for _, unverified := range []bool{false, true} {
			for range 5 {
				testAgainst(t, rng, sa, portable, unverified)
			}
		}
	}
	t.Logf("%d ciphers have a kernel", kernels)
}

func testAgainst(t *testing.T, rng *rand.Rand, sa, portable *SA, unverified bool) {
	t.Helper()
	s := newSealer(t, sa.params)
	a, b := &Worker{Unverified: unverified}, &Worker{Unverified: unverified}
	var got, want []Packet
	for i := range rng.IntN(100) {
		p := Packet{Data: s.packet(uint64(i), random(rng, rng.IntN(1500)), 4)}
		switch rng.IntN(8) {
		case 0:
			p.Data[rng.IntN(len(p.Data))] ^= 4
		case 1:
			p.Data = p.Data[:rng.IntN(len(p.Data))]
		}
		got = append(got, p)
		p.Data = bytes.Clone(p.Data)
		want = append(want, p)
	}
	a.Open(sa, got)
	b.Open(portable, want)
	for i := range got {
		g, w := &got[i], &want[i]
		if g.Verdict != w.Verdict || g.NextHeader != w.NextHeader || !bytes.Equal(g.Inner, w.Inner) || !bytes.Equal(g.Data, w.Data) {
			t.Fatalf("%v, packet %d of %d: %v, without kernel %v; %x, without %x", sa, i, len(got), g.Verdict, w.Verdict, g.Inner, w.Inner)
		}
	}
}

// A worker's second batch may be of any size.
func TestGrowingBatches(t *testing.T) {
	for _, name := range []string{"aes-cbc-128", "3des-cbc", "aes-ctr-128", "aes-gcm-16-128"} {
		p := paramsFor(rand.New(rand.NewPCG(5, 5)), cipherNamed(t, name), suite.Integrity{}, false)
		sa := mustSA(t, p)
		var w Worker
		for _, n := range []int{0, 1, 70, 3, 200} {
			batch := batchOf(t, p, n, 100)
			w.Open(sa, batch)
			for i := range batch {
				if v := batch[i].Verdict; v != OK && v != NotVerified {
					t.Fatalf("%s, packet %d of %d: %v", name, i, n, v)
				}
			}
		}
	}
}

// BenchmarkKernels opens whole packets and gives the ratio to the portable
// path, both in turn, the fastest turn of each.
func BenchmarkKernels(b *testing.B) {
	for _, name := range []string{"3des-cbc", "des-cbc", "aes-cbc-128", "aes-cbc-256", "aes-ctr-128", "aes-gcm-16-128", "aes-gcm-16-256", "aes-gcm-8-128"} {
		for _, length := range []int{1440, 64} {
			b.Run(fmt.Sprintf("%s/%d", name, length), func(b *testing.B) { benchmarkKernel(b, name, length) })
		}
	}
}

func benchmarkKernel(b *testing.B, name string, length int) {
	p := paramsFor(rand.New(rand.NewPCG(1, 1)), cipherNamed(b, name), suite.Integrity{}, false)
	sa := mustSA(b, p)
	portable, differs := withoutKernel(b, sa)
	if !differs {
		b.Skip("no kernel for this processor")
	}
	batch := batchOf(b, p, 64, length)
	sealed := copies(batch)
	octets := len(batch) * len(sealed[0])
	var w Worker
	open := func(sa *SA) time.Duration {
		restore(batch, sealed)
		start := time.Now()
		w.Open(sa, batch)
		return time.Since(start)
	}
	kernel, without := time.Hour, time.Hour
	for b.Loop() {
		kernel, without = min(kernel, open(sa)), min(without, open(portable))
	}
	b.ReportMetric(float64(octets)/kernel.Seconds()/1e9, "GB/s")
	b.ReportMetric(float64(kernel.Nanoseconds())/float64(len(batch)), "ns/packet")
	b.ReportMetric(float64(without)/float64(kernel), "ratio")
	b.ReportMetric(0, "ns/op")
}
