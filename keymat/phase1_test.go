package keymat

import (
	"testing"

	"pgregory.net/rapid"

	"ikescope/suite"
	"ikescope/suite/vectors"
)

type ladderCase struct {
	ID, PRF  string
	CookieI  hexField `json:"cky_i"`
	CookieR  hexField `json:"cky_r"`
	Ni, Nr   hexField
	GXY, PSK hexField
	SKEYID   hexField
	SKEYIDd  hexField `json:"skeyid_d"`
	SKEYIDa  hexField `json:"skeyid_a"`
	SKEYIDe  hexField `json:"skeyid_e"`
}

func (v ladderCase) phase1() Phase1 {
	h := vectorHashes[v.PRF]
	return Phase1{PRF: suite.HMAC(h), Hash: h, CookieI: [8]byte(v.CookieI), CookieR: [8]byte(v.CookieR), NiB: v.Ni, NrB: v.Nr}
}

// NIST CAVP sample vectors for SP 800-135, see testdata/README.md.
func TestLadder(t *testing.T) {
	for _, m := range []struct {
		file   string
		n      int
		skeyid func(Phase1, ladderCase) SKEYID
	}{
		{"ikev1_psk.json.gz", 150, func(p Phase1, v ladderCase) SKEYID { return p.SKEYIDFromPSK(NewSecret(v.PSK)) }},
		{"ikev1_dsa.json.gz", 150, func(p Phase1, v ladderCase) SKEYID { return p.SKEYIDFromSignature(NewSecret(v.GXY)) }},
		{"ikev1_pke.json.gz", 100, func(p Phase1, _ ladderCase) SKEYID { return p.SKEYIDFromPublicKey() }},
	} {
		leadingZero := 0
		for _, v := range vectors.Cases[ladderCase](t, "testdata/"+m.file, m.n) {
			p := v.phase1()
			skeyid := m.skeyid(p, v)
			keys := skeyid.Derive(p, NewSecret(v.GXY))
			expect(t, v.ID+": SKEYID", skeyid.Secret(), v.SKEYID)
			expect(t, v.ID+": SKEYID_d", keys.D.Secret(), v.SKEYIDd)
			expect(t, v.ID+": SKEYID_a", keys.A.Secret(), v.SKEYIDa)
			expect(t, v.ID+": SKEYID_e", keys.E.Secret(), v.SKEYIDe)
			if v.GXY[0] == 0 {
				leadingZero++
			}
		}
		if leadingZero < 20 {
			t.Errorf("%s: only %d cases have a g^xy with a leading zero octet", m.file, leadingZero)
		}
	}
}

type stepCase struct {
	ID, PRF, Kind  string
	Key, GXY, Prev hexField
	NiOrCookieI    hexField `json:"ni_or_cky_i"`
	NrOrCookieR    hexField `json:"nr_or_cky_r"`
	Seed, Output   hexField
	KeyNumber      int `json:"key_number"`
	Size           int
}

// The steps one at a time, NSS unit tests, see testdata/README.md.
func TestSteps(t *testing.T) {
	done := map[string]int{}
	for _, v := range vectors.Cases[stepCase](t, "testdata/nss_ike_prf.json.gz", 80) {
		expect(t, v.ID+" "+v.Kind, v.compute(t), v.Output)
		done[v.Kind]++
	}
	for _, kind := range []string{"ikeGxy", "ikeV1Psk", "ikeV1", "ikeV1AppB", "ikeV1AppBQuick", "ikePlus", "ikeV2Rekey"} {
		if done[kind] == 0 {
			t.Errorf("no case of %s", kind)
		}
	}
}

