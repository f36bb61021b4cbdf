package ikestate_test

import (
	"slices"
	"testing"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/keymat"
	"ikescope/pcaps/samples"
	"ikescope/secrets"
)

// late is a recorded conversation of version 2 whose IKE_SA_INIT was not captured.
func late(t *testing.T, name string) (ds []ikestate.Datagram, whole *ikestate.Engine) {
	t.Helper()
	s := samples.ByName(name)
	ds = datagrams(t, s)
	r := ring(t, s)
	known, err := s.Secrets()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range known.OtherDH {
		private := k.Private.A
		if len(private) == 0 {
			private = k.Private.B
		}
		r.DHs = append(r.DHs, secrets.DH{Private: keymat.NewSecret(private)})
	}
	whole = solve(t, ds, r)
	return slices.DeleteFunc(ds, func(d ikestate.Datagram) bool { return d.Message[18] == byte(isakmp.ExchangeIKESAInit) }), whole
}

// suppliedRing holds the keys of every IKE SA; algorithms and SPIs only where named
// is set.
func suppliedRing(e *ikestate.Engine, named bool) *secrets.Ring {
	r := new(secrets.Ring)
	for _, c := range e.Conversations() {
		k := c.IKEv2.Keys
		s := secrets.IKEv2{
			SKd: k.D.Secret(), SKei: k.Ei.Secret(), SKer: k.Er.Secret(), SKai: k.Ai.Secret(), SKar: k.Ar.Secret(),
			Source: secrets.Source{File: "supplied"},
		}
		if named {
			s.SPIi, s.SPIr = (*[8]byte)(&c.CookieI), (*[8]byte)(&c.CookieR)
			s.Encryption, s.Integrity = c.Phase1.Chosen.Cipher.Name, c.Phase1.Chosen.Integrity.Name
		}
		r.IKEv2s = append(r.IKEv2s, s)
	}
	return r
}

// Supplied keys open everything where IKE_SA_INIT, with the algorithms, is not in
// the capture, named or not; child SAs of CREATE_CHILD_SA get their keys from SK_d.
func TestSuppliedKeysWithoutInit(t *testing.T) {
	for _, name := range []string{
		"ikev2-psk-aes128gcm16-x25519", "ikev2-psk-aes256-sha256-modp2048", "ikev2-rekey-pfs", "tfc-padding",
	} {
		for _, named := range []bool{false, true} {
			ds, whole := late(t, name)
			e := solve(t, ds, suppliedRing(whole, named))
			if len(e.Conversations()) != len(whole.Conversations()) {
				t.Fatalf("%s: %d conversations", name, len(e.Conversations()))
			}
			for i, c := range e.Conversations() {
				w := whole.Conversations()[i]
				if got, want := c.Phase1.Chosen, w.Phase1.Chosen; got == nil || got.Cipher.Name != want.Cipher.Name || got.Integrity.Name != want.Integrity.Name || got.PRF.Name != want.PRF.Name {
					t.Errorf("%s, named %t: chosen %+v, want %v", name, named, got, want)
				}
				for _, m := range c.Messages {
					if m.Encrypted() && (!m.Decrypted || m.Verified != ikestate.Verified) {
						t.Errorf("%s, named %t: frame %d: decrypted %t, %v, %s", name, named, m.Frame, m.Decrypted, m.Verified, m.Note)
					}
				}
				compareChildren(t, name, c, w)
			}
		}
	}
}

// compareChildren compares the SAs that two readings of a conversation give; keys
// of the first child need the nonces of IKE_SA_INIT.
func compareChildren(t *testing.T, name string, got, want *ikestate.Conversation) {
	t.Helper()
	if len(got.IPsecSAs) != len(want.IPsecSAs) {
		t.Errorf("%s: %d IPsec SAs, want %d", name, len(got.IPsecSAs), len(want.IPsecSAs))
		return
	}
	for i, s := range got.IPsecSAs {
		w := want.IPsecSAs[i]
		switch {
		case s.SPI != w.SPI || s.Cipher.Name != w.Cipher.Name || s.Integrity.Name != w.Integrity.Name:
			t.Errorf("%s: SA %+v, want %+v", name, s, w)
		case s.Made.Header.Exchange == isakmp.ExchangeIKEAuth:
			if len(s.Keys) > 0 {
				t.Errorf("%s: keys of the first child without its nonces", name)
			}
		case s.PFSGroup == "" && (len(s.Keys) != 1 || !s.Keys[0].Encryption.Equal(w.Keys[0].Encryption) || !s.Keys[0].Integrity.Equal(w.Keys[0].Integrity)):
			t.Errorf("%s: SA %08x has other keys", name, s.SPI)
		}
	}
}

// Keys of another IKE SA are refused, whatever algorithms fit their lengths.
func TestSuppliedKeysOfAnother(t *testing.T) {
	ds, _ := late(t, "ikev2-psk-aes256-sha256-modp2048")
	_, other := late(t, "tfc-padding")
	r := suppliedRing(other, false)
	for _, withoutA := range []bool{false, true} {
		if withoutA {
			r.IKEv2s[0].SKai, r.IKEv2s[0].SKar = keymat.Secret{}, keymat.Secret{}
		}
		c := solve(t, ds, r).Conversations()[0]
		if c.Phase1.Chosen != nil || c.Phase1.ChoiceTried || c.Missing() == "" {
			t.Errorf("without SK_a %t: chosen %v", withoutA, c.Phase1.Chosen)
		}
	}
}

// Without integrity keys, the payload chains tell the algorithms.
func TestSuppliedCipherKeysAlone(t *testing.T) {
	ds, whole := late(t, "ikev2-psk-aes256-sha256-modp2048")
	r := suppliedRing(whole, false)
	r.IKEv2s[0].SKai, r.IKEv2s[0].SKar = keymat.Secret{}, keymat.Secret{}
	c := solve(t, ds, r).Conversations()[0]
	if c.Phase1.Chosen == nil || c.Phase1.Chosen.Cipher.Name != "aes-cbc-256" {
		t.Fatalf("chosen %v", c.Phase1.Chosen)
	}
	for _, m := range c.Messages {
		if m.Encrypted() && (!m.Decrypted || m.Verified != ikestate.Unchecked) {
			t.Errorf("frame %d: decrypted %t, %v", m.Frame, m.Decrypted, m.Verified)
		}
	}
}
