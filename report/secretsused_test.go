package report

import (
	"context"
	"strings"
	"testing"

	"ikescope/analysis"
	"ikescope/keymat"
	"ikescope/pcaps"
	"ikescope/pcaps/samples"
	"ikescope/secrets"
)

// ringed analyses a sample with some pre-shared keys alone.
func ringed(t *testing.T, psks ...string) *analysis.Result {
	t.Helper()
	ring := new(secrets.Ring)
	for i, p := range psks {
		ring.PSKs = append(ring.PSKs, secrets.PSK{Secret: keymat.NewSecret([]byte(p)), Source: secrets.Source{File: "s.toml", Line: i + 1}})
	}
	set, err := pcaps.OpenSet([]string{samples.ByName("mm-psk-3des-sha1-modp1024").Capture()}, nil, pcaps.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	r, err := analysis.Run(context.Background(), set, analysis.Options{Ring: ring})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A pre-shared key that nothing could test is not told as the key of an exchange.
func TestKeyLineOfUntestedKeys(t *testing.T) {
	for _, psks := range [][]string{{"one"}, {"one", "two"}} {
		said := table(t, ringed(t, psks...), Options{Unicode: true})
		contains(t, said, "no key: a pre-shared key cannot be tried without a DH secret")
		if strings.Contains(said, "key: PSK") {
			t.Errorf("a key is named:\n%s", said)
		}
	}
}

// The file that the report asks for is one that would have what is missing.
func TestExampleFile(t *testing.T) {
	for _, c := range []struct {
		gap  gap
		want string
	}{
		{gap{}, ""},
		{gap{esp: true}, "xfrm.txt"},
		{gap{esp: true, phase1: true}, "charon.log"},
		{gap{esp: true, keys: []string{"SKEYID_d"}}, "charon.log"},
		{gap{esp: true, withheld: true}, ""},
	} {
		if got := c.gap.example(); got != c.want {
			t.Errorf("%+v: %q, want %q", c.gap, got, c.want)
		}
	}
}
