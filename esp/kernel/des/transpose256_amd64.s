//go:build !purego

#include "textflag.h"

// HALVES exchanges the upper halves of the 64-bit words of a with the lower
// ones of b. Y8 and Y9 are lost.
#define HALVES(a, b)                 \
	VPSLLQ   $32, b, Y8          \
	VPSRLQ   $32, a, Y9          \
	VPBLENDD $0xaa, Y8, a, a     \
	VPBLENDD $0x55, Y9, b, b

// QUARTERS does so for the 32-bit words.
#define QUARTERS(a, b)               \
	VPSLLD   $16, b, Y8          \
	VPSRLD   $16, a, Y9          \
	VPBLENDW $0xaa, Y8, a, a     \
	VPBLENDW $0x55, Y9, b, b

// SWAPPED exchanges the bits of a that low does not have with the bits of b
// that it has, n places apart. Y8 and Y9 are lost.
#define SWAPPED(n, low, a, b)        \
	VPSRLQ $n, a, Y8             \
	VPXOR  b, Y8, Y8             \
	VPAND  low, Y8, Y8           \
	VPSLLQ $n, Y8, Y9            \
	VPXOR  Y8, b, b              \
	VPXOR  Y9, a, a

// func transpose256(dst, src *byte, exchange int)
//
// Each of the 64 rows of src has 32 octets, which are four columns of 64
// bits. In each column, bit j of row i becomes bit i of row j of dst. With
// exchange 32 instead of 0, rows 2i and 2i+1 of src are taken for each other.
TEXT ·transpose256(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ exchange+16(FP), DX

	// Rows that are 32, 16 and 8 apart.
	MOVQ         $0x00ff00ff00ff00ff, AX
	VMOVQ        AX, X10
	VPBROADCASTQ X10, Y10
	XORQ         CX, CX

octets:
	MOVQ    CX, AX
	XORQ    DX, AX
	VMOVDQU 0(SI)(AX*1), Y0
	VMOVDQU 256(SI)(AX*1), Y1
	VMOVDQU 512(SI)(AX*1), Y2
	VMOVDQU 768(SI)(AX*1), Y3
	VMOVDQU 1024(SI)(AX*1), Y4
	VMOVDQU 1280(SI)(AX*1), Y5
	VMOVDQU 1536(SI)(AX*1), Y6
	VMOVDQU 1792(SI)(AX*1), Y7
	HALVES(Y0, Y4)
	HALVES(Y1, Y5)
	HALVES(Y2, Y6)
	HALVES(Y3, Y7)
	QUARTERS(Y0, Y2)
	QUARTERS(Y1, Y3)
	QUARTERS(Y4, Y6)
	QUARTERS(Y5, Y7)
	SWAPPED(8, Y10, Y0, Y1)
	SWAPPED(8, Y10, Y2, Y3)
	SWAPPED(8, Y10, Y4, Y5)
	SWAPPED(8, Y10, Y6, Y7)
	VMOVDQU Y0, 0(DI)(CX*1)
	VMOVDQU Y1, 256(DI)(CX*1)
	VMOVDQU Y2, 512(DI)(CX*1)
	VMOVDQU Y3, 768(DI)(CX*1)
	VMOVDQU Y4, 1024(DI)(CX*1)
	VMOVDQU Y5, 1280(DI)(CX*1)
	VMOVDQU Y6, 1536(DI)(CX*1)
	VMOVDQU Y7, 1792(DI)(CX*1)
	ADDQ    $32, CX
	CMPQ    CX, $256
	JNE     octets

	// Rows that are 4, 2 and 1 apart.
	MOVQ         $0x0f0f0f0f0f0f0f0f, AX
	VMOVQ        AX, X10
	VPBROADCASTQ X10, Y10
	MOVQ         $0x3333333333333333, AX
	VMOVQ        AX, X11
	VPBROADCASTQ X11, Y11
	MOVQ         $0x5555555555555555, AX
	VMOVQ        AX, X12
	VPBROADCASTQ X12, Y12
	MOVQ         $8, CX

bits:
	VMOVDQU 0(DI), Y0
	VMOVDQU 32(DI), Y1
	VMOVDQU 64(DI), Y2
	VMOVDQU 96(DI), Y3
	VMOVDQU 128(DI), Y4
	VMOVDQU 160(DI), Y5
	VMOVDQU 192(DI), Y6
	VMOVDQU 224(DI), Y7
	SWAPPED(4, Y10, Y0, Y4)
	SWAPPED(4, Y10, Y1, Y5)
	SWAPPED(4, Y10, Y2, Y6)
	SWAPPED(4, Y10, Y3, Y7)
	SWAPPED(2, Y11, Y0, Y2)
	SWAPPED(2, Y11, Y1, Y3)
	SWAPPED(2, Y11, Y4, Y6)
	SWAPPED(2, Y11, Y5, Y7)
	SWAPPED(1, Y12, Y0, Y1)
	SWAPPED(1, Y12, Y2, Y3)
	SWAPPED(1, Y12, Y4, Y5)
	SWAPPED(1, Y12, Y6, Y7)
	VMOVDQU Y0, 0(DI)
	VMOVDQU Y1, 32(DI)
	VMOVDQU Y2, 64(DI)
	VMOVDQU Y3, 96(DI)
	VMOVDQU Y4, 128(DI)
	VMOVDQU Y5, 160(DI)
	VMOVDQU Y6, 192(DI)
	VMOVDQU Y7, 224(DI)
	ADDQ    $256, DI
	DECQ    CX
	JNZ     bits
	VZEROUPPER
	RET
