package esp

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// fuzzNames are one SA of each kind; FuzzOpen's first argument picks one.
var fuzzNames = []algorithms{
	{Encryption: "null"},
	{Encryption: "null", Integrity: "hmac-sha1-96"},
	{Encryption: "3des-cbc", Integrity: "hmac-md5-96"},
	{Encryption: "aes-cbc-128"},
	{Encryption: "aes-cbc-128", Integrity: "hmac-sha2-256-128", ESN: true},
	{Encryption: "aes-ctr-128", Integrity: "aes-xcbc-96"},
	{Encryption: "aes-gcm-8-128"},
	{Encryption: "aes-gcm-16-128", ESN: true},
	{Encryption: "aes-gcm-16-iiv-128"},
	{Encryption: "aes-ccm-12-128"},
	{Encryption: "null-auth-aes-gmac-128", ESN: true},
	{Encryption: "chacha20-poly1305"},
}

func fuzzParams(t testing.TB, a algorithms) Params {
	p := a.params(t)
	return paramsFor(rand.New(rand.NewPCG(1, 1)), p.Cipher, p.Integrity, a.ESN)
}

func FuzzOpen(f *testing.F) {
	var sas []*SA
	for i, a := range fuzzNames {
		p := fuzzParams(f, a)
		sas = append(sas, mustSA(f, p))
		s := newSealer(f, p)
		f.Add(uint8(i), uint32(0), s.packet(1, []byte("a datagram"), 4))
		f.Add(uint8(i), uint32(1), s.seal(1<<32, make([]byte, 48)))
		f.Add(uint8(i), uint32(0), []byte{})
	}
	strict, lax := &Worker{}, &Worker{Unverified: true}
	f.Fuzz(func(t *testing.T, which uint8, seqHi uint32, data []byte) {
		sa := sas[int(which)%len(sas)]
		before := bytes.Clone(data)
		verified := sa.Verify(data, seqHi)
		batch := []Packet{{Data: data, SeqHi: seqHi}}
		strict.Open(sa, batch)
		checkOpened(t, sa, &batch[0], before, verified)
		batch[0].Data = before
		lax.Open(sa, batch)
		if v := batch[0].Verdict; verified && v == ICVFailed {
			t.Fatalf("verified, but %v", v)
		}
		InnerDatagram(batch[0].NextHeader, batch[0].Inner)
		if which >= 128 { // probing is slow, so not each time
			sa.Probe(batch)
		}
	})
}

func checkOpened(t *testing.T, sa *SA, p *Packet, before []byte, verified bool) {
	if (p.Verdict == OK || p.Verdict == BadPadding && sa.ICVLen() > 0) != verified {
		t.Fatalf("%v, but Verify is %v", p.Verdict, verified)
	}
	if p.Inner != nil && p.Verdict != OK && p.Verdict != NotVerified {
		t.Fatalf("%v, but there is plaintext", p.Verdict)
	}
	if sa.ICVLen() > 0 && !verified && !bytes.Equal(p.Data, before) {
		t.Fatalf("%v, but the packet was touched", p.Verdict)
	}
}

func FuzzVerifyAH(f *testing.F) {
	for _, c := range load[publishedAH](f, "ah", 3) {
		f.Add([]byte(c.Packet), 20)
	}
	f.Add([]byte(ah6Packet(f).sealed), ah6Packet(f).at)
	p := Params{Integrity: integrityNamed(f, "hmac-sha2-256-128"), IntegrityKey: make([]byte, 32)}
	sa := mustSA(f, p)
	var w Worker
	f.Fuzz(func(t *testing.T, datagram []byte, at int) {
		before := bytes.Clone(datagram)
		v, err := w.VerifyAH(sa, datagram, at, 0)
		if (err != nil) != (v == Unopened) {
			t.Fatalf("%v, %v", v, err)
		}
		if !bytes.Equal(datagram, before) {
			t.Fatal("the datagram was touched")
		}
		ah, err := ParseAH(datagram, at)
		if err != nil {
			return
		}
		AppendTransport(nil, datagram, at, 9, ah.NextHeader, ah.Payload)
		AppendTransport(nil, datagram, at, 6, ah.NextHeader, ah.Payload)
	})
}
