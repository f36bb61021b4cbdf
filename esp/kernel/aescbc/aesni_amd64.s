//go:build !purego

#include "textflag.h"

// AES-CBC decryption with AES-NI: eight blocks in flight, one to a register,
// from the end of a chain to its start as vaes_amd64.s explains. What is left
// at the start is done block by block; the blocks do not depend on each other,
// so that the processor overlaps them where its window is long enough.
//
//	AX  round keys    SI  next chain     BX  chains left    R9  rounds
//	DI  the chain's first block behind the IV
//	DX  the first octet behind what is still to be done
//	CX  octets still to be done
//	X0-X7  blocks     X8, X9  round keys, C[i-1]

#define ROUND8(at) \
	MOVOU  at(AX), X8; \
	AESDEC X8, X0; \
	AESDEC X8, X1; \
	AESDEC X8, X2; \
	AESDEC X8, X3; \
	AESDEC X8, X4; \
	AESDEC X8, X5; \
	AESDEC X8, X6; \
	AESDEC X8, X7

#define ROUND1(at) \
	MOVOU  at(AX), X8; \
	AESDEC X8, X0

// All rounds but the last; shorter keys enter later.
#define ROUNDS(round, r12, r10) \
	CMPQ R9, $12; \
	JLT  r10; \
	JEQ  r12; \
	round(16); \
	round(32); \
r12: \
	round(48); \
	round(64); \
r10: \
	round(80); \
	round(96); \
	round(112); \
	round(128); \
	round(144); \
	round(160); \
	round(176); \
	round(192); \
	round(208)

#define WHITEN(at, x) \
	MOVOU at(DX), x; \
	PXOR  X8, x

#define LAST(at, x) \
	MOVOU      at(DX), X9; \
	PXOR       X8, X9; \
	AESDECLAST X9, x

// func decryptAESNI(keys *aeskey.Schedule, chains [][]byte)
TEXT ·decryptAESNI(SB), NOSPLIT, $0-32
	MOVQ keys+0(FP), AX
	MOVQ chains_base+8(FP), SI
	MOVQ chains_len+16(FP), BX
	MOVQ 240(AX), R9

next:
	SUBQ $1, BX
	JLT  done
	MOVQ (SI), DI
	MOVQ 8(SI), CX
	ADDQ $24, SI
	LEAQ (DI)(CX*1), DX
	SUBQ $16, CX
	CMPQ CX, $128
	JLT  start

chunk:
	SUBQ  $128, DX
	MOVOU (AX), X8
	WHITEN(0, X0)
	WHITEN(16, X1)
	WHITEN(32, X2)
	WHITEN(48, X3)
	WHITEN(64, X4)
	WHITEN(80, X5)
	WHITEN(96, X6)
	WHITEN(112, X7)
	ROUNDS(ROUND8, chunk12, chunk10)
	MOVOU 224(AX), X8
	LAST(-16, X0)
	LAST(0, X1)
	LAST(16, X2)
	LAST(32, X3)
	LAST(48, X4)
	LAST(64, X5)
	LAST(80, X6)
	LAST(96, X7)
	MOVOU X0, (DX)
	MOVOU X1, 16(DX)
	MOVOU X2, 32(DX)
	MOVOU X3, 48(DX)
	MOVOU X4, 64(DX)
	MOVOU X5, 80(DX)
	MOVOU X6, 96(DX)
	MOVOU X7, 112(DX)
	SUBQ  $128, CX
	CMPQ  CX, $128
	JGE   chunk

start:
	SUBQ  $16, CX
	JLT   next
	SUBQ  $16, DX
	MOVOU (AX), X8
	WHITEN(0, X0)
	ROUNDS(ROUND1, one12, one10)
	MOVOU 224(AX), X8
	LAST(-16, X0)
	MOVOU X0, (DX)
	JMP   start

done:
	RET
