package keymat

import (
	"bytes"
	"crypto/cipher"
	"errors"
	"testing"

	"pgregory.net/rapid"

	"ikescope/suite"
)

func namedCipher(t testing.TB, name string) suite.Cipher {
	t.Helper()
	c, ok := suite.CipherByName(name)
	if !ok {
		t.Fatalf("no cipher %s", name)
	}
	return c
}

// RFC 2409 appendix B: whether the key is the first octets of SKEYID_e or an
// expansion of it depends on the two lengths alone. The expansion's values are
// checked with known answers in TestSteps.
func TestCipherKeyLengths(t *testing.T) {
	for _, v := range []struct {
		hash, cipher string
		expanded     bool
	}{
		{"md5", "des-cbc", false},
		{"md5", "aes-cbc-128", false},
		{"md5", "3des-cbc", true},
		{"md5", "aes-cbc-192", true},
		{"md5", "blowfish-cbc-448", true},
		{"sha1", "des-cbc", false},
		{"sha1", "cast-cbc-128", false},
		{"sha1", "blowfish-cbc-160", false},
		{"sha1", "blowfish-cbc-168", true},
		{"sha1", "3des-cbc", true},
		{"sha1", "aes-cbc-256", true},
		{"sha2-256", "aes-cbc-256", false},
		{"sha2-256", "camellia-cbc-256", false},
		{"sha2-384", "blowfish-cbc-384", false},
		{"sha2-512", "blowfish-cbc-448", false},
	} {
		prf, c := suite.HMAC(namedHash(v.hash)), namedCipher(t, v.cipher)
		e := SKEYIDeFrom(NewSecret(bytes.Repeat([]byte{0xe5}, prf.Size)))
		got := e.CipherKey(prf, c).Secret().Bytes()
		first := min(len(got), prf.Size)
		if len(got) != c.KeyLen || bytes.Equal(got[:first], e.Secret().Bytes()[:first]) == v.expanded {
			t.Errorf("%s with %s: %x", v.cipher, v.hash, got)
		}
	}
}

// K1 = prf(SKEYID_e, 0) with one octet 0, K2 = prf(SKEYID_e, K1), and so on.
func TestCipherKeyExpansion(t *testing.T) {
	prf := suite.HMAC(namedHash("md5"))
	skeyidE := []byte("SKEYID_e of md5!")
	k1 := apply(prf, skeyidE, []byte{0})
	k2 := apply(prf, skeyidE, k1)
	k3 := apply(prf, skeyidE, k2)
	k4 := apply(prf, skeyidE, k3)
	want := bytes.Join([][]byte{k1, k2, k3, k4}, nil)[:56]
	expect(t, "Ka", SKEYIDeFrom(NewSecret(skeyidE)).CipherKey(prf, namedCipher(t, "blowfish-cbc-448")).Secret(), want)
}

func TestCipherKeyIsACopy(t *testing.T) {
	e := SKEYIDeFrom(NewSecret(make([]byte, 16)))
	k := e.CipherKey(suite.HMAC(namedHash("md5")), namedCipher(t, "des-cbc"))
	k.Secret().Bytes()[0] = 1
	if e.Secret().Bytes()[0] != 0 {
		t.Error("key and SKEYID_e share memory")
	}
}

func TestDecryptCBCErrors(t *testing.T) {
	aes, key := namedCipher(t, "aes-cbc-128"), CipherKeyFrom(NewSecret(make([]byte, 16)))
	var length *suite.KeyLengthError
	for what, v := range map[string]struct {
		cipher suite.Cipher
		key    CipherKey
		iv     int
		body   int
		want   func(error) bool
	}{
		"no cipher":       {suite.Cipher{}, key, 16, 16, is(ErrNotCBC)},
		"null":            {namedCipher(t, "null"), key, 16, 16, is(ErrNotCBC)},
		"counter mode":    {namedCipher(t, "aes-ctr-128"), key, 16, 16, is(ErrNotCBC)},
		"no key":          {aes, CipherKey{}, 16, 16, func(err error) bool { return errors.As(err, &length) }},
		"key of AES-256":  {aes, CipherKeyFrom(NewSecret(make([]byte, 32))), 16, 16, func(err error) bool { return errors.As(err, &length) }},
		"no iv":           {aes, key, 0, 16, is(ErrIVLength)},
		"half an iv":      {aes, key, 8, 16, is(ErrIVLength)},
		"empty body":      {aes, key, 16, 0, is(ErrBodyLength)},
		"odd body":        {aes, key, 16, 17, is(ErrBodyLength)},
		"less than block": {aes, key, 16, 15, is(ErrBodyLength)},
	} {
		plain, err := DecryptCBC(v.cipher, v.key, make([]byte, v.iv), make([]byte, v.body))
		if plain != nil || !v.want(err) {
			t.Errorf("%s: %x, %v", what, plain, err)
		}
	}
}

