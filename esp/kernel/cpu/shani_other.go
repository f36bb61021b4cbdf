//go:build !amd64 || purego

package cpu

// SHANI: no kernel was written for this processor.
const SHANI = false
