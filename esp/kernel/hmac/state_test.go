package hmac

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestStateNeverPrintsItself(t *testing.T) {
	s := NewState(SHA256, []byte("a secret key"))
	if s == nil {
		t.Skip("no kernel for this processor")
	}
	j, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	word := fmt.Sprint(s.inner[0])
	for _, text := range []string{s.String(), s.GoString(), fmt.Sprintf("%v %+v %#v %x %d", s, s, s, s, s), string(j)} {
		if !strings.Contains(text, "hmac state") || strings.Contains(text, word) {
			t.Errorf("%q", text)
		}
	}
}

func TestLongKeyPanics(t *testing.T) {
	if NewState(SHA1, make([]byte, SHA1.BlockSize())) == nil {
		t.Skip("no kernel for this processor")
	}
	defer func() {
		if got := fmt.Sprint(recover()); !strings.HasPrefix(got, "hmac: ") {
			t.Errorf("panic %q", got)
		}
	}()
	NewState(SHA1, make([]byte, SHA1.BlockSize()+1))
}

func TestLengths(t *testing.T) {
	for h := range Hashes {
		m := references[h].new()
		if h.Size() != m.Size() || h.BlockSize() != m.BlockSize() {
			t.Errorf("%s: %d and %d", references[h].name, h.Size(), h.BlockSize())
		}
	}
}

// TestWithoutKernel: what a package does on other processors.
func TestWithoutKernel(t *testing.T) {
	saved := kernels
	defer func() { kernels = saved }()
	kernels = [Hashes][]kernel{}
	for h := range Hashes {
		if New(h) != nil || NewState(h, nil) != nil {
			t.Errorf("%s without kernel", references[h].name)
		}
	}
}
