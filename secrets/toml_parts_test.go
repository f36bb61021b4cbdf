package secrets

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// manyTables is a document of several parts: n pairs of [[psk]] and [[esp]], each
// pair on six lines.
func manyTables(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "[[psk]]\nsecret = \"key %d\"\n[[esp]] # %d\nspi = %d\nencryption_key = \"%032x\"\n\n", i, i, i+1, i)
	}
	return b.String()
}

// A long document is read like a short one: every table once, on its own line.
func TestTOMLInParts(t *testing.T) {
	const n = maxPartTables + 7
	r, _ := read(t, "s.toml", manyTables(n))
	if len(r.PSKs) != n || len(r.ESPs) != n {
		t.Fatalf("%d pre-shared keys, %d ESP keys", len(r.PSKs), len(r.ESPs))
	}
	for i := range n {
		if p := r.PSKs[i]; p.Source.Line != 6*i+1 && p.Source.Line != 6*i+2 || string(p.Secret.Bytes()) != fmt.Sprintf("key %d", i) {
			t.Fatalf("pre-shared key %d: %v", i, p.Source)
		}
		if e := r.ESPs[i]; e.Source.Line < 6*i+3 || e.Source.Line > 6*i+5 || e.SPI != uint32(i+1) {
			t.Fatalf("ESP key %d: SPI %d, %v", i, e.SPI, e.Source)
		}
	}
}

// A fault behind the first part is told with its line in the file, whoever finds it.
func TestTOMLFaultsBehindTheFirstPart(t *testing.T) {
	const n = maxPartTables
	for fault, want := range map[string]int{
		"[[esp]]\nspi = ":                    6*n + 2, // the scanner
		"[[psk]]\nsecret = \"\\q\"\n":        6*n + 2, // the library
		"[[psk]]\nsecret = \"a\"\nids = 3\n": 6*n + 3, // the entry
		"[psk]\nsecret = \"a\"\n":            6*n + 1, // a table that was a list
		"[[spk]]\nsecret = \"a\"\n":          6*n + 1, // no such table
	} {
		_, _, err := Read("s.toml", strings.NewReader(manyTables(n)+fault))
		var own *Error
		if !errors.As(err, &own) || own.Line != want {
			t.Errorf("%q: %v, want line %d", fault, err, want)
		}
	}
}
