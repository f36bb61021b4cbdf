package ikestate_test

import (
	"bytes"
	"crypto/ecdh"
	"slices"
	"strings"
	"testing"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/keymat"
	"ikescope/secrets"
)

// kem is the shared secret of the nth further key exchange.
func kem(n int) []byte { return bytes.Repeat([]byte{byte(0x60 + n)}, 32) }

// hybrid speaks a whole negotiation with n further key exchanges by ML-KEM-768, 1024
// and 512 (values of their lengths), and returns the secrets of before each.
func hybrid(t testing.TB, gcm bool, fragment, n int) (s *spokenV2, before []skV2) {
	t.Helper()
	s = newSpokenV2(t)
	s.gcm, s.fragment = gcm, fragment
	s.additional = []uint16{36, 37, 35}[:n]
	s.begin()
	for i, id := range s.additional {
		public, ciphertext := []int{1184, 1568, 800}[i], []int{1088, 1568, 768}[i]
		before = append(before, s.sk)
		s.between(id, kem(i), make([]byte, public), bytes.Repeat([]byte{1}, ciphertext))
	}
	s.authenticate([2][]byte{s.sk.pi, s.sk.pr}, [2][]isakmp.Payload{})
	return s, before
}

// RFC 9370 and RFC 9242: with the secrets of all key exchanges everything opens, the
// child SA has its keys, and AUTH, which covers the exchanges between, verifies;
// whole or in fragments (RFC 7383), with an AEAD or without.
func TestFurtherKeyExchanges(t *testing.T) {
	for _, gcm := range []bool{false, true} {
		for _, fragment := range []int{0, 500} {
			for n := range 4 {
				s, _ := hybrid(t, gcm, fragment, n)
				c := s.solved(s.withPSK(knows(s.shared, kem(2), kem(0), kem(1))))
				for _, m := range c.Messages {
					if !m.Decrypted {
						t.Errorf("gcm %t, fragments of %d, %d further: frame %d is closed: %s", gcm, fragment, n, m.Frame, m.Note)
					}
				}
				s.proved(c, ikestate.Verified, ikestate.Verified)
				s.hasKeys(c, uint32(n+1), s.childKeys(s.sk.d, nil, s.nonce))
				if c.Missing() != "" || !bytes.Equal(c.IKEv2.Keys.D.Secret().Bytes(), s.sk.d) {
					t.Errorf("%d further: missing %q, or SK_d is another", n, c.Missing())
				}
			}
		}
	}
}

// A wrong pre-shared key is refuted, and so is an AUTH that does not cover what was
// said between.
func TestIntAuthIsCovered(t *testing.T) {
	s, _ := hybrid(t, true, 0, 1)
	ring := knows(s.shared, kem(0))
	ring.PSKs = []secrets.PSK{{Secret: keymat.NewSecret([]byte("another"))}}
	s.proved(s.solved(ring), ikestate.Refuted, ikestate.Refuted)

	for _, change := range []func(*spokenV2){
		func(s *spokenV2) { s.intAuth[0][0] ^= 1 },
		func(s *spokenV2) { s.intAuth[1][0] ^= 1 },
		func(s *spokenV2) { s.authMID++ },
		func(s *spokenV2) { s.authMID = 0 },
	} {
		s := newSpokenV2(t)
		s.additional = []uint16{36}
		s.begin()
		s.between(36, kem(0), make([]byte, 1184), make([]byte, 1088))
		change(s)
		s.authenticate([2][]byte{s.sk.pi, s.sk.pr}, [2][]isakmp.Payload{})
		s.proved(s.solved(s.withPSK(knows(s.shared, kem(0)))), ikestate.Refuted, ikestate.Refuted)
	}
}

// An IKE_INTERMEDIATE exchange without a key exchange changes no keys, and AUTH
// covers it.
func TestIntermediateWithoutKE(t *testing.T) {
	s := newSpokenV2(t)
	s.additional = []uint16{36}
	s.begin()
	s.exchange(isakmp.ExchangeIntermediate, []isakmp.Payload{notifyV2(40000, []byte("a"))}, nil)
	s.between(36, kem(0), make([]byte, 1184), make([]byte, 1088))
	s.exchange(isakmp.ExchangeIntermediate, nil, []isakmp.Payload{notifyV2(40000, []byte("b"))})
	s.authenticate([2][]byte{s.sk.pi, s.sk.pr}, [2][]isakmp.Payload{})
	c := s.solved(s.withPSK(knows(s.shared, kem(0))))
	s.proved(c, ikestate.Verified, ikestate.Verified)
	s.hasKeys(c, 4, s.childKeys(s.sk.d, nil, s.nonce))
}