func is(want error) func(error) bool { return func(err error) bool { return errors.Is(err, want) } }

// CBC heals itself: with a wrong IV only the first block is lost. The body is
// never changed.
func TestDecryptCBC(t *testing.T) {
	names := []string{"des-cbc", "3des-cbc", "aes-cbc-256", "camellia-cbc-192", "cast-cbc-128", "blowfish-cbc-448"}
	rapid.Check(t, func(rt *rapid.T) {
		c := namedCipher(t, rapid.SampledFrom(names).Draw(rt, "cipher"))
		key := rapid.SliceOfN(rapid.Byte(), c.KeyLen, c.KeyLen).Draw(rt, "key")
		iv := rapid.SliceOfN(rapid.Byte(), c.BlockLen, c.BlockLen).Draw(rt, "iv")
		n := c.BlockLen * rapid.IntRange(1, 8).Draw(rt, "blocks")
		plain := rapid.SliceOfN(rapid.Byte(), n, n).Draw(rt, "plain")
		b, err := c.NewBlock(key)
		if err != nil {
			rt.Fatal(err)
		}
		body := make([]byte, n)
		cipher.NewCBCEncrypter(b, iv).CryptBlocks(body, plain)
		before := bytes.Clone(body)

		got, err := DecryptCBC(c, CipherKeyFrom(NewSecret(key)), iv, body)
		if err != nil || !bytes.Equal(got, plain) {
			rt.Fatalf("%x, %v", got, err)
		}
		lost, err := DecryptCBC(c, CipherKeyFrom(NewSecret(key)), make([]byte, c.BlockLen), body)
		if err != nil || !bytes.Equal(lost[c.BlockLen:], plain[c.BlockLen:]) {
			rt.Fatalf("without the IV: %x, %v", lost, err)
		}
		if !bytes.Equal(body, before) || !bytes.Equal(LastBlock(body, c.BlockLen), body[n-c.BlockLen:]) {
			rt.Fatal("the body was changed, or its last block is not its last block")
		}
	})
}

func TestLastBlock(t *testing.T) {
	body := []byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	for n, want := range map[int][]byte{8: body[2:], 10: body, 11: nil, 0: nil, -1: nil} {
		if got := LastBlock(body, n); !bytes.Equal(got, want) {
			t.Errorf("%d: %x", n, got)
		}
	}
}

// The hash's first octets are the IV; the message ID is in network order.
// SHA-1("abc") and SHA-1("") are of FIPS 180-2 and RFC 3174.
func TestIVs(t *testing.T) {
	sha1 := namedHash("sha1")
	p := Phase1{Hash: sha1, GXI: []byte("a"), GXR: []byte("bc")}
	if got := p.InitialIV(8); !bytes.Equal(got, []byte{0xa9, 0x99, 0x3e, 0x36, 0x47, 0x06, 0x81, 0x6a}) {
		t.Errorf("initial IV %x", got)
	}
	// 0x62636465 is "bcde" only in network order: SHA-1("a" | "bcde") = SHA-1("abcde").
	want := digest(sha1.New(), []byte("abcde"))[:16]
	if got := Phase2IV(sha1, []byte("a"), 0x62636465, 16); !bytes.Equal(got, want) {
		t.Errorf("phase 2 IV %x, want %x", got, want)
	}
	defer func() {
		if recover() == nil {
			t.Error("an IV longer than the hash")
		}
	}()
	p.InitialIV(21)
}

func FuzzDecryptCBC(f *testing.F) {
	f.Add("aes-cbc-128", make([]byte, 16), make([]byte, 16), make([]byte, 32))
	f.Add("des-cbc", make([]byte, 8), make([]byte, 8), make([]byte, 9))
	f.Add("cast-cbc-40", make([]byte, 5), make([]byte, 8), make([]byte, 8))
	f.Fuzz(func(t *testing.T, name string, key, iv, body []byte) {
		c, _ := suite.CipherByName(name)
		plain, err := DecryptCBC(c, CipherKeyFrom(NewSecret(key)), iv, body)
		if (err == nil) != (plain != nil) || err == nil && len(plain) != len(body) {
			t.Fatalf("%d octets, %v", len(plain), err)
		}
	})
}
