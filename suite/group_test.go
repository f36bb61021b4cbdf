package suite

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"math/big"
	"testing"

	"ikescope/suite/vectors"
)

// groupNames are the names that scripts rely on.
var groupNames = map[uint16]string{
	1: "modp768", 2: "modp1024", 5: "modp1536", 14: "modp2048", 15: "modp3072", 16: "modp4096", 17: "modp6144", 18: "modp8192",
	22: "modp1024s160", 23: "modp2048s224", 24: "modp2048s256", 25: "ecp192", 26: "ecp224", 19: "ecp256", 20: "ecp384", 21: "ecp521",
	27: "brainpoolp224r1", 28: "brainpoolp256r1", 29: "brainpoolp384r1", 30: "brainpoolp512r1", 31: "curve25519", 32: "curve448",
}

func TestGroupNames(t *testing.T) {
	for id, name := range groupNames {
		g, ok := GroupByID(id)
		h, okName := GroupByName(name)
		if !ok || !okName || g.Name != name || h.ID != id || !g.Computable() || g.IsZero() {
			t.Errorf("group %d: %+v; by name %q: %+v", id, g, name, h)
		}
	}
	for _, g := range Groups() {
		if g.Computable() != (groupNames[g.ID] != "") {
			t.Errorf("group %d %s: computable is %v", g.ID, g.Name, g.Computable())
		}
	}
	if g, ok := GroupByID(1025); ok || !g.IsZero() {
		t.Error("group 1025 is a row")
	}
	if _, ok := GroupByName(""); ok {
		t.Error("a group without a name is a row")
	}
}