// What is missing is said: the secrets of the key exchanges that are not known.
func TestFurtherSecretMissing(t *testing.T) {
	s, _ := hybrid(t, true, 0, 2)
	for _, x := range []struct {
		ring    *secrets.Ring
		missing string
		opened  int // of the encrypted messages
	}{
		{knows(), "IKE_SA_INIT and of the key exchanges by ML-KEM-768 and ML-KEM-1024", 0},
		{knows(s.shared), "ML-KEM-768 and ML-KEM-1024", 2},
		{knows(s.shared, kem(1)), "ML-KEM-768 and ML-KEM-1024", 2},
		{knows(s.shared, kem(0)), "by ML-KEM-1024", 4},
		{knows(s.shared, kem(0), kem(1)), "", 6},
	} {
		c := s.solved(s.withPSK(x.ring))
		opened := 0
		for _, m := range c.Messages {
			if m.Encrypted() && m.Decrypted {
				opened++
			}
		}
		if got := c.Missing(); opened != x.opened || !strings.Contains(got, x.missing) || x.missing == "" && got != "" || strings.Contains(got, "ML-KEM-768") != strings.Contains(x.missing, "ML-KEM-768") {
			t.Errorf("opened %d, want %d; missing %q, want %q", opened, x.opened, got, x.missing)
		}
		if x.missing != "" && !c.IKEv2.Keys.D.IsZero() {
			t.Errorf("%q is missing, and SK_d known", x.missing)
		}
	}
}

func (k skV2) ring(line int, proofs bool) secrets.IKEv2 {
	s := keymat.NewSecret
	x := secrets.IKEv2{SKd: s(k.d), SKai: s(k.ai), SKar: s(k.ar), SKei: s(k.ei), SKer: s(k.er), Source: secrets.Source{File: "sk", Line: line}}
	if proofs {
		x.SKpi, x.SKpr = s(k.pi), s(k.pr)
	}
	return x
}

// Keys that are supplied, as a log prints them after each exchange, do as well; AUTH
// needs SK_p of before each exchange too. From keys of the middle the later ones follow.
func TestSuppliedFurtherKeys(t *testing.T) {
	s, before := hybrid(t, false, 600, 2)
	var all secrets.Ring
	for i, k := range append(slices.Clone(before), s.sk) {
		all.IKEv2s = append(all.IKEv2s, k.ring(i+1, true))
	}
	c := s.solved(s.withPSK(&all))
	s.proved(c, ikestate.Verified, ikestate.Verified)
	s.hasKeys(c, 3, s.childKeys(s.sk.d, nil, s.nonce))

	last := &secrets.Ring{IKEv2s: all.IKEv2s[2:]}
	c = s.solved(s.withPSK(last))
	s.proved(c, ikestate.Unchecked, ikestate.Unchecked)
	s.hasKeys(c, 3, s.childKeys(s.sk.d, nil, s.nonce))
	if c.Missing() != "" {
		t.Errorf("missing %q", c.Missing())
	}

	middle := knows(kem(1))
	middle.IKEv2s = all.IKEv2s[1:2]
	c = s.solved(s.withPSK(middle))
	s.hasKeys(c, 3, s.childKeys(s.sk.d, nil, s.nonce))

	stopped := &secrets.Ring{IKEv2s: all.IKEv2s[1:2]}
	if got := s.solved(stopped).Missing(); !strings.Contains(got, "ML-KEM-1024") || strings.Contains(got, "ML-KEM-768") {
		t.Errorf("missing %q", got)
	}

	var bare secrets.Ring // SK_e alone: no integrity is checked, AUTH cannot be
	for _, k := range all.IKEv2s {
		bare.IKEv2s = append(bare.IKEv2s, secrets.IKEv2{SKei: k.SKei, SKer: k.SKer, Source: k.Source})
	}
	whole, _ := hybrid(t, false, 0, 2)
	c = whole.solved(whole.withPSK(&bare))
	for _, m := range c.Messages {
		if m.Encrypted() && (!m.Decrypted || m.Verified != ikestate.Unchecked) {
			t.Errorf("frame %d: decrypted %t, %v", m.Frame, m.Decrypted, m.Verified)
		}
	}
	whole.proved(c, ikestate.Unchecked, ikestate.Unchecked)
}

