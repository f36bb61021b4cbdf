//go:build !amd64 || purego

package aescbc

// Key is an expanded key. There are none on this processor.
type Key struct{}

// New reports false: no kernel exists for this processor.
func New([]byte) (*Key, bool) { return nil, false }

// Decrypt is never called, since there are no keys.
func (*Key) Decrypt([][]byte) { panic("aescbc: no kernel for this processor") }
