package esp

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"ikescope/suite"
)

// hmacNames are the integrity algorithms that are verified side by side.
func hmacNames() (names []string) {
	for _, a := range suite.Integrities() {
		if _, ok := hmacs[a.Name]; ok {
			names = append(names, a.Name)
		}
	}
	return names
}

func TestEveryHMACIsVerifiedTogether(t *testing.T) {
	names := hmacNames()
	if len(names) != len(hmacs) {
		t.Errorf("%d of %d names are known to package suite: %v", len(names), len(hmacs), names)
	}
	for _, name := range names {
		a := integrityNamed(t, name)
		if h := a.New(make([]byte, a.KeyLen)); h.Size() != hmacs[name].Size() || h.BlockSize() != hmacs[name].BlockSize() {
			t.Errorf("%s: another hash", name)
		}
	}
}

// mixedBatch returns sealed packets of mixed lengths, of which some are
// damaged and some are too short to have an ICV.
func mixedBatch(t *testing.T, rng *rand.Rand, p Params, n int) []Packet {
	s := newSealer(t, p)
	var batch []Packet
	for i := range n {
		seq := uint64(i)
		if p.ESN {
			seq += 1 << 33
		}
		q := Packet{Data: s.packet(seq, random(rng, 1+rng.IntN(1500)), 4), SeqHi: uint32(seq >> 32)}
		switch rng.IntN(8) {
		case 0:
			q.Data[rng.IntN(len(q.Data))] ^= 1 << rng.IntN(8)
		case 1:
			q.Data = q.Data[:rng.IntN(HeaderLen+p.Integrity.ICVLen+2)]
		case 2:
			q.SeqHi ^= 1
		}
		batch = append(batch, q)
	}
	return batch
}

// TestTogetherAsOneByOne opens the same packets with the kernels and without.
func TestTogetherAsOneByOne(t *testing.T) {
	for i, name := range hmacNames() {
		for _, esn := range []bool{false, true} {
			rng := rand.New(rand.NewPCG(uint64(i), 1))
			p := paramsFor(rng, cipherNamed(t, "null"), integrityNamed(t, name), esn)
			sa, portable := mustSA(t, p), mustSA(t, p)
			portable.hmac = nil
			var w, v Worker
			for n := range 40 {
				batch := mixedBatch(t, rng, p, n)
				other := copied(batch)
				w.Unverified = n%2 == 1
				v.Unverified = w.Unverified
				w.Open(sa, batch)
				v.Open(portable, other)
				comparePackets(t, name, batch, other)
			}
		}
	}
}

// TestOpenAll opens the packets of many SAs in one go: with every kind of
// integrity, one and several packets each, wrong keys and damaged packets among
// them, everything is as if each SA had come by itself.
func TestOpenAll(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	var together, alone Worker
	for round := range 8 {
		together.Unverified = round%2 == 1
		alone.Unverified = together.Unverified
		var batches, each []Batch
		library := false // which allocates
		for range 30 {
			k := kinds[rng.IntN(len(kinds))]
			library = library || purego && k.cipher == "chacha20-poly1305"
			var a suite.Integrity
			if k.integrity != "" {
				a = integrityNamed(t, k.integrity)
			}
			p := paramsFor(rng, cipherNamed(t, k.cipher), a, rng.IntN(2) == 0)
			sa := mustSA(t, p)
			if len(p.IntegrityKey) > 0 && rng.IntN(4) == 0 {
				p.IntegrityKey = random(rng, len(p.IntegrityKey))
			}
			packets := mixedBatch(t, rng, p, rng.IntN(5))
			batches = append(batches, Batch{SA: sa, Packets: packets})
			each = append(each, Batch{SA: sa, Packets: copied(packets)})
		}
		together.OpenAll(batches)
		for i, b := range each {
			alone.Open(b.SA, b.Packets)
			comparePackets(t, b.SA.String(), batches[i].Packets, b.Packets)
		}
		if n := testing.AllocsPerRun(5, func() { together.OpenAll(batches) }); n > 0 && !library {
			t.Errorf("%v allocations", n)
		}
	}
}

func copied(batch []Packet) []Packet {
	other := slices.Clone(batch)
	for i := range other {
		other[i].Data = bytes.Clone(other[i].Data)
	}
	return other
}

func comparePackets(t *testing.T, name string, got, want []Packet) {
	t.Helper()
	for i := range got {
		g, w := &got[i], &want[i]
		if g.Verdict != w.Verdict || !bytes.Equal(g.Inner, w.Inner) || !bytes.Equal(g.Data, w.Data) {
			t.Errorf("%s, packet %d of %d: %v, one by one %v", name, i, len(got), g.Verdict, w.Verdict)
		}
	}
}

// TestOneWorkerManySAs: an engine is shared by a worker's SAs, the keys are not.
func TestOneWorkerManySAs(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	var w Worker
	for range 3 * sessionSlots {
		p := paramsFor(rng, cipherNamed(t, "null"), integrityNamed(t, "hmac-sha1-96"), false)
		q := p
		q.IntegrityKey = random(rng, len(p.IntegrityKey))
		batch := batchOf(t, p, 3, 200)
		w.Open(mustSA(t, q), batch)
		for i := range batch {
			if batch[i].Verdict != ICVFailed {
				t.Fatalf("wrong key: %v", batch[i].Verdict)
			}
		}
		w.Open(mustSA(t, p), batch)
		for i := range batch {
			if batch[i].Verdict != OK {
				t.Fatalf("right key: %v", batch[i].Verdict)
			}
		}
	}
}

// BenchmarkHMAC opens batches of one SA with the kernels and one by one.
func BenchmarkHMAC(b *testing.B) {
	for _, name := range []string{"hmac-md5-96", "hmac-sha1-96", "hmac-sha2-256-128", "hmac-sha2-512-256"} {
		p := paramsFor(rand.New(rand.NewPCG(1, 1)), cipherNamed(b, "null"), integrityNamed(b, name), false)
		for _, length := range []int{1440, 64} {
			for _, n := range []int{1, 4, 64} {
				together, portable := mustSA(b, p), mustSA(b, p)
				portable.hmac = nil
				batch := batchOf(b, p, n, length)
				for what, sa := range map[string]*SA{"together": together, "one-by-one": portable} {
					b.Run(fmt.Sprintf("%s/%d/%d/%s", name, length, n, what), func(b *testing.B) { benchmarkOpen(b, sa, batch) })
				}
			}
		}
	}
}
