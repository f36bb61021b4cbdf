package suite

import (
	"encoding/hex"
	"testing"

	"ikescope/suite/vectors"
)

// octets is a hex string of a vector file.
type octets = vectors.Octets

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
