//go:build !purego

#include "go_asm.h"
#include "textflag.h"

// AES counter mode with VAES on 512-bit registers: four counter blocks in a
// register, four registers in flight. Counters are kept little-endian, where
// they can be added, in the last four octets of each lane.
//
//	SI  text's entry   BX  entries left   R9  rounds
//	DI  text           CX  octets left
//	Z0-Z3    counter blocks, and what they become
//	Z4-Z7    text and the last round's key, which AESENCLAST adds
//	Z8       counters   Z9 nonces, key of the first round added
//	Z10-Z12  4, 8, 12 added to counters   Z13 turns counters round
//	Z16-Z30  round keys, each four times: slots 0-14 of aeskey.Schedule
//	K1       octets of a partial register
//	K6       counter in each lane   K7  the rest of each lane

DATA reverseCounter<>+0(SB)/8, $0x0706050403020100
DATA reverseCounter<>+8(SB)/8, $0x0c0d0e0f0b0a0908
GLOBL reverseCounter<>(SB), RODATA|NOPTR, $16

// lanes are 0 to 3 where counters are.
DATA lanes<>+0(SB)/8, $0
DATA lanes<>+8(SB)/8, $0
DATA lanes<>+16(SB)/8, $0
DATA lanes<>+24(SB)/8, $0x0000000100000000
DATA lanes<>+32(SB)/8, $0
DATA lanes<>+40(SB)/8, $0x0000000200000000
DATA lanes<>+48(SB)/8, $0
DATA lanes<>+56(SB)/8, $0x0000000300000000
GLOBL lanes<>(SB), RODATA|NOPTR, $64

DATA plusFour<>+0(SB)/8, $0
DATA plusFour<>+8(SB)/8, $0x0000000400000000
GLOBL plusFour<>(SB), RODATA|NOPTR, $16

#define ROUND1(key) \
	VAESENC key, Z0, Z0

#define ROUND4(key) \
	ROUND1(key); \
	VAESENC key, Z1, Z1; \
	VAESENC key, Z2, Z2; \
	VAESENC key, Z3, Z3

// All rounds but the last; shorter keys enter later.
#define ROUNDS(round, r12, r10) \
	CMPQ R9, $12; \
	JLT  r10; \
	JEQ  r12; \
	round(Z17); \
	round(Z18); \
r12: \
	round(Z19); \
	round(Z20); \
r10: \
	round(Z21); \
	round(Z22); \
	round(Z23); \
	round(Z24); \
	round(Z25); \
	round(Z26); \
	round(Z27); \
	round(Z28); \
	round(Z29)

// func xorVAES(keys *aeskey.Schedule, batch []Text)
TEXT ·xorVAES(SB), NOSPLIT, $0-32
	MOVQ            keys+0(FP), AX
	MOVQ            batch_base+8(FP), SI
	MOVQ            batch_len+16(FP), BX
	VBROADCASTI32X4 (AX), Z16
	VBROADCASTI32X4 16(AX), Z17
	VBROADCASTI32X4 32(AX), Z18
	VBROADCASTI32X4 48(AX), Z19
	VBROADCASTI32X4 64(AX), Z20
	VBROADCASTI32X4 80(AX), Z21
	VBROADCASTI32X4 96(AX), Z22
	VBROADCASTI32X4 112(AX), Z23
	VBROADCASTI32X4 128(AX), Z24
	VBROADCASTI32X4 144(AX), Z25
	VBROADCASTI32X4 160(AX), Z26
	VBROADCASTI32X4 176(AX), Z27
	VBROADCASTI32X4 192(AX), Z28
	VBROADCASTI32X4 208(AX), Z29
	VBROADCASTI32X4 224(AX), Z30
	MOVQ            240(AX), R9
	VBROADCASTI32X4 plusFour<>(SB), Z10
	VPADDD          Z10, Z10, Z11
	VPADDD          Z10, Z11, Z12
	VBROADCASTI32X4 reverseCounter<>(SB), Z13
	MOVL            $0x8888, R8
	KMOVW           R8, K6
	KNOTW           K6, K7

next:
	SUBQ              $1, BX
	JLT               done
	MOVQ              Text_Text(SI), DI
	MOVQ              Text_Text+8(SI), CX
	VBROADCASTI32X4.Z Text_Counter(SI), K7, Z9
	VPXORQ            Z16, Z9, Z9
	MOVL              Text_Counter+12(SI), R8
	BSWAPL            R8
	VPBROADCASTD.Z    R8, K6, Z8
	VPADDD            lanes<>(SB), Z8, Z8
	ADDQ              $Text__size, SI
	CMPQ              CX, $256
	JLT               start

chunk:
	VPADDD      Z10, Z8, Z1
	VPADDD      Z11, Z8, Z2
	VPADDD      Z12, Z8, Z3
	VPSHUFB     Z13, Z8, Z0
	VPSHUFB     Z13, Z1, Z1
	VPSHUFB     Z13, Z2, Z2
	VPADDD      Z10, Z3, Z8
	VPSHUFB     Z13, Z3, Z3
	VPXORQ      Z9, Z0, Z0
	VPXORQ      Z9, Z1, Z1
	VPXORQ      Z9, Z2, Z2
	VPXORQ      Z9, Z3, Z3
	ROUNDS(ROUND4, chunk12, chunk10)
	VPXORQ      (DI), Z30, Z4
	VPXORQ      64(DI), Z30, Z5
	VPXORQ      128(DI), Z30, Z6
	VPXORQ      192(DI), Z30, Z7
	VAESENCLAST Z4, Z0, Z0
	VAESENCLAST Z5, Z1, Z1
	VAESENCLAST Z6, Z2, Z2
	VAESENCLAST Z7, Z3, Z3
	VMOVDQU64   Z0, (DI)
	VMOVDQU64   Z1, 64(DI)
	VMOVDQU64   Z2, 128(DI)
	VMOVDQU64   Z3, 192(DI)
	ADDQ        $256, DI
	SUBQ        $256, CX
	CMPQ        CX, $256
	JGE         chunk

start:
	TESTQ CX, CX
	JLE   next

	// Four blocks or what is left of them. BZHI keeps all bits from 64 on.
	MOVQ        $-1, R8
	BZHIQ       CX, R8, R8
	KMOVQ       R8, K1
	VPSHUFB     Z13, Z8, Z0
	VPADDD      Z10, Z8, Z8
	VPXORQ      Z9, Z0, Z0
	VMOVDQU8.Z  (DI), K1, Z4
	VPXORQ      Z30, Z4, Z4
	ROUNDS(ROUND1, four12, four10)
	VAESENCLAST Z4, Z0, Z0
	VMOVDQU8    Z0, K1, (DI)
	ADDQ        $64, DI
	SUBQ        $64, CX
	JMP         start

done:
	VZEROUPPER
	RET
