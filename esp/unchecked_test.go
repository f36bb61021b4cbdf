package esp

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"
)

// Packets with an ICV whose key nobody has open, and nothing says that they are right.
func TestUncheckedICV(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	full := paramsFor(rng, cipherNamed(t, "aes-cbc-128"), integrityNamed(t, "hmac-sha2-256-128"), false)
	payload := random(rng, 61)
	packet := newSealer(t, full).packet(7, payload, 59)

	half := full
	half.Integrity, half.IntegrityKey, half.UncheckedICV = integrityNamed(t, "none"), nil, full.Integrity.ICVLen
	sa, err := NewSA(half)
	if err != nil {
		t.Fatal(err)
	}
	if sa.Verify(packet, 0) {
		t.Error("verified without a key")
	}
	batch := []Packet{{Data: bytes.Clone(packet)}}
	new(Worker).Open(sa, batch)
	if p := batch[0]; p.Verdict != NotVerified || p.NextHeader != 59 || !bytes.Equal(p.Inner, payload) {
		t.Errorf("%v, next header %d, %x", p.Verdict, p.NextHeader, p.Inner)
	}
}

func TestUncheckedICVIsForSAsWithoutIntegrity(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for _, p := range []Params{
		paramsFor(rng, cipherNamed(t, "aes-cbc-128"), integrityNamed(t, "hmac-sha1-96"), false),
		paramsFor(rng, cipherNamed(t, "aes-gcm-16-128"), integrityNamed(t, "none"), false),
	} {
		p.UncheckedICV = 12
		if _, err := NewSA(p); !errors.As(err, new(*AlgorithmError)) {
			t.Errorf("%v: %v", p, err)
		}
	}
	p := paramsFor(rng, cipherNamed(t, "aes-cbc-128"), integrityNamed(t, "none"), false)
	for _, n := range []int{-1, maxUncheckedICV + 1} {
		p.UncheckedICV = n
		if _, err := NewSA(p); err == nil {
			t.Errorf("an ICV of %d octets", n)
		}
	}
}
