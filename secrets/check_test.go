package secrets

import (
	"encoding/hex"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ikescope/keymat"
)

// mustHex is a secret of known octets.
func mustHex(t testing.TB, s string) keymat.Secret {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return keymat.NewSecret(b)
}

func text(s string) keymat.Secret { return keymat.NewSecret([]byte(s)) }

// same compares rings by content.
var same = cmp.Options{
	cmp.Comparer(func(a, b keymat.Secret) bool { return a.Hex() == b.Hex() }),
	cmp.Comparer(func(a, b netip.Addr) bool { return a == b }),
	cmpopts.EquateEmpty(),
}

// noSource leaves out where entries came from.
var noSource = cmpopts.IgnoreTypes(Source{})

func read(t testing.TB, name, content string) (*Ring, []Warning) {
	t.Helper()
	r, w, err := Read(name, strings.NewReader(content))
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	return r, w
}

func readFile(t testing.TB, name string) (*Ring, []Warning) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return read(t, name, string(b))
}

func noWarnings(t testing.TB, ws []Warning) {
	t.Helper()
	for _, w := range ws {
		t.Errorf("warning: %v", w)
	}
}

func warned(t testing.TB, ws []Warning, line int, part string) {
	t.Helper()
	for _, w := range ws {
		if w.Source.Line == line && strings.Contains(w.Text, part) {
			return
		}
	}
	t.Errorf("no warning of line %d with %q in %v", line, part, ws)
}

func diff(t testing.TB, got, want *Ring, opts ...cmp.Option) {
	t.Helper()
	if d := cmp.Diff(want, got, append(opts, same)...); d != "" {
		t.Errorf("ring (-want +got):\n%s", d)
	}
}