// RFC 5903 section 7: coordinates of 32, 48 and 66 octets. RFC 8031 section 3.
func TestGroupLengths(t *testing.T) {
	for name, want := range map[string][2]int{
		"modp768": {96, 96}, "modp8192": {1024, 1024}, "ecp192": {48, 24}, "ecp224": {56, 28}, "ecp256": {64, 32}, "ecp384": {96, 48},
		"ecp521": {132, 66}, "brainpoolp224r1": {56, 28}, "brainpoolp512r1": {128, 64}, "curve25519": {32, 32}, "curve448": {56, 56},
	} {
		g, _ := GroupByName(name)
		if got := [2]int{g.PublicLen, g.SharedLen}; got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

func TestDHKnownAnswers(t *testing.T) {
	type dhCase struct {
		Name, Source string
		Group        uint16
		PrivA        octets `json:"priv_a"`
		PubA         octets `json:"pub_a"`
		PrivB        octets `json:"priv_b"`
		PubB         octets `json:"pub_b"`
		Shared       octets
	}
	done := map[uint16]int{}
	for _, v := range vectors.Cases[dhCase](t, "testdata/dh_kat.json.gz", 180) {
		g, ok := GroupByID(v.Group)
		if !ok {
			t.Fatalf("%s: no group %d", v.Name, v.Group)
		}
		for _, side := range []struct{ private, public, peer octets }{{v.PrivA, v.PubA, v.PubB}, {v.PrivB, v.PubB, v.PubA}} {
			if len(side.private) == 0 {
				continue
			}
			if got, err := g.Public(side.private); err != nil || len(side.public) > 0 && !bytes.Equal(got, side.public) {
				t.Errorf("%s: public value %x, %v; want %x", v.Name, got, err, side.public)
			}
			if len(side.peer) == 0 {
				continue
			}
			if got, err := g.Shared(side.private, side.peer); err != nil || !bytes.Equal(got, v.Shared) {
				t.Errorf("%s: shared value %x, %v; want %x", v.Name, got, err, v.Shared)
			}
			done[v.Group]++
		}
	}
	for id, name := range groupNames {
		if done[id] == 0 {
			t.Errorf("%s: no known answer used", name)
		}
	}
}

func TestMODPParametersAsPrinted(t *testing.T) {
	type parameters struct {
		ID     uint16
		P, G   octets
		Source string
	}
	for _, v := range vectors.Cases[parameters](t, "testdata/groups_modp.json.gz", 11) {
		g, _ := GroupByID(v.ID)
		got := g.arith.(*modp).values()
		if !bytes.Equal(got.p.Bytes(), v.P) || !bytes.Equal(got.g.Bytes(), v.G) {
			t.Errorf("%s differs from %s:\np %x\ng %x", g.Name, v.Source, got.p, got.g)
		}
		if got.p.BitLen() != g.Bits {
			t.Errorf("%s: prime of %d bits", g.Name, got.p.BitLen())
		}
		same, err := MODPGroup(append([]byte{0}, v.P...), v.G)
		if err != nil || same.ID != v.ID {
			t.Errorf("%s: parameters of a peer give %q, %v", g.Name, same.Name, err)
		}
	}
}

// RFC 7748 section 5.2 and 6.1 are in dh_kat; these are constructed edge cases.
func TestMontgomeryWycheproof(t *testing.T) {
	wycheproof(t, "curve448", "wycheproof_x448.json.gz", 200)
}

func TestCurvesWycheproof(t *testing.T) {
	wycheproof(t, "brainpoolp256r1", "wycheproof_brainpoolP256r1.json.gz", 150)
	wycheproof(t, "ecp521", "wycheproof_secp521r1.json.gz", 100)
}

// wycheproof computes the shared value of each case. "acceptable" marks what
// an implementation may refuse: refusing points of low order is our choice.
func wycheproof(t *testing.T, group, file string, n int) {
	type ecdhCase struct {
		ID                      int
		Comment, Result         string
		Public, Private, Shared octets
	}
	g, _ := GroupByName(group)
	for _, v := range vectors.Cases[ecdhCase](t, "testdata/"+file, n) {
		got, err := g.Shared(v.Private, v.Public)
		refused := err != nil || !bytes.Equal(got, v.Shared)
		var public *PublicError
		switch {
		case v.Result == "invalid" && !errors.As(err, &public):
			t.Errorf("%s case %d (%s): %x, %v; must be refused", group, v.ID, v.Comment, got, err)
		case v.Result == "valid" && refused:
			t.Errorf("%s case %d (%s): %x, %v; want %x", group, v.ID, v.Comment, got, err, v.Shared)
		case v.Result == "acceptable" && refused && !errors.As(err, &public):
			t.Errorf("%s case %d (%s): %x, %v; want %x", group, v.ID, v.Comment, got, err, v.Shared)
		}
	}
}

func TestCurve25519KnownAnswers(t *testing.T) {
	type xCase struct {
		Name                    string
		Private, Public, Shared octets
	}
	g, _ := GroupByName("curve25519")
	for _, v := range vectors.Cases[xCase](t, "testdata/testmgr_curve25519.json.gz", 65) {
		if len(v.Private) == 0 {
			continue // its origin has no value here
		}
		got, err := g.Shared(v.Private, v.Public)
		if err != nil || !bytes.Equal(got, v.Shared) {
			t.Errorf("%s: %x, %v; want %x", v.Name, got, err, v.Shared)
		}
	}
}

// The arithmetic of each group: g^xy is the same from both sides, has the
// group's length, and leading zero octets of the private value do not matter.
func TestBothSidesAgree(t *testing.T) {
	for id := range groupNames {
		g, _ := GroupByID(id)
		if g.Bits > 3072 {
			continue // slow; covered by known answers
		}
		for i := range 3 {
			x := sha256.Sum256([]byte{byte(id), byte(i), 'x'})
			y := sha256.Sum256([]byte{byte(id), byte(i), 'y'})
			a, b := x[:20], y[:19]
			gx, errX := g.Public(a)
			gy, errY := g.Public(append(make([]byte, 40), b...))
			if errX != nil || errY != nil || len(gx) != g.PublicLen || len(gy) != g.PublicLen {
				t.Fatalf("%s: %v, %v", g.Name, errX, errY)
			}
			za, errA := g.Shared(a, gy)
			zb, errB := g.Shared(b, gx)
			if errA != nil || errB != nil || !bytes.Equal(za, zb) || len(za) != g.SharedLen {
				t.Errorf("%s: %x, %v; %x, %v", g.Name, za, errA, zb, errB)
			}
		}
	}
}

func TestMODPGroupOfAPeer(t *testing.T) {
	prime := new(big.Int).Lsh(bigOne, 1023) // 2^1023 + 1155
	prime.Add(prime, big.NewInt(1155))
	g, err := MODPGroup(prime.Bytes(), []byte{0, 0, 3})
	if err != nil || g.Name != "modp1024-peer" || g.ID != 0 || g.Bits != 1024 || g.PublicLen != 128 {
		t.Fatalf("%+v, %v", g, err)
	}
	gx, err := g.Public([]byte{5})
	if err != nil || !bytes.Equal(gx, leftPad([]byte{243}, 128)) {
		t.Errorf("3^5 = %x, %v", gx, err)
	}
	for what, bad := range map[string][2][]byte{
		"no prime":            {nil, {2}},
		"prime of zeros":      {make([]byte, 128), {2}},
		"short prime":         {bytes.Repeat([]byte{0xff}, 63), {2}},
		"long prime":          {bytes.Repeat([]byte{0xff}, 1025), {2}},
		"60,000 octets":       {bytes.Repeat([]byte{0xff}, 60000), {2}},
		"even prime":          {append(bytes.Repeat([]byte{0xff}, 127), 0xfe), {2}},
		"not whole octets":    {append([]byte{0x7f}, bytes.Repeat([]byte{0xff}, 127)...), {2}},
		"no generator":        {prime.Bytes(), nil},
		"generator 1":         {prime.Bytes(), {0, 1}},
		"generator p-1":       {prime.Bytes(), new(big.Int).Sub(prime, bigOne).Bytes()},
		"generator p":         {prime.Bytes(), prime.Bytes()},
		"generator too long":  {prime.Bytes(), bytes.Repeat([]byte{1}, 129)},
		"generator too long2": {prime.Bytes(), bytes.Repeat([]byte{1}, 60000)},
	} {
		if g, err := MODPGroup(bad[0], bad[1]); err == nil || !g.IsZero() {
			t.Errorf("%s: %+v", what, g)
		}
	}
}

func BenchmarkShared(b *testing.B) {
	for _, name := range []string{"modp1024", "modp2048", "modp4096", "modp8192", "ecp256", "brainpoolp256r1", "brainpoolp512r1", "curve25519", "curve448"} {
		g, _ := GroupByName(name)
		private := bytes.Repeat([]byte{0x5a}, g.arith.privateLen())
		peer, err := g.Public([]byte{77})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				g.Shared(private, peer)
			}
		})
	}
}
