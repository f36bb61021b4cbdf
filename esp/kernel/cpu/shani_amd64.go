//go:build !purego

package cpu

import "golang.org/x/sys/cpu"

// SHANI is the SHA instructions (SHA-1 and SHA-256), SSSE3 and SSE4.1.
var SHANI = hasSHA() && cpu.X86.HasSSSE3 && cpu.X86.HasSSE41

// hasSHA reads CPUID leaf 7, EBX bit 29, which golang.org/x/sys/cpu leaves out.
func hasSHA() bool
