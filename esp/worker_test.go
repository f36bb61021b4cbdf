package esp

import (
	"bytes"
	"math/rand/v2"
	"sync"
	"testing"

	"ikescope/suite"
)

// aes128sha1 is the SA that most tests use.
func aes128sha1(t testing.TB) (Params, *SA) {
	t.Helper()
	p := paramsFor(rand.New(rand.NewPCG(9, 9)), cipherNamed(t, "aes-cbc-128"), integrityNamed(t, "hmac-sha1-96"), false)
	return p, mustSA(t, p)
}

// One bad packet must not disturb the others of its batch.
func TestMixedBatch(t *testing.T) {
	p, sa := aes128sha1(t)
	s := newSealer(t, p)
	good := func() []byte { return s.packet(1, []byte("inner"), 4) }
	forged := good()
	forged[20] ^= 1
	unaligned := append(good(), 0)
	batch := []Packet{
		{Data: good()},
		{Data: forged},
		{Data: nil},
		{Data: good(), Missing: 3},
		{Data: unaligned},
		{Data: s.seal(2, bytes.Repeat([]byte{200}, 16))},
		{Data: good()},
	}
	want := []Verdict{OK, ICVFailed, TooShort, Cut, Unaligned, BadPadding, OK}
	var w Worker
	w.Open(sa, batch)
	for i := range batch {
		if batch[i].Verdict != want[i] {
			t.Errorf("packet %d: %v, want %v", i, batch[i].Verdict, want[i])
		}
		if (batch[i].Inner != nil) != (want[i] == OK) {
			t.Errorf("packet %d: inner %q", i, batch[i].Inner)
		}
	}
	w.Open(sa, nil)
}

// What an earlier Open left in a reused packet is gone.
func TestPacketsAreReused(t *testing.T) {
	p, sa := aes128sha1(t)
	batch := []Packet{{Data: newSealer(t, p).seal(1, []byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 9, 1, 59})}}
	var w Worker
	w.Open(sa, batch)
	if q := &batch[0]; q.Verdict != OK || !q.OddPadding || !q.Dummy() || q.Seq() != 1 || q.SPI() != p.SPI {
		t.Fatalf("%+v", q)
	}
	batch[0].Data = batch[0].Data[:7]
	w.Open(sa, batch)
	if q := &batch[0]; q.Verdict != TooShort || q.OddPadding || q.NextHeader != 0 || q.Inner != nil || q.Dummy() || q.Seq() != 0 || q.SPI() != 0 {
		t.Errorf("%+v", q)
	}
}

// More SAs than a worker keeps prepared, interleaved.
func TestManySAs(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 5))
	var w Worker
	var sas []*SA
	var sealers []*sealer
	for range 3 * sessionSlots {
		p := paramsFor(rng, cipherNamed(t, "aes-ctr-128"), integrityNamed(t, "hmac-md5-96"), false)
		sas = append(sas, mustSA(t, p))
		sealers = append(sealers, newSealer(t, p))
	}
	for round := range 3 {
		for i, sa := range sas {
			payload := random(rng, 20+i)
			batch := []Packet{{Data: sealers[i].packet(uint64(round), payload, 4)}}
			w.Open(sa, batch)
			if batch[0].Verdict != OK || !bytes.Equal(batch[0].Inner, payload) {
				t.Fatalf("SA %d: %v", i, batch[0].Verdict)
			}
		}
	}
}

// Workers share SAs; run with the race detector.
func TestConcurrentWorkers(t *testing.T) {
	var ps []Params
	for _, name := range []string{"aes-cbc-128", "aes-ctr-128", "aes-gcm-16-128", "aes-gcm-8-128", "aes-ccm-8-128", "null-auth-aes-gmac-128", "chacha20-poly1305"} {
		c := cipherNamed(t, name)
		var a suite.Integrity
		if !c.AEAD() {
			a = integrityNamed(t, "hmac-sha1-96")
		}
		ps = append(ps, paramsFor(rand.New(rand.NewPCG(2, 2)), c, a, true))
	}
	var sas []*SA
	for _, p := range ps {
		sas = append(sas, mustSA(t, p))
	}
	var wg sync.WaitGroup
	for id := range 4 {
		wg.Go(func() {
			var w Worker
			rng := rand.New(rand.NewPCG(uint64(id), 0))
			for range 50 {
				i := rng.IntN(len(sas))
				payload := random(rng, rng.IntN(200))
				batch := []Packet{{Data: newSealer(t, ps[i]).packet(1<<32|5, payload, 4), SeqHi: 1}}
				w.Open(sas[i], batch)
				if batch[0].Verdict != OK || !bytes.Equal(batch[0].Inner, payload) {
					t.Errorf("%v: %v", sas[i], batch[0].Verdict)
				}
			}
		})
	}
	wg.Wait()
}

func TestVerdictNames(t *testing.T) {
	seen := map[string]bool{}
	for v := Unopened; v <= Cut; v++ {
		if s := v.String(); s == "" || seen[s] {
			t.Errorf("verdict %d is %q", v, s)
		} else {
			seen[s] = true
		}
	}
	if s := Verdict(99).String(); s != "verdict 99" {
		t.Error(s)
	}
}
