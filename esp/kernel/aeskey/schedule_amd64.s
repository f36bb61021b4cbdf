//go:build !purego

#include "textflag.h"

// func subWord(w uint32) uint32
// AESKEYGENASSIST gives the S-box of its source's second word as the first.
TEXT ·subWord(SB), NOSPLIT, $0-12
	MOVL            w+0(FP), X0
	PSHUFD          $0, X0, X0
	AESKEYGENASSIST $0, X0, X0
	MOVL            X0, ret+8(FP)
	RET

// func invMixColumns(k *[16]byte)
TEXT ·invMixColumns(SB), NOSPLIT, $0-8
	MOVQ   k+0(FP), AX
	MOVOU  (AX), X0
	AESIMC X0, X0
	MOVOU  X0, (AX)
	RET
