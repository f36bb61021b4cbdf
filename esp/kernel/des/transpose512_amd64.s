//go:build !purego

#include "textflag.h"

// EXCHANGED is MOVED with the octets four places apart: rotations and masked
// moves run where the shuffles do not. Z8 and Z9 are lost.
#define EXCHANGED(up, down, a, b) \
	VPRORQ    $32, b, Z8      \
	VPRORQ    $32, a, Z9      \
	VMOVDQA32 Z8, up, a       \
	VMOVDQA32 Z9, down, b

// MOVED exchanges the octets of a that mask K1 has with those of b that K2
// has: those of each move by the pattern in order. Z8 is lost.
#define MOVED(order, up, down, a, b) \
	VMOVDQA64 a, Z8              \
	VPSHUFB   order, b, up, a    \
	VPSHUFB   order, Z8, down, b

// SWAPPED exchanges the bits of a that low does not have with the bits of b
// that it has, n places apart. Z8 and Z9 are lost.
#define SWAPPED(n, low, a, b)          \
	VPSLLQ     $n, b, Z8           \
	VPSRLQ     $n, a, Z9           \
	VPTERNLOGQ $0xe4, low, Z8, a   \
	VPTERNLOGQ $0xd8, low, Z9, b

// func transpose512(dst, src *byte, exchange int)
//
// Each of the 64 rows of src has 64 octets, which are eight columns of 64
// bits. In each column, bit j of row i becomes bit i of row j of dst. With
// exchange 64 instead of 0, rows 2i and 2i+1 of src are taken for each other.
TEXT ·transpose512(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ exchange+16(FP), DX

	// Rows that are 32, 16 and 8 apart: whole octets change places.
	VBROADCASTI32X4 swap16<>(SB), Z11
	VBROADCASTI32X4 swap8<>(SB), Z12
	MOVQ            $0xaaaa, AX
	KMOVW           AX, K1
	KNOTW           K1, K2
	MOVQ            $0xcccccccccccccccc, AX
	KMOVQ           AX, K3
	KNOTQ           K3, K4
	MOVQ            $0xaaaaaaaaaaaaaaaa, AX
	KMOVQ           AX, K5
	KNOTQ           K5, K6
	XORQ            CX, CX

octets:
	MOVQ      CX, AX
	XORQ      DX, AX
	VMOVDQU64 0(SI)(AX*1), Z0
	VMOVDQU64 512(SI)(AX*1), Z1
	VMOVDQU64 1024(SI)(AX*1), Z2
	VMOVDQU64 1536(SI)(AX*1), Z3
	VMOVDQU64 2048(SI)(AX*1), Z4
	VMOVDQU64 2560(SI)(AX*1), Z5
	VMOVDQU64 3072(SI)(AX*1), Z6
	VMOVDQU64 3584(SI)(AX*1), Z7
	EXCHANGED(K1, K2, Z0, Z4)
	EXCHANGED(K1, K2, Z1, Z5)
	EXCHANGED(K1, K2, Z2, Z6)
	EXCHANGED(K1, K2, Z3, Z7)
	MOVED(Z11, K3, K4, Z0, Z2)
	MOVED(Z11, K3, K4, Z1, Z3)
	MOVED(Z11, K3, K4, Z4, Z6)
	MOVED(Z11, K3, K4, Z5, Z7)
	MOVED(Z12, K5, K6, Z0, Z1)
	MOVED(Z12, K5, K6, Z2, Z3)
	MOVED(Z12, K5, K6, Z4, Z5)
	MOVED(Z12, K5, K6, Z6, Z7)
	VMOVDQU64 Z0, 0(DI)(CX*1)
	VMOVDQU64 Z1, 512(DI)(CX*1)
	VMOVDQU64 Z2, 1024(DI)(CX*1)
	VMOVDQU64 Z3, 1536(DI)(CX*1)
	VMOVDQU64 Z4, 2048(DI)(CX*1)
	VMOVDQU64 Z5, 2560(DI)(CX*1)
	VMOVDQU64 Z6, 3072(DI)(CX*1)
	VMOVDQU64 Z7, 3584(DI)(CX*1)
	ADDQ      $64, CX
	CMPQ      CX, $512
	JNE       octets

	// Rows that are 4, 2 and 1 apart.
	MOVQ         $0x0f0f0f0f0f0f0f0f, AX
	VPBROADCASTQ AX, Z10
	MOVQ         $0x3333333333333333, AX
	VPBROADCASTQ AX, Z11
	MOVQ         $0x5555555555555555, AX
	VPBROADCASTQ AX, Z12
	MOVQ         $8, CX

bits:
	VMOVDQU64 0(DI), Z0
	VMOVDQU64 64(DI), Z1
	VMOVDQU64 128(DI), Z2
	VMOVDQU64 192(DI), Z3
	VMOVDQU64 256(DI), Z4
	VMOVDQU64 320(DI), Z5
	VMOVDQU64 384(DI), Z6
	VMOVDQU64 448(DI), Z7
	SWAPPED(4, Z10, Z0, Z4)
	SWAPPED(4, Z10, Z1, Z5)
	SWAPPED(4, Z10, Z2, Z6)
	SWAPPED(4, Z10, Z3, Z7)
	SWAPPED(2, Z11, Z0, Z2)
	SWAPPED(2, Z11, Z1, Z3)
	SWAPPED(2, Z11, Z4, Z6)
	SWAPPED(2, Z11, Z5, Z7)
	SWAPPED(1, Z12, Z0, Z1)
	SWAPPED(1, Z12, Z2, Z3)
	SWAPPED(1, Z12, Z4, Z5)
	SWAPPED(1, Z12, Z6, Z7)
	VMOVDQU64 Z0, 0(DI)
	VMOVDQU64 Z1, 64(DI)
	VMOVDQU64 Z2, 128(DI)
	VMOVDQU64 Z3, 192(DI)
	VMOVDQU64 Z4, 256(DI)
	VMOVDQU64 Z5, 320(DI)
	VMOVDQU64 Z6, 384(DI)
	VMOVDQU64 Z7, 448(DI)
	ADDQ      $512, DI
	DECQ      CX
	JNZ       bits
	VZEROUPPER
	RET

// Octet i goes where octet i^2, and where octet i^1 is.
DATA swap16<>+0(SB)/8, $0x0504070601000302
DATA swap16<>+8(SB)/8, $0x0d0c0f0e09080b0a
GLOBL swap16<>(SB), RODATA|NOPTR, $16
DATA swap8<>+0(SB)/8, $0x0607040502030001
DATA swap8<>+8(SB)/8, $0x0e0f0c0d0a0b0809
GLOBL swap8<>(SB), RODATA|NOPTR, $16
