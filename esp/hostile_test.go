package esp

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// Every length from nothing to a whole packet, as truncations of a good packet
// and as noise: never a panic, never a good verdict, nothing past the end.
func TestEveryLength(t *testing.T) {
	workers := []*Worker{{}, {Unverified: true}}
	rng := rand.New(rand.NewPCG(11, 12))
	eachSA(t, func(p Params) {
		sa, err := NewSA(p)
		if err != nil {
			return
		}
		good := newSealer(t, p).packet(3, random(rng, 28), 4)
		for n := range len(good) {
			for _, w := range workers {
				testLength(t, w, sa, good[:n])
				testLength(t, w, sa, random(rng, n))
			}
		}
	})
}

func testLength(t *testing.T, w *Worker, sa *SA, data []byte) {
	t.Helper()
	// A copy with nothing behind it, so that reading on is a panic.
	batch := []Packet{{Data: append(make([]byte, 0, len(data)), data...)}}
	w.Open(sa, batch)
	q := &batch[0]
	if q.Verdict == Unopened || q.Verdict == OK || (q.Inner != nil && !w.Unverified && q.Verdict != NotVerified) {
		t.Fatalf("%v: %d octets: %v, %d octets of payload", sa, len(data), q.Verdict, len(q.Inner))
	}
	if q.Verdict == TooShort && len(data) >= sa.bodyAt+max(2, sa.blockLen)+sa.icvLen {
		t.Fatalf("%v: %d octets are not too short", sa, len(data))
	}
	if q.Inner == nil && !w.Unverified && q.Verdict != BadPadding && !bytes.Equal(q.Data, data) {
		t.Fatalf("%v: %d octets: %v, but touched", sa, len(data), q.Verdict)
	}
}

// A packet of the largest size an IP datagram can hold, and larger.
func TestLargePackets(t *testing.T) {
	var w Worker
	rng := rand.New(rand.NewPCG(13, 14))
	for _, name := range []string{"aes-cbc-256", "aes-ctr-128", "aes-gcm-16-128", "aes-gcm-8-128", "aes-ccm-16-128", "null-auth-aes-gmac-128", "chacha20-poly1305", "null"} {
		p := paramsFor(rng, cipherNamed(t, name), integrityNamed(t, "none"), true)
		for _, n := range []int{65_464, 65_536, 200_000} {
			payload := random(rng, n)
			batch := []Packet{{Data: newSealer(t, p).packet(1, payload, 4)}}
			w.Open(mustSA(t, p), batch)
			if v := batch[0].Verdict; v != OK && v != NotVerified || !bytes.Equal(batch[0].Inner, payload) {
				t.Errorf("%s: %d octets: %v", name, n, v)
			}
		}
	}
}
