//go:build !amd64 || purego

package cpu

// No kernel was written for this processor.
const (
	AESNI  = false
	AVX2   = false
	AVX512 = false
	VAES   = false
)
