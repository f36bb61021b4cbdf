package esp

import (
	"math/rand/v2"
	"testing"

	"ikescope/suite"
)

// kinds are the combinations of the benchmarks and of the allocation test.
var kinds = []struct{ cipher, integrity string }{
	{"null", "hmac-sha1-96"},
	{"null", "hmac-md5-96"},
	{"null", "hmac-sha2-256-128"},
	{"null", "hmac-sha2-512-256"},
	{"null", "aes-xcbc-96"},
	{"null", "aes-cmac-96"},
	{"des-cbc", "none"},
	{"3des-cbc", "none"},
	{"blowfish-cbc-128", "none"},
	{"cast-cbc-128", "none"},
	{"camellia-cbc-128", "none"},
	{"aes-cbc-128", "none"},
	{"aes-cbc-256", "none"},
	{"aes-ctr-128", "none"},
	{"aes-cbc-128", "hmac-sha1-96"},
	{"aes-cbc-256", "hmac-sha2-256-128"},
	{"3des-cbc", "hmac-sha1-96"},
	{"aes-gcm-16-128", ""},
	{"aes-gcm-16-256", ""},
	{"aes-gcm-8-128", ""},
	{"aes-ccm-16-128", ""},
	{"null-auth-aes-gmac-128", ""},
	{"chacha20-poly1305", ""},
}

// batchOf seals n packets of the given length, as near as padding allows.
func batchOf(t testing.TB, p Params, n, length int) []Packet {
	s := newSealer(t, p)
	rng := rand.New(rand.NewPCG(1, 1))
	overhead := len(s.packet(0, nil, 4))
	var batch []Packet
	for i := range n {
		batch = append(batch, Packet{Data: s.packet(uint64(i), random(rng, max(1, length-overhead)), 4)})
	}
	return batch
}

// restore puts the sealed octets back, which opening in place replaced.
func restore(batch []Packet, sealed [][]byte) {
	for i := range batch {
		copy(batch[i].Data, sealed[i])
	}
}

func copies(batch []Packet) [][]byte {
	var sealed [][]byte
	for i := range batch {
		sealed = append(sealed, append([]byte(nil), batch[i].Data...))
	}
	return sealed
}

func TestOpenDoesNotAllocate(t *testing.T) {
	for _, k := range kinds {
		if purego && k.cipher == "chacha20-poly1305" {
			continue
		}
		for _, esn := range []bool{false, true} {
			var a suite.Integrity
			if k.integrity != "" {
				a = integrityNamed(t, k.integrity)
			}
			p := paramsFor(rand.New(rand.NewPCG(1, 1)), cipherNamed(t, k.cipher), a, esn)
			sa := mustSA(t, p)
			batch := batchOf(t, p, 8, 200)
			sealed := copies(batch)
			w := &Worker{Unverified: true}
			w.Open(sa, batch)
			if n := testing.AllocsPerRun(20, func() {
				restore(batch, sealed)
				w.Open(sa, batch)
				batch[0].Data[len(batch[0].Data)-1] ^= 1
				w.Open(sa, batch)
			}); n != 0 {
				t.Errorf("%v: %v allocations", sa, n)
			}
		}
	}
}

func TestVerifyAHDoesNotAllocate(t *testing.T) {
	var w Worker
	sa, c := ahSHA1(t, true), ah6Packet(t)
	if n := testing.AllocsPerRun(20, func() { w.VerifyAH(sa, c.sealed, c.at, 0) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestAppendTransportDoesNotAllocate(t *testing.T) {
	dst, ip, payload := make([]byte, 0, 200), ipv4Datagram(84, 84), make([]byte, 64)
	if n := testing.AllocsPerRun(20, func() {
		if _, err := AppendTransport(dst, ip, 20, 9, 6, payload); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
