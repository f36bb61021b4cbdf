package keymat

import (
	"bytes"
	"testing"

	"ikescope/suite"
	"ikescope/suite/vectors"
)

type ikev2Case struct {
	ID, PRF       string
	Ni, Nr        hexField
	GIR           hexField
	GIRNew        hexField `json:"gir_new"`
	SPIi          hexField `json:"spi_i"`
	SPIr          hexField `json:"spi_r"`
	SKEYSEED      hexField
	DKM           hexField
	DKMChild      hexField `json:"dkm_child"`
	DKMChildDH    hexField `json:"dkm_child_dh"`
	SKEYSEEDRekey hexField `json:"skeyseed_rekey"`
}

// NIST CAVP sample vectors for SP 800-135, see testdata/README.md. DKM is the
// stream that is cut into the secrets; SK_d is its beginning. The vectors use
// one pair of nonces for all steps.
func TestIKEv2(t *testing.T) {
	leadingZero := 0
	for _, v := range vectors.Cases[ikev2Case](t, "testdata/ikev2.json.gz", 100) {
		prf := vectorPRF(t, v.PRF)
		s := SAInit{PRF: prf, SPIi: [8]byte(v.SPIi), SPIr: [8]byte(v.SPIr), Ni: v.Ni, Nr: v.Nr}
		seed := s.SKEYSEED(NewSecret(v.GIR))
		expect(t, v.ID+": SKEYSEED", seed.Secret(), v.SKEYSEED)
		expect(t, v.ID+": DKM", owned(prfPlus(prf, v.SKEYSEED, len(v.DKM), v.Ni, v.Nr, v.SPIi, v.SPIr)), v.DKM)
		expectCut(t, v, seed.Derive(s, 20, 16))

		withDH := ChildSA{Ni: v.Ni, Nr: v.Nr, GIR: NewSecret(v.GIRNew)}
		d := SKdFrom(NewSecret(v.DKM[:prf.KeyLen]))
		expect(t, v.ID+": child", d.Keymat(prf, ChildSA{Ni: v.Ni, Nr: v.Nr}, len(v.DKMChild)), v.DKMChild)
		expect(t, v.ID+": child with DH", d.Keymat(prf, withDH, len(v.DKMChildDH)), v.DKMChildDH)
		expect(t, v.ID+": rekey", d.RekeySKEYSEED(prf, withDH).Secret(), v.SKEYSEEDRekey)
		if v.GIR[0] == 0 || v.GIRNew[0] == 0 {
			leadingZero++
		}
	}
	if leadingZero < 20 {
		t.Errorf("only %d cases have a g^ir with a leading zero octet", leadingZero)
	}
}

// expectCut checks where the stream is cut, as far as the case's stream goes:
// SK_d, SK_ai, SK_ar (20 octets each), SK_ei, SK_er (16 octets each), SK_pi, SK_pr.
func expectCut(t *testing.T, v ikev2Case, k IKEv2Keys) {
	t.Helper()
	var joined []byte
	for _, s := range []Secret{k.D.Secret(), k.Ai.Secret(), k.Ar.Secret(), k.Ei.Secret(), k.Er.Secret(), k.Pi.Secret(), k.Pr.Secret()} {
		joined = append(joined, s.Bytes()...)
	}
	if n := k.D.Secret().Len(); k.Pi.Secret().Len() != n || k.Pr.Secret().Len() != n || k.Ai.Secret().Len() != 20 || k.Er.Secret().Len() != 16 {
		t.Errorf("%s: lengths of the secrets are wrong", v.ID)
	}
	if n := min(len(joined), len(v.DKM)); !bytes.Equal(joined[:n], v.DKM[:n]) {
		t.Errorf("%s: secrets %x, want %x", v.ID, joined, v.DKM)
	}
}

func TestAEADHasNoIntegrityKeys(t *testing.T) {
	prf := suite.HMAC(namedHash("sha2-256"))
	c, _ := suite.CipherByName("aes-gcm-16-128")
	s := SAInit{PRF: prf, Ni: []byte("ni"), Nr: []byte("nr")}
	k := s.SKEYSEED(NewSecret([]byte("gir"))).Derive(s, 0, c.KeymatLen())
	if !k.Ai.IsZero() || !k.Ar.IsZero() || k.Ei.Secret().Len() != 20 || k.D.Secret().Len() != 32 {
		t.Errorf("SK_a %d, SK_e %d, SK_d %d octets", k.Ai.Secret().Len(), k.Ei.Secret().Len(), k.D.Secret().Len())
	}
}

// RFC 7296 section 2.14: a PRF of fixed key length takes 64 bits of each nonce
// for SKEYSEED, and all of them for what follows.
func TestFixedKeyPRF(t *testing.T) {
	prf, _ := suite.PRFByName("aes128-xcbc")
	gir := NewSecret([]byte("gir"))
	long := SAInit{PRF: prf, Ni: []byte("12345678-rest"), Nr: []byte("abcdefgh-rest")}
	short := SAInit{PRF: prf, Ni: []byte("12345678"), Nr: []byte("abcdefgh")}
	seed := long.SKEYSEED(gir)
	want := apply(prf, []byte("12345678abcdefgh"), gir.Bytes())
	expect(t, "SKEYSEED", seed.Secret(), want)
	expect(t, "SKEYSEED of short nonces", short.SKEYSEED(gir).Secret(), want)
	if seed.Derive(long, 12, 16).D.Secret().Equal(seed.Derive(short, 12, 16).D.Secret()) {
		t.Error("prf+ does not use the whole nonces")
	}
}

// RFC 7296 section 2.13: prf+ ends after 255 rounds.
func TestPRFPlusIsBounded(t *testing.T) {
	prf := suite.HMAC(namedHash("md5"))
	if n := len(prfPlus(prf, []byte("k"), 255*16, []byte("s"))); n != 255*16 {
		t.Errorf("%d octets", n)
	}
	defer func() {
		if recover() == nil {
			t.Error("more than 255 rounds")
		}
	}()
	prfPlus(prf, []byte("k"), 255*16+1, []byte("s"))
}
