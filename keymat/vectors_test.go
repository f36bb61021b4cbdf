package keymat

import (
	"crypto/fips140"
	"crypto/sha256"
	"os"
	"testing"

	"ikescope/suite"
	"ikescope/suite/vectors"
)

// TestMain lets the old algorithms run under strict FIPS 140-3 enforcement too.
func TestMain(m *testing.M) {
	code := 0
	fips140.WithoutEnforcement(func() { code = m.Run() })
	os.Exit(code)
}

// hexField is a hex string of a vector file.
type hexField = vectors.Octets

// vectorHashes are the hashes behind the PRF names of the vector files. SHA-224
// is no hash of IKE but the derivation does not care.
var vectorHashes = map[string]suite.Hash{
	"hmac-sha1":   namedHash("sha1"),
	"hmac-sha224": {Name: "sha2-224", Size: sha256.Size224, New: sha256.New224},
	"hmac-sha256": namedHash("sha2-256"),
	"hmac-sha384": namedHash("sha2-384"),
	"hmac-sha512": namedHash("sha2-512"),
}

func namedHash(name string) suite.Hash {
	h, ok := suite.HashByName(name)
	if !ok {
		panic("no hash " + name)
	}
	return h
}

func vectorPRF(t *testing.T, name string) suite.PRF {
	t.Helper()
	if name == "aes-xcbc-prf-128" {
		p, _ := suite.PRFByName("aes128-xcbc")
		return p
	}
	h, ok := vectorHashes[name]
	if !ok {
		t.Fatalf("no PRF %q", name)
	}
	return suite.HMAC(h)
}

func expect(t *testing.T, what string, got Secret, want []byte) {
	t.Helper()
	if !got.Equal(NewSecret(want)) {
		t.Errorf("%s: %s, want %x", what, got.Hex(), want)
	}
}
