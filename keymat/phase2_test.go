package keymat

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"ikescope/suite"
)

// Each HASH is prf over a plain concatenation; HASH(3) begins with one octet 0.
// That the concatenation is the right one, recorded conversations confirm.
func TestHashesAreConcatenations(t *testing.T) {
	prf := suite.HMAC(namedHash("sha1"))
	a := SKEYIDaFrom(NewSecret([]byte("skeyid_a")))
	mid, ni, nr, rest := uint32(0x01020304), []byte("ni_b"), []byte("nr_b"), []byte("rest")
	for what, v := range map[string]struct {
		got  []byte
		over string
	}{
		"HASH(1)": {a.Hash1(prf, mid, rest), "\x01\x02\x03\x04rest"},
		"HASH(2)": {a.Hash2(prf, mid, ni, rest), "\x01\x02\x03\x04ni_brest"},
		"HASH(3)": {a.Hash3(prf, mid, ni, nr), "\x00\x01\x02\x03\x04ni_bnr_b"},
	} {
		if want := apply(prf, []byte("skeyid_a"), []byte(v.over)); !bytes.Equal(v.got, want) {
			t.Errorf("%s: %x, want %x", what, v.got, want)
		}
	}
}

// KEYMAT is one stream: asking for more never changes what was there, and
// each direction, having its own SPI, has its own.
func TestKeymatIsAStream(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		prf := suite.HMAC(namedHash(rapid.SampledFrom([]string{"md5", "sha1", "sha2-512"}).Draw(t, "hash")))
		d := SKEYIDdFrom(NewSecret(rapid.SliceOfN(rapid.Byte(), 1, 64).Draw(t, "SKEYID_d")))
		in := QuickMode{
			Protocol: 3, SPI: rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "SPI"),
			NiB: []byte("initiator's nonce"), NrB: []byte("responder's nonce"),
			GQMXY: NewSecret(rapid.SliceOfN(rapid.Byte(), 0, 32).Draw(t, "g(qm)^xy")),
		}
		n, m := rapid.IntRange(0, 200).Draw(t, "n"), rapid.IntRange(1, 200).Draw(t, "m")
		short, long := d.Keymat(prf, in, n), d.Keymat(prf, in, n+m)
		if short.Len() != n || long.Len() != n+m || !bytes.HasPrefix(long.Bytes(), short.Bytes()) {
			t.Fatalf("%x is no beginning of %x", short.Bytes(), long.Bytes())
		}
		in.SPI = bytes.Clone(in.SPI)
		in.SPI[0] ^= 0x80
		if m >= 8 && long.Equal(d.Keymat(prf, in, n+m)) {
			t.Fatal("the SPI makes no difference")
		}
	})
}
