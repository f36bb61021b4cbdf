package esp

import (
	"testing"

	"ikescope/suite"
	"ikescope/suite/vectors"
)

// octets is an octet string written as hex.
type octets = vectors.Octets

// algorithms is what a case says about its SA.
type algorithms struct {
	Encryption    string `json:"encryption"`
	EncryptionKey octets `json:"encryption_key"` // salt included
	Integrity     string `json:"integrity"`
	IntegrityKey  octets `json:"integrity_key"`
	ESN           bool   `json:"esn"`
}

func (a algorithms) params(t testing.TB) Params {
	t.Helper()
	p := Params{CipherKey: a.EncryptionKey, IntegrityKey: a.IntegrityKey, ESN: a.ESN}
	if a.Encryption != "" {
		p.Cipher = cipherNamed(t, a.Encryption)
	}
	if a.Integrity != "" {
		p.Integrity = integrityNamed(t, a.Integrity)
	}
	return p
}

func (a algorithms) sa(t testing.TB) *SA {
	t.Helper()
	return mustSA(t, a.params(t))
}

func mustSA(t testing.TB, p Params) *SA {
	t.Helper()
	s, err := NewSA(p)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func cipherNamed(t testing.TB, name string) suite.Cipher {
	t.Helper()
	c, ok := suite.CipherByName(name)
	if !ok {
		t.Fatalf("no cipher %q", name)
	}
	return c
}

func integrityNamed(t testing.TB, name string) suite.Integrity {
	t.Helper()
	a, ok := suite.IntegrityByName(name)
	if !ok {
		t.Fatalf("no integrity algorithm %q", name)
	}
	return a
}

// load reads a list of cases from testdata; README.md there cites the sources.
func load[T any](t testing.TB, name string, want int) (cases []T) {
	t.Helper()
	vectors.Load(t, "testdata/"+name+".json.gz", &cases)
	if len(cases) != want {
		t.Fatalf("%s: %d cases, want %d", name, len(cases), want)
	}
	return cases
}
