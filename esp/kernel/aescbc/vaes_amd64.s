//go:build !purego

#include "textflag.h"

// AES-CBC decryption with VAES on 512-bit registers: four blocks in a
// register, four registers in flight.
//
// P[i] = D(C[i]) xor C[i-1]: every block can be decrypted by itself, and what
// is added to it is the ciphertext one block before, which one load at an
// address 16 lower brings for four blocks at once. Chunks are taken from the
// end of a chain to its start, so that the C[i-1] of the next chunk are still
// ciphertext although the plaintext replaces it. What is left at the start,
// fewer than 16 blocks, is done as one to four registers of which the last is
// masked. Successive packets depend on nothing of each other, and the
// processor overlaps the end of one with the start of the next. (A masked store
// delays loads from the octets that its mask leaves out: chains that touch
// each other are slower than chains with headers between them.)
//
// The way to keep the AES units busy is that of Gueron, "Intel Advanced
// Encryption Standard (AES) New Instructions Set" (2010), section on parallel
// modes, with Drucker, Gueron and Krasnov, "Making AES great again" (2018),
// for 512 bits.
//
//	SI  next chain       BX  chains left     R9  rounds
//	DI  the chain's IV, later the block behind the last one done
//	DX  the first octet behind what is still to be done
//	CX  octets still to be done
//	Z0-Z3    blocks       Z4-Z7  what is added in the last round
//	Z16-Z30  round keys, each four times: slots 0-14 of aeskey.Schedule
//	K1       the blocks of a last, partial register

#define ROUND1(key) \
	VAESDEC key, Z0, Z0

#define ROUND2(key) \
	ROUND1(key); \
	VAESDEC key, Z1, Z1

#define ROUND3(key) \
	ROUND2(key); \
	VAESDEC key, Z2, Z2

#define ROUND4(key) \
	ROUND3(key); \
	VAESDEC key, Z3, Z3

// All rounds but the last; shorter keys enter later.
#define ROUNDS(round, r12, r10) \
	CMPQ  R9, $12; \
	JLT   r10; \
	JEQ   r12; \
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

// In the last round C[i-1] is added to the round key first: AESDECLAST adds
// whatever it is given.

// func decryptVAES(keys *aeskey.Schedule, chains [][]byte)
TEXT ·decryptVAES(SB), NOSPLIT, $0-32
	MOVQ            keys+0(FP), AX
	MOVQ            chains_base+8(FP), SI
	MOVQ            chains_len+16(FP), BX
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

next:
	SUBQ $1, BX
	JLT  done
	MOVQ (SI), DI
	MOVQ 8(SI), CX
	ADDQ $24, SI
	LEAQ (DI)(CX*1), DX
	ADDQ $16, DI
	SUBQ $16, CX
	CMPQ CX, $256
	JLT  start

chunk:
	SUBQ        $256, DX
	VPXORQ      (DX), Z16, Z0
	VPXORQ      64(DX), Z16, Z1
	VPXORQ      128(DX), Z16, Z2
	VPXORQ      192(DX), Z16, Z3
	ROUNDS(ROUND4, chunk12, chunk10)
	VPXORQ      -16(DX), Z30, Z4
	VPXORQ      48(DX), Z30, Z5
	VPXORQ      112(DX), Z30, Z6
	VPXORQ      176(DX), Z30, Z7
	VAESDECLAST Z4, Z0, Z0
	VAESDECLAST Z5, Z1, Z1
	VAESDECLAST Z6, Z2, Z2
	VAESDECLAST Z7, Z3, Z3
	VMOVDQU64   Z0, (DX)
	VMOVDQU64   Z1, 64(DX)
	VMOVDQU64   Z2, 128(DX)
	VMOVDQU64   Z3, 192(DX)
	SUBQ        $256, CX
	CMPQ        CX, $256
	JGE         chunk

start:
	TESTQ CX, CX
	JZ    next

	// K1 = the two quadwords of each block in the last register.
	MOVQ  CX, R8
	NEGQ  R8
	ANDQ  $48, R8
	SHRQ  $3, R8
	MOVL  $0xff, R10
	SHRXL R8, R10, R10
	KMOVB R10, K1
	CMPQ  CX, $128
	JGT   start3
	CMPQ  CX, $64
	JGT   start2

	VPXORQ.Z    (DI), Z16, K1, Z0
	ROUNDS(ROUND1, one12, one10)
	VPXORQ.Z    -16(DI), Z30, K1, Z4
	VAESDECLAST Z4, Z0, Z0
	VMOVDQU64   Z0, K1, (DI)
	JMP         next

start2:
	VPXORQ      (DI), Z16, Z0
	VPXORQ.Z    64(DI), Z16, K1, Z1
	ROUNDS(ROUND2, two12, two10)
	VPXORQ      -16(DI), Z30, Z4
	VPXORQ.Z    48(DI), Z30, K1, Z5
	VAESDECLAST Z4, Z0, Z0
	VAESDECLAST Z5, Z1, Z1
	VMOVDQU64   Z0, (DI)
	VMOVDQU64   Z1, K1, 64(DI)
	JMP         next

start3:
	CMPQ        CX, $192
	JGT         start4
	VPXORQ      (DI), Z16, Z0
	VPXORQ      64(DI), Z16, Z1
	VPXORQ.Z    128(DI), Z16, K1, Z2
	ROUNDS(ROUND3, three12, three10)
	VPXORQ      -16(DI), Z30, Z4
	VPXORQ      48(DI), Z30, Z5
	VPXORQ.Z    112(DI), Z30, K1, Z6
	VAESDECLAST Z4, Z0, Z0
	VAESDECLAST Z5, Z1, Z1
	VAESDECLAST Z6, Z2, Z2
	VMOVDQU64   Z0, (DI)
	VMOVDQU64   Z1, 64(DI)
	VMOVDQU64   Z2, K1, 128(DI)
	JMP         next

start4:
	VPXORQ      (DI), Z16, Z0
	VPXORQ      64(DI), Z16, Z1
	VPXORQ      128(DI), Z16, Z2
	VPXORQ.Z    192(DI), Z16, K1, Z3
	ROUNDS(ROUND4, four12, four10)
	VPXORQ      -16(DI), Z30, Z4
	VPXORQ      48(DI), Z30, Z5
	VPXORQ      112(DI), Z30, Z6
	VPXORQ.Z    176(DI), Z30, K1, Z7
	VAESDECLAST Z4, Z0, Z0
	VAESDECLAST Z5, Z1, Z1
	VAESDECLAST Z6, Z2, Z2
	VAESDECLAST Z7, Z3, Z3
	VMOVDQU64   Z0, (DI)
	VMOVDQU64   Z1, 64(DI)
	VMOVDQU64   Z2, 128(DI)
	VMOVDQU64   Z3, K1, 192(DI)
	JMP         next

done:
	VZEROUPPER
	RET
