//go:build !purego

package aesgcm

import (
	"bytes"
	"testing"
)

// FuzzOpen opens what the library seals, and the same with one octet changed.
func FuzzOpen(f *testing.F) {
	f.Add(make([]byte, 16), make([]byte, NonceLen), make([]byte, 8), []byte("a datagram"), uint16(3), uint8(1))
	f.Add(make([]byte, 24), make([]byte, NonceLen), make([]byte, 12), make([]byte, 300), uint16(305), uint8(128))
	f.Add(make([]byte, 32), make([]byte, NonceLen), []byte{}, make([]byte, 4200), uint16(0), uint8(255))
	f.Fuzz(func(t *testing.T, key, nonce, aad, text []byte, at uint16, change uint8) {
		if len(key) != 16 && len(key) != 24 && len(key) != 32 || len(nonce) != NonceLen || len(aad) > MaxAADLen {
			return
		}
		good := library(t, key).Seal(nil, nonce, text, aad)
		bad := bytes.Clone(good)
		bad[int(at)%len(bad)] ^= change
		before := bytes.Clone(bad)
		batch := []Message{message(nonce, bad, aad, MaxTagLen), message(nonce, good, aad, MaxTagLen)}
		newKey(t, key).Open(batch)
		if !batch[1].OK || !bytes.Equal(batch[1].Text, text) {
			t.Fatalf("OK is %v, text %x, want %x", batch[1].OK, batch[1].Text, text)
		}
		if batch[0].OK != (change == 0) || change != 0 && !bytes.Equal(bad, before) {
			t.Fatalf("changed: OK is %v", batch[0].OK)
		}
	})
}