// Messages that the capture lost leave AUTH unchecked, not refuted.
func TestIntermediateLost(t *testing.T) {
	s, _ := hybrid(t, true, 500, 2)
	whole := s.ds
	for i := 2; i < len(whole)-2; i++ {
		s.ds = slices.Delete(slices.Clone(whole), i, i+1)
		c := s.solved(s.withPSK(knows(s.shared, kem(0), kem(1))))
		if c.Phase1.HashI == ikestate.Refuted || c.Phase1.HashR == ikestate.Refuted {
			t.Errorf("without frame %d AUTH is refuted", i+1)
		}
	}
}

// A peer may ask for more than there can be: the work stays bounded, and nothing is
// taken for proof.
func TestManyIntermediates(t *testing.T) {
	s := newSpokenV2(t)
	s.gcm, s.additional = true, []uint16{36, 37, 35, 31, 14, 19, 20}
	s.begin()
	for range 1100 {
		s.exchange(isakmp.ExchangeIntermediate, []isakmp.Payload{keV2(36, []byte{1})}, []isakmp.Payload{keV2(36, []byte{2})})
	}
	s.authenticate([2][]byte{s.sk.pi, s.sk.pr}, [2][]isakmp.Payload{})
	ring := knows(s.shared)
	for i := range 50 {
		ring.DHs = append(ring.DHs, secrets.DH{Shared: keymat.NewSecret(kem(i)), Source: secrets.Source{File: "kem", Line: i + 1}})
	}
	s.proved(s.solved(s.withPSK(ring)), ikestate.Unchecked, ikestate.Unchecked)
}

// Further key exchanges may be of any method: of a group, whose private value finds
// its exchange, and of one that is known by its number only.
func TestFurtherMethods(t *testing.T) {
	const unknown = 65001
	s := newSpokenV2(t)
	s.additional = []uint16{19, unknown}
	s.begin()
	var private [2]*ecdh.PrivateKey
	for i := range private {
		k, err := ecdh.P256().NewPrivateKey(bytes.Repeat([]byte{byte(0x41 + i)}, 32))
		if err != nil {
			t.Fatal(err)
		}
		private[i] = k
	}
	shared, err := private[1].ECDH(private[0].PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	point := func(k *ecdh.PrivateKey) []byte { return k.PublicKey().Bytes()[1:] } // RFC 5903, section 7
	s.between(19, shared, point(private[0]), point(private[1]))
	own := bytes.Repeat([]byte{0x77}, 48)
	s.between(unknown, own, make([]byte, 99), make([]byte, 77))
	s.authenticate([2][]byte{s.sk.pi, s.sk.pr}, [2][]isakmp.Payload{})
	ring := s.withPSK(knows(s.shared, own))
	ring.DHs = append(ring.DHs, secrets.DH{Private: keymat.NewSecret(private[1].Bytes()), Source: secrets.Source{File: "private", Line: 1}})
	c := s.solved(ring)
	s.proved(c, ikestate.Verified, ikestate.Verified)
	want := []ikestate.Taken{{Source: secrets.Source{File: "private", Line: 1}, Kind: "dh-private"}, {Source: secrets.Source{File: "dh", Line: 2}, Kind: "dh-shared"}}
	if !slices.Equal(c.IKEv2.FurtherKeys, want) {
		t.Errorf("further keys %v, want %v", c.IKEv2.FurtherKeys, want)
	}
}

// Of an offer, alternatives for one key exchange stand together.
func TestFurtherOffered(t *testing.T) {
	s := newSpokenV2(t)
	s.begin()
	sa := s.proposalV2(1, nil, 31, []uint16{36})
	sa[7]++
	sa[3] += 8
	sa = append(sa, transformV2(true, 6, 37)...)
	for at := 8; at < len(sa); at += int(sa[at+3]) { // more transforms follow all but the last
		if at+int(sa[at+3]) < len(sa) {
			sa[at] = 3
		}
	}
	first, body := chainV2([]isakmp.Payload{payload(isakmp.PayloadSA2, sa), keV2(31, make([]byte, 32)), payload(isakmp.PayloadNonce2, s.nonce[0])})
	s.spi[0] = bytes.Repeat([]byte{0xee}, 8)
	s.spi[1] = make([]byte, 8)
	s.ds = nil
	s.send(0, append(s.header(0, false, isakmp.ExchangeIKESAInit, 0, first, len(body)), body...))
	if got := s.solved(nil).Phase1.Offered; len(got) != 1 || !slices.Equal(got[0].Additional, []string{"mlkem768,mlkem1024"}) {
		t.Errorf("offered %+v", got)
	}
}
