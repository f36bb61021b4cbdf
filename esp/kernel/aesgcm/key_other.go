//go:build !amd64 || purego

package aesgcm

// Key is an expanded key. There are none on this processor.
type Key struct{}

// New reports false: no kernel exists for this processor.
func New([]byte) (*Key, bool) { return nil, false }

// Open is never called, since there are no keys.
func (*Key) Open([]Message) { panic("aesgcm: no kernel for this processor") }

// Decrypt is never called, since there are no keys.
func (*Key) Decrypt([]Message) { panic("aesgcm: no kernel for this processor") }
