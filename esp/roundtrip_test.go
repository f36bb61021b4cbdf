package esp

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"ikescope/suite"
)

// eachSA calls f with every cipher, with every integrity algorithm that can
// stand beside it, and without and with extended sequence numbers.
func eachSA(t testing.TB, f func(p Params)) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, c := range suite.Ciphers() {
		algorithms := suite.Integrities()
		if c.AEAD() {
			algorithms = []suite.Integrity{{}}
		}
		for _, a := range algorithms {
			for _, esn := range []bool{false, true} {
				f(paramsFor(rng, c, a, esn))
			}
		}
	}
}

func TestRoundTrip(t *testing.T) {
	var w Worker
	rng := rand.New(rand.NewPCG(3, 4))
	rows := 0
	eachSA(t, func(p Params) {
		sa, err := NewSA(p)
		if err != nil {
			var unsupported *AlgorithmError
			if !errors.As(err, &unsupported) {
				t.Fatalf("%v: %v", p, err)
			}
			return
		}
		rows++
		roundTrip(t, &w, sa, newSealer(t, p), rng)
	})
	if rows < 1000 {
		t.Errorf("only %d combinations", rows)
	}
	t.Logf("%d combinations", rows)
}

// roundTrip opens a batch of payloads of all small lengths and some large.
func roundTrip(t *testing.T, w *Worker, sa *SA, s *sealer, rng *rand.Rand) {
	t.Helper()
	var batch []Packet
	var payloads [][]byte
	for _, n := range []int{0, 1, 2, 3, 15, 16, 17, 29, 30, 31, 64, 127, 128, 1400} {
		seq := rng.Uint64()
		if !s.ESN {
			seq &= 0xffffffff
		}
		payload := random(rng, n)
		payloads = append(payloads, payload)
		batch = append(batch, Packet{Data: s.packet(seq, payload, 4), SeqHi: uint32(seq >> 32)})
	}
	want := OK
	if sa.ICVLen() == 0 {
		want = NotVerified
	}
	w.Open(sa, batch)
	for i := range batch {
		p := &batch[i]
		if p.Verdict != want || !bytes.Equal(p.Inner, payloads[i]) || p.NextHeader != 4 || p.OddPadding {
			t.Fatalf("%v: %d octets: %v, next header %d, odd padding %v", sa, len(payloads[i]), p.Verdict, p.NextHeader, p.OddPadding)
		}
		if len(p.Inner) > 0 && &p.Inner[0] != &p.Data[sa.bodyAt] {
			t.Fatalf("%v: Inner is not a slice of Data", sa)
		}
	}
}

// An SA with a different key must open nothing, and with Unverified its
// rubbish is still labelled.
func TestWrongKey(t *testing.T) {
	var strict, lax Worker
	lax.Unverified = true
	rng := rand.New(rand.NewPCG(5, 6))
	eachSA(t, func(p Params) {
		if _, err := NewSA(p); err != nil || p.Cipher.ICVLen+p.Integrity.ICVLen == 0 {
			return
		}
		data := newSealer(t, p).packet(7, random(rng, 60), 4)
		other := p.clone()
		if p.Cipher.AEAD() {
			other.CipherKey[len(other.CipherKey)-1] ^= 1
		} else {
			other.IntegrityKey[0] ^= 1
		}
		sa := mustSA(t, other)
		batch := []Packet{{Data: bytes.Clone(data)}}
		strict.Open(sa, batch)
		if batch[0].Verdict != ICVFailed || batch[0].Inner != nil || !bytes.Equal(batch[0].Data, data) {
			t.Fatalf("%v: %v", sa, batch[0].Verdict)
		}
		lax.Open(sa, batch)
		if batch[0].Verdict != ICVFailed {
			t.Fatalf("%v: unverified: %v", sa, batch[0].Verdict)
		}
	})
}

// Unverified packets with the right cipher key and a damaged ICV open to the
// very payload, in every mode.
func TestUnverifiedDecrypts(t *testing.T) {
	w := Worker{Unverified: true}
	rng := rand.New(rand.NewPCG(7, 8))
	eachSA(t, func(p Params) {
		sa, err := NewSA(p)
		if err != nil || sa.ICVLen() == 0 {
			return
		}
		payload := random(rng, 100)
		data := newSealer(t, p).packet(9, payload, 41)
		data[len(data)-1] ^= 1
		batch := []Packet{{Data: data}}
		w.Open(sa, batch)
		if q := &batch[0]; q.Verdict != ICVFailed || !bytes.Equal(q.Inner, payload) || q.NextHeader != 41 {
			t.Fatalf("%v: %v, next header %d, payload\n%x, want\n%x", sa, q.Verdict, q.NextHeader, q.Inner, payload)
		}
	})
}