func (v stepCase) compute(t *testing.T) Secret {
	prf := vectorPRF(t, v.PRF)
	p := Phase1{PRF: prf, NiB: v.NiOrCookieI, NrB: v.NrOrCookieR}
	key, gxy := NewSecret(v.Key), NewSecret(v.GXY)
	switch v.Kind {
	case "ikeGxy": // key is g^xy
		return p.SKEYIDFromSignature(key).Secret()
	case "ikeV1Psk":
		return p.SKEYIDFromPSK(key).Secret()
	case "ikeV1":
		p = Phase1{PRF: prf, CookieI: [8]byte(v.NiOrCookieI), CookieR: [8]byte(v.NrOrCookieR)}
		keys := SKEYIDFrom(key).Derive(p, gxy)
		return []Secret{keys.D.Secret(), keys.A.Secret(), keys.E.Secret()}[v.KeyNumber]
	case "ikeV1AppB":
		return SKEYIDeFrom(key).CipherKey(prf, suite.Cipher{KeyLen: v.Size}).Secret()
	case "ikeV1AppBQuick": // the seed is protocol | SPI | Ni_b | Nr_b
		return SKEYIDdFrom(key).Keymat(prf, QuickMode{Protocol: v.Seed[0], SPI: v.Seed[1:], GQMXY: gxy}, v.Size)
	case "ikePlus":
		return owned(prfPlus(prf, v.Key, v.Size, v.Seed))
	case "ikeV2Rekey":
		return SKdFrom(key).RekeySKEYSEED(prf, ChildSA{GIR: gxy, Ni: v.NiOrCookieI, Nr: v.NrOrCookieR}).Secret()
	}
	t.Fatalf("%s: kind %q", v.ID, v.Kind)
	return Secret{}
}

// The three secrets depend on every octet that goes into them, g^xy's leading
// zeros included.
func TestDeriveUsesEverything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPhase1(t)
		gxy := rapid.SliceOfN(rapid.Byte(), 1, 200).Draw(t, "gxy")
		psk := rapid.SliceOfN(rapid.Byte(), 1, 40).Draw(t, "psk")
		keys := p.SKEYIDFromPSK(NewSecret(psk)).Derive(p, NewSecret(gxy))
		padded := p.SKEYIDFromPSK(NewSecret(psk)).Derive(p, NewSecret(append([]byte{0}, gxy...)))
		if keys.D.Secret().Equal(padded.D.Secret()) {
			t.Fatal("a leading zero octet of g^xy made no difference")
		}
		p.CookieR[7] ^= 1
		other := p.SKEYIDFromPSK(NewSecret(psk)).Derive(p, NewSecret(gxy))
		if keys.A.Secret().Equal(other.A.Secret()) || keys.E.Secret().Equal(other.E.Secret()) {
			t.Fatal("a cookie made no difference")
		}
		if n := keys.E.Secret().Len(); n != p.PRF.Size {
			t.Fatalf("SKEYID_e of %d octets", n)
		}
	})
}

func drawPhase1(t *rapid.T) Phase1 {
	h := namedHash(rapid.SampledFrom([]string{"md5", "sha1", "sha2-256", "sha2-384", "sha2-512"}).Draw(t, "hash"))
	body := rapid.SliceOfN(rapid.Byte(), 8, 64)
	return Phase1{
		PRF: suite.HMAC(h), Hash: h,
		CookieI: [8]byte(rapid.SliceOfN(rapid.Byte(), 8, 8).Draw(t, "cookie i")),
		CookieR: [8]byte(rapid.SliceOfN(rapid.Byte(), 8, 8).Draw(t, "cookie r")),
		NiB:     body.Draw(t, "ni"), NrB: body.Draw(t, "nr"),
		GXI: body.Draw(t, "gxi"), GXR: body.Draw(t, "gxr"), SAiB: body.Draw(t, "sai"),
	}
}

func TestNamedOnlyPRFPanics(t *testing.T) {
	tiger := namedHash("tiger")
	p := Phase1{PRF: suite.HMAC(tiger), Hash: tiger}
	for what, f := range map[string]func(){
		"prf":  func() { p.SKEYIDFromPSK(NewSecret([]byte("x"))) },
		"hash": func() { p.InitialIV(8) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", what)
				}
			}()
			f()
		}()
	}
}
