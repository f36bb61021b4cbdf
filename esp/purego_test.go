//go:build purego

package esp

// purego: golang.org/x/crypto's portable ChaCha20-Poly1305 allocates.
const purego = true
