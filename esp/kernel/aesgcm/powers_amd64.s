//go:build !purego

#include "go_asm.h"
#include "textflag.h"

// The hash key H is the encryption of a zero block (NIST SP 800-38D, section
// 7.1). open_amd64.s explains how powers of it are kept and multiplied.
//
//	AX round keys, then those still to be used   CX  minus their octets
//	DI the power's place    X0 block, H          X1  H x
//	X15 power x             X6, X7, X8 lo, hi, mi

DATA reverseOctets<>+0(SB)/8, $0x08090a0b0c0d0e0f
DATA reverseOctets<>+8(SB)/8, $0x0001020304050607
GLOBL reverseOctets<>(SB), RODATA|NOPTR, $16

// polynomial is x^127 + x^126 + x^121 + 1: that of GHASH, its bits in opposite
// order, without the highest.
DATA polynomial<>+0(SB)/8, $0x0000000000000001
DATA polynomial<>+8(SB)/8, $0xc200000000000000
GLOBL polynomial<>(SB), RODATA|NOPTR, $16

// to += from, its lowest 64 bits folded upwards; from is destroyed
#define FOLD(from, to) \
	VPCLMULQDQ $0x10, X12, from, X10; \
	VPSHUFD    $0x4e, from, from; \
	VPXOR      X10, to, to; \
	VPXOR      from, to, to

// func powersVAES(keys *aeskey.Schedule, powers *powers)
TEXT ·powersVAES(SB), NOSPLIT, $0-16
	MOVQ    keys+0(FP), AX
	MOVQ    powers+8(FP), DI
	VMOVDQU polynomial<>(SB), X12

	// X0 = the encryption of zero, turned round
	VMOVDQU (AX), X0
	MOVQ    240(AX), CX
	ADDQ    $224, AX
	DECQ    CX
	SHLQ    $4, CX
	NEGQ    CX

round:
	VAESENC     (AX)(CX*1), X0, X0
	ADDQ        $16, CX
	JLT         round
	VAESENCLAST (AX), X0, X0
	VPSHUFB     reverseOctets<>(SB), X0, X0

	// X1 = H x: one bit up; what falls out brings the polynomial
	VPSRAD  $31, X0, X2
	VPSHUFD $0xff, X2, X2
	VPAND   X12, X2, X2
	VPSRLQ  $63, X0, X1
	VPSLLDQ $8, X1, X1
	VPADDQ  X0, X0, X0
	VPXOR   X0, X1, X1
	VPXOR   X2, X1, X1

	VMOVDQA X1, X15
	MOVL    $const_highest, CX
	ADDQ    $(16*const_highest), DI

power:
	SUBQ       $16, DI
	VMOVDQU    X15, (DI)
	VPCLMULQDQ $0x00, X1, X15, X6
	VPCLMULQDQ $0x01, X1, X15, X8
	VPCLMULQDQ $0x10, X1, X15, X9
	VPCLMULQDQ $0x11, X1, X15, X7
	VPXOR      X9, X8, X8
	FOLD(X6, X8)
	FOLD(X8, X7)
	VMOVDQA    X7, X15
	DECL       CX
	JNZ        power
	VZEROUPPER
	RET
