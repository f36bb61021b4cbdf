//go:build !purego

package aesgcm

import (
	"bytes"
	"strings"
	"testing"

	"ikescope/suite/vectors"
)

type octets = vectors.Octets

// sealed is a row of package esp's aead.json.gz: C2SP Wycheproof and the
// Linux kernel's testmgr.h.
type sealed struct {
	Name, Cipher                           string
	Key, Nonce, AAD, Plaintext, Ciphertext octets
	ICV                                    octets
	Valid                                  bool
}

func loadSealed(t testing.TB) (all []sealed) {
	t.Helper()
	vectors.Load(t, "../../testdata/aead.json.gz", &all)
	return all
}

// The kernel takes the AAD that ESP has, so longer ones are left out.
func TestPublished(t *testing.T) {
	valid, invalid := 0, 0
	for _, c := range loadSealed(t) {
		if !strings.HasPrefix(c.Cipher, "aes-gcm-") || len(c.Nonce) != NonceLen || len(c.AAD) > MaxAADLen {
			continue
		}
		m := message(c.Nonce, append(bytes.Clone(c.Ciphertext), make([]byte, MaxTagLen)...), c.AAD, 0)
		m.Tag = c.ICV
		batch := []Message{m}
		newKey(t, c.Key).Open(batch)
		want := c.Ciphertext
		if c.Valid {
			want = c.Plaintext
			valid++
		} else {
			invalid++
		}
		if batch[0].OK != c.Valid || !bytes.Equal(batch[0].Text, want) {
			t.Errorf("%s: OK is %v, want %v; text:\n%x, want\n%x", c.Name, batch[0].OK, c.Valid, batch[0].Text, want)
		}
	}
	if valid < 100 || invalid < 80 {
		t.Errorf("%d valid, %d invalid", valid, invalid)
	}
}
