package keymat

import (
	"compress/gzip"
	"crypto/fips140"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"ikescope/suite"
)

// TestMain lets the old algorithms run under strict FIPS 140-3 enforcement too.
func TestMain(m *testing.M) {
	code := 0
	fips140.WithoutEnforcement(func() { code = m.Run() })
	os.Exit(code)
}

// hexField is a hex string of a vector file.
type hexField []byte

func (o *hexField) UnmarshalText(text []byte) error {
	b, err := hex.DecodeString(string(text))
	*o = b
	return err
}

// loadVectors reads the cases of a file in testdata and insists on at least n.
func loadVectors[T any](t *testing.T, name string, n int) []T {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []T }
	if err := json.NewDecoder(z).Decode(&file); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if len(file.Cases) < n {
		t.Fatalf("%s: %d cases, at least %d expected", name, len(file.Cases), n)
	}
	t.Logf("%s: %d cases", name, len(file.Cases))
	return file.Cases
}

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
