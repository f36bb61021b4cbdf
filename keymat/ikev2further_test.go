package keymat

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"slices"
	"testing"

	"ikescope/suite"
)

// mac is HMAC-SHA2-256 of parts behind each other, without this package.
func mac(key []byte, parts ...[]byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(slices.Concat(parts...))
	return h.Sum(nil)
}

// No vectors are published for RFC 8784, 9242 and 9370: what is compared with is
// their formulas, written down once more.
var (
	skd    = bytes.Repeat([]byte{0xd1}, 32)
	ni, nr = []byte("nonce of the initiator"), []byte("nonce of the responder, longer")
	sk0    = bytes.Repeat([]byte{0x50}, 32)
	sk1    = bytes.Repeat([]byte{0x51}, 32)
	sk2    = bytes.Repeat([]byte{0x52}, 66)
)

// RFC 9370, section 2.2.4: SK(0) is in front of the nonces, the others behind them.
func TestFurtherKeyExchanges(t *testing.T) {
	prf := suite.HMAC(namedHash("sha2-256"))
	in := ChildSA{Ni: ni, Nr: nr, GIR: NewSecret(sk0), Further: []Secret{NewSecret(sk1), NewSecret(sk2)}}
	d := SKdFrom(NewSecret(skd))
	expect(t, "SKEYSEED", d.RekeySKEYSEED(prf, in).Secret(), mac(skd, sk0, ni, nr, sk1, sk2))
	t1 := mac(skd, sk0, ni, nr, sk1, sk2, []byte{1})
	t2 := mac(skd, t1, sk0, ni, nr, sk1, sk2, []byte{2})
	expect(t, "KEYMAT", d.Keymat(prf, in, 50), append(t1, t2...)[:50])
	in.GIR = Secret{}
	expect(t, "KEYMAT without SK(0)", d.Keymat(prf, in, 32), mac(skd, ni, nr, sk1, sk2, []byte{1}))
}

// RFC 9370, section 2.2.2: what follows an IKE_INTERMEDIATE exchange.
func TestIntermediateSKEYSEED(t *testing.T) {
	got := SKdFrom(NewSecret(skd)).RekeySKEYSEED(suite.HMAC(namedHash("sha2-256")), ChildSA{Ni: ni, Nr: nr, GIR: NewSecret(sk1)})
	expect(t, "SKEYSEED(1)", got.Secret(), mac(skd, sk1, ni, nr))
}

// RFC 8784, section 3: SK_d, SK_pi and SK_pr change, SK_e and SK_a do not.
func TestWithPPK(t *testing.T) {
	prf, ppk := suite.HMAC(namedHash("sha2-256")), []byte("a post-quantum pre-shared key that is longer than one block of the hash function has room for")
	octets := func(b byte) Secret { return NewSecret(bytes.Repeat([]byte{b}, 32)) }
	before := IKEv2Keys{
		D: SKdFrom(octets(1)), Ai: SKaFrom(octets(2)), Ar: SKaFrom(octets(3)), Ei: SKeFrom(octets(4)), Er: SKeFrom(octets(5)),
		Pi: SKpFrom(octets(6)), Pr: SKpFrom(octets(7)),
	}
	after := before.WithPPK(prf, NewSecret(ppk))
	for name, x := range map[string][2]Secret{
		"SK_d":  {after.D.Secret(), before.D.Secret()},
		"SK_pi": {after.Pi.Secret(), before.Pi.Secret()},
		"SK_pr": {after.Pr.Secret(), before.Pr.Secret()},
	} {
		expect(t, name, x[0], mac(ppk, x[1].Bytes(), []byte{1}))
	}
	for name, x := range map[string][2]Secret{
		"SK_ai": {after.Ai.Secret(), before.Ai.Secret()}, "SK_ar": {after.Ar.Secret(), before.Ar.Secret()},
		"SK_ei": {after.Ei.Secret(), before.Ei.Secret()}, "SK_er": {after.Er.Secret(), before.Er.Secret()},
	} {
		expect(t, name, x[0], x[1].Bytes())
	}
	if k := (IKEv2Keys{Ei: before.Ei}).WithPPK(prf, NewSecret(ppk)); !k.D.IsZero() || !k.Pi.IsZero() || !k.Pr.IsZero() {
		t.Error("absent secrets became something")
	}
}

// RFC 9242, section 3.3.2.
func TestIntAuth(t *testing.T) {
	prf := suite.HMAC(namedHash("sha2-256"))
	p1, p2 := bytes.Repeat([]byte{0x11}, 32), bytes.Repeat([]byte{0x12}, 32)
	a, content := []byte("header and generic header"), []byte("payloads")
	first := SKpFrom(NewSecret(p1)).IntAuthN(prf, nil, a, content)
	if want := mac(p1, a, content); !bytes.Equal(first, want) {
		t.Errorf("IntAuth_i1 %x, want %x", first, want)
	}
	second := SKpFrom(NewSecret(p2)).IntAuthN(prf, first, a, nil)
	if want := mac(p2, first, a); !bytes.Equal(second, want) {
		t.Errorf("IntAuth_i2 %x, want %x", second, want)
	}
	all := IntAuth(second, first, 0x01020304)
	if want := slices.Concat(second, first, []byte{1, 2, 3, 4}); !bytes.Equal(all, want) {
		t.Errorf("IntAuth %x, want %x", all, want)
	}
	x := Authenticated{Message: []byte("message"), Nonce: nr, ID: []byte("identity"), IntAuth: all}
	signed := slices.Concat(x.Message, nr, mac(p2, x.ID), all)
	if got := SKpFrom(NewSecret(p2)).SignedOctets(prf, x); !bytes.Equal(got, signed) {
		t.Errorf("signed octets %x, want %x", got, signed)
	}
	psk := []byte("pre-shared")
	if got, want := SKpFrom(NewSecret(p2)).SharedKeyAUTH(prf, NewSecret(psk), x), mac(mac(psk, []byte("Key Pad for IKEv2")), signed); !bytes.Equal(got, want) {
		t.Errorf("AUTH %x, want %x", got, want)
	}
}
