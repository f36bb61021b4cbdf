package esp

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ikescope/suite"
)

// samples seals packets under p.
func samples(t *testing.T, p Params, n int, first uint64) []Packet {
	s := newSealer(t, p)
	var ps []Packet
	for i := range n {
		ps = append(ps, Packet{Data: s.packet(first+uint64(i), []byte("payload"), 4)})
	}
	return ps
}

// Each row: how the SA is known, and how the other end really seals.
func TestProbe(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 22))
	none := suite.Integrity{}
	sha256of := func(n int) suite.Integrity {
		a := integrityNamed(t, "hmac-sha2-256-128")
		a.ICVLen = n
		return a
	}
	for _, c := range []struct {
		name           string
		known, real    suite.Cipher
		knownA, realA  suite.Integrity
		knownN, realN  bool
		first          uint64
		want           []Fit
		wrongKey, many bool
	}{
		{name: "as known", known: cipherNamed(t, "aes-cbc-128"), knownA: sha256of(16), realA: sha256of(16), first: 1,
			want: []Fit{{ICVLen: 16, Verified: 3, Samples: 3}}},
		{name: "SHA-256 cut to 96 bits", known: cipherNamed(t, "aes-cbc-128"), knownA: sha256of(16), realA: sha256of(12), first: 1,
			want: []Fit{{ICVLen: 12, Verified: 3, Samples: 3}}},
		{name: "SHA-256 whole", known: cipherNamed(t, "null"), knownA: sha256of(12), realA: sha256of(32), first: 1,
			want: []Fit{{ICVLen: 32, Verified: 3, Samples: 3}}},
		{name: "ESN after all", known: cipherNamed(t, "aes-cbc-128"), knownA: sha256of(16), realA: sha256of(16), realN: true, first: 1,
			want: []Fit{{ICVLen: 16, ESN: true, Verified: 3, Samples: 3}}},
		{name: "no ESN after all", known: cipherNamed(t, "aes-cbc-128"), knownA: sha256of(16), realA: sha256of(16), knownN: true, first: 1,
			want: []Fit{{ICVLen: 16, Verified: 3, Samples: 3}}},
		{name: "ESN over a wrap, and truncated", known: cipherNamed(t, "aes-cbc-128"), knownA: sha256of(16), realA: sha256of(12), realN: true, first: 1<<32 - 1,
			want: []Fit{{ICVLen: 12, ESN: true, SeqHi: 1, Verified: 2, Samples: 3}, {ICVLen: 12, ESN: true, Verified: 1, Samples: 3}}},
		{name: "GCM with a shorter tag", known: cipherNamed(t, "aes-gcm-16-128"), real: cipherNamed(t, "aes-gcm-8-128"), knownA: none, first: 1,
			want: []Fit{{ICVLen: 8, Verified: 3, Samples: 3}}},
		{name: "GCM with ESN", known: cipherNamed(t, "aes-gcm-16-128"), knownA: none, realN: true, first: 1,
			want: []Fit{{ICVLen: 16, ESN: true, Verified: 3, Samples: 3}}},
		{name: "ChaCha20 with ESN", known: cipherNamed(t, "chacha20-poly1305"), knownA: none, realN: true, first: 1,
			want: []Fit{{ICVLen: 16, ESN: true, Verified: 3, Samples: 3}}},
		{name: "wrong key", known: cipherNamed(t, "aes-cbc-128"), knownA: sha256of(16), realA: sha256of(16), first: 1, wrongKey: true},
		{name: "no integrity", known: cipherNamed(t, "aes-cbc-128"), first: 1},
	} {
		known := paramsFor(rng, c.known, c.knownA, c.knownN)
		real := known.clone()
		if !c.real.IsZero() {
			real.Cipher = c.real
		}
		real.Integrity, real.ESN = c.realA, c.realN
		if c.wrongKey {
			real.IntegrityKey[0] ^= 1
		}
		ps := samples(t, real, 3, c.first)
		before := bytes.Clone(ps[0].Data)
		if d := cmp.Diff(c.want, mustSA(t, known).Probe(ps)); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
		if !bytes.Equal(ps[0].Data, before) {
			t.Errorf("%s: a sample was touched", c.name)
		}
	}
}

// The number of samples is bounded, and each sample's own high half is tried.
func TestProbeSamples(t *testing.T) {
	p, sa := aes128sha1(t)
	fits := sa.Probe(samples(t, p, 40, 1))
	if len(fits) != 1 || fits[0].Samples != maxProbeSamples || fits[0].Verified != maxProbeSamples {
		t.Errorf("%+v", fits)
	}
	if fits := sa.Probe(nil); fits != nil {
		t.Errorf("%+v", fits)
	}
	p.ESN = true
	ps := samples(t, p, 2, 77<<32)
	ps[1].SeqHi = 77
	fits = sa.Probe(ps)
	if len(fits) != 1 || fits[0].SeqHi != 77 || fits[0].Verified != 2 || !fits[0].ESN {
		t.Errorf("%+v", fits)
	}
}
