// Package vectors reads published test vectors for tests: JSON compressed by gzip,
// with octet strings in hex. Each folder that holds some says where they are from.
package vectors

import (
	"compress/gzip"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"
)

// Octets is an octet string that a file holds in hex.
type Octets []byte

// UnmarshalText reads hex digits.
func (o *Octets) UnmarshalText(text []byte) (err error) {
	*o, err = hex.DecodeString(string(text))
	return err
}

// Load reads a file into v. A file that cannot be read ends the test.
func Load(t testing.TB, path string, v any) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.NewDecoder(z).Decode(v); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// Cases reads the list that a file has under "cases", and ends the test where it
// has fewer than least: a test over no cases would pass.
func Cases[T any](t testing.TB, path string, least int) []T {
	t.Helper()
	var file struct{ Cases []T }
	Load(t, path, &file)
	if len(file.Cases) < least {
		t.Fatalf("%s: %d cases, at least %d expected", path, len(file.Cases), least)
	}
	return file.Cases
}
