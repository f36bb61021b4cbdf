//go:build !amd64 || purego

package hmac

// variants: no kernel was written for this processor.
var variants [Hashes][]kernel
