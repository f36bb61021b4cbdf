//go:build !purego

package cpu

import "golang.org/x/sys/cpu"

var (
	// AESNI is AES-NI, SSSE3 and SSE4.1: AES on 16 octets.
	AESNI = cpu.X86.HasAES && cpu.X86.HasSSSE3 && cpu.X86.HasSSE41
	// AVX2 is the 256-bit integer instructions, with BMI1 and BMI2.
	AVX2 = cpu.X86.HasAVX2 && cpu.X86.HasBMI1 && cpu.X86.HasBMI2
	// AVX512 is the 512-bit integer instructions (F, BW, DQ) and the same on
	// shorter registers (VL), where the operating system keeps their state.
	AVX512 = AVX2 && cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512VL
	// VAES is AVX512 with AES and carry-less multiplication on 64 octets, and
	// AES-NI.
	VAES = AVX512 && AESNI && cpu.X86.HasPCLMULQDQ && cpu.X86.HasAVX512VAES && cpu.X86.HasAVX512VPCLMULQDQ
)
