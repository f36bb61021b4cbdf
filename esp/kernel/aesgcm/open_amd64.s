//go:build !purego

#include "go_asm.h"
#include "textflag.h"

// AES-GCM decryption and authentication (NIST SP 800-38D) of a batch of
// messages with VAES and VPCLMULQDQ on 512-bit registers. One pass over the
// text decrypts it in place and hashes the ciphertext: the AES unit and the
// multiplier are different ones, and both are kept busy.
//
// GHASH. Blocks are turned round octet by octet, which makes them polynomials
// with the bits in opposite order, and the powers of the hash key are kept
// multiplied by x, so that products need no shift (Gueron and Kounavis, "Intel
// Carry-Less Multiplication Instruction and its Usage for Computing the GCM
// Mode", 2010). A product is
//
//	hi x^128 + mi x^64 + lo,  mi = a.lo b.hi + a.hi b.lo
//
// and products are added before they are reduced. Reducing folds the lowest 64
// bits upwards twice, lo into mi and mi into hi, each time with one
// multiplication by the polynomial.
//
// Four blocks are hashed side by side: each lane of the register "sum" hashes
// every fourth block. A chunk of the text is sixteen blocks, B0 to B3 with four
// blocks each. In every lane
//
//	sum = sum H^16 + B0 H^12 + B1 H^8 + B2 H^4 + B3
//
// which needs one reduction, and brings nothing from one lane to another. Only
// at the end do the lanes get different powers: with m blocks to come, those
// of the sum get H^(m+4) ... H^(m+1), those of the next four blocks H^m ...
// H^(m-3). Powers lie in descending order, so m says where to load from. What
// has been hashed before the first block is the AAD: the sum begins with it as
// its last lane.
//
// In the last register of text there is always a lane behind the last block.
// GHASH has the block of lengths there, counter mode the one whose keystream
// encrypts the tag.
//
// Counter blocks of a chunk are the base (nonce, upper 24 bits of the counter,
// key of the first round) and a row of a table, which has the lowest octets:
// one instruction for four blocks. As the text begins with counter 2, the last
// of the 64 rows has two blocks with the next upper bits.
//
//	SI  message       BX  messages left   R9   rounds   DX  rows
//	DI  text          CX  octets left     R11  powers
//	R12, R13  lengths of AAD and text in bits
//	R14 octets of the text done, modulo those that the rows are good for
//	R10 where the powers of the next four blocks of a tail are
//
//	Z0-Z3    counter blocks, and what they become
//	Z4, Z5, Z9-Z12   products, powers, blocks
//	Z6-Z8 lo, hi, mi   Z13 reverse   Z14 base   Z15 sum   Z31 polynomial
//	Z16      key of the first round, four times
//	Z17-Z20  in a chunk: text and the last round's key; in a tail: tag, counters
//	Z21-Z30  keys of the last ten rounds, each four times
//	K1       octets of a partial register   K2  the lane behind the text
//	K3       octets of the tag   K5  lanes 2 and 3
//	K6       counter in each lane   K7  nonce in each lane

// reverseOctets turns a block round, reverseCounter its last four octets.
DATA reverseOctets<>+0(SB)/8, $0x08090a0b0c0d0e0f
DATA reverseOctets<>+8(SB)/8, $0x0001020304050607
GLOBL reverseOctets<>(SB), RODATA|NOPTR, $16

DATA reverseCounter<>+0(SB)/8, $0x0706050403020100
DATA reverseCounter<>+8(SB)/8, $0x0c0d0e0f0b0a0908
GLOBL reverseCounter<>(SB), RODATA|NOPTR, $16

// counterOne is the block counter 1, big-endian.
DATA counterOne<>+0(SB)/8, $0
DATA counterOne<>+8(SB)/8, $0x0100000000000000
GLOBL counterOne<>(SB), RODATA|NOPTR, $16

// firstCounters are the counters of the first four blocks, plusFour what makes
// them the next, little-endian.
DATA firstCounters<>+0(SB)/8, $0
DATA firstCounters<>+8(SB)/8, $0x0000000200000000
DATA firstCounters<>+16(SB)/8, $0
DATA firstCounters<>+24(SB)/8, $0x0000000300000000
DATA firstCounters<>+32(SB)/8, $0
DATA firstCounters<>+40(SB)/8, $0x0000000400000000
DATA firstCounters<>+48(SB)/8, $0
DATA firstCounters<>+56(SB)/8, $0x0000000500000000
GLOBL firstCounters<>(SB), RODATA|NOPTR, $64

DATA plusFour<>+0(SB)/8, $0
DATA plusFour<>+8(SB)/8, $0x0000000400000000
GLOBL plusFour<>(SB), RODATA|NOPTR, $16

// polynomial is x^63 + x^62 + x^57: that of GHASH, its bits in opposite order,
// above its lowest 64 bits.
DATA polynomial<>+0(SB)/8, $0xc200000000000000
GLOBL polynomial<>(SB), RODATA|NOPTR, $8

#define lo      Z6
#define hi      Z7
#define mi      Z8
#define reverse Z13
#define base    Z14
#define sum     Z15
#define poly    Z31

#define ROUND1(key) \
	VAESENC key, Z0, Z0

#define ROUND4(key) \
	ROUND1(key); \
	VAESENC key, Z1, Z1; \
	VAESENC key, Z2, Z2; \
	VAESENC key, Z3, Z3

// The rounds that only longer keys have; their keys are in slots 1 to 4.
#define LONGKEYROUNDS(round, r12, r10) \
	CMPQ            R9, $12; \
	JLT             r10; \
	JEQ             r12; \
	VBROADCASTI32X4 16(AX), Z5; \
	VBROADCASTI32X4 32(AX), Z9; \
	round(Z5); \
	round(Z9); \
r12: \
	VBROADCASTI32X4 48(AX), Z5; \
	VBROADCASTI32X4 64(AX), Z9; \
	round(Z5); \
	round(Z9); \
r10:

// All rounds of one register but the last.
#define ROUNDS(r12, r10) \
	LONGKEYROUNDS(ROUND1, r12, r10); \
	ROUND1(Z21); \
	ROUND1(Z22); \
	ROUND1(Z23); \
	ROUND1(Z24); \
	ROUND1(Z25); \
	ROUND1(Z26); \
	ROUND1(Z27); \
	ROUND1(Z28); \
	ROUND1(Z29)

// lo, mi, hi = data times power
#define MULTIPLY(power, data) \
	VPCLMULQDQ $0x00, power, data, lo; \
	VPCLMULQDQ $0x01, power, data, mi; \
	VPCLMULQDQ $0x10, power, data, Z11; \
	VPCLMULQDQ $0x11, power, data, hi; \
	VPXORQ     Z11, mi, mi

// lo, mi, hi += data times power; data is destroyed
#define MULTIPLYADD(power, data) \
	VPCLMULQDQ $0x00, power, data, Z10; \
	VPCLMULQDQ $0x01, power, data, Z11; \
	VPXORQ     Z10, lo, lo; \
	VPCLMULQDQ $0x10, power, data, Z10; \
	VPCLMULQDQ $0x11, power, data, data; \
	VPTERNLOGQ $0x96, Z10, Z11, mi; \
	VPXORQ     data, hi, hi

// to += from, its lowest 64 bits folded upwards; from is destroyed
#define FOLD(from, to) \
	VPCLMULQDQ $0x00, poly, from, Z10; \
	VPSHUFD    $0x4e, from, from; \
	VPTERNLOGQ $0x96, Z10, from, to

// A tail's next four blocks: Z0 = their counter blocks, whitened; Z4 = the text
// under K1 as GHASH takes it, Z15 = the same and the last round's key, which
// AESENCLAST adds. Z18 has the counters, little-endian.
#define FOURBLOCKS \
	MOVQ       $-1, R8; \
	BZHIQ      CX, R8, R8; \
	KMOVQ      R8, K1; \
	VPSHUFB    Z12, Z18, Z0; \
	VPADDD     Z19, Z18, Z18; \
	VPXORQ     base, Z0, Z0; \
	VMOVDQU8.Z (DI), K1, Z4; \
	VPXORQ     Z4, Z30, Z15; \
	VPSHUFB    reverse, Z4, Z4

// func openVAES(keys *aeskey.Schedule, powers *powers, counters *rows, batch []Message)
TEXT ·openVAES(SB), NOSPLIT, $0-48
	MOVQ            keys+0(FP), AX
	MOVQ            powers+8(FP), R11
	MOVQ            batch_base+24(FP), SI
	MOVQ            batch_len+32(FP), BX
	MOVQ            counters+16(FP), DX
	VBROADCASTI32X4 (AX), Z16
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
	VBROADCASTI32X4 reverseOctets<>(SB), reverse
	VPBROADCASTQ    polynomial<>(SB), poly
	MOVL            $0xf0, R8
	KMOVB           R8, K5
	MOVL            $0x8888, R8
	KMOVW           R8, K6
	KNOTW           K6, K7

next:
	SUBQ              $1, BX
	JLT               done
	MOVQ              Message_Text(SI), DI
	MOVQ              Message_Text+8(SI), CX
	VBROADCASTI32X4.Z Message_Nonce(SI), K7, base
	VPXORQ            Z16, base, base

	// sum = 0, 0, 0, AAD
	MOVL       Message_AADLen(SI), R12
	MOVL       $0xffff, R8
	BZHIL      R12, R8, R8
	KMOVW      R8, K1
	VMOVDQU8.Z Message_AAD(SI), K1, X15
	VPSHUFB    X13, X15, X15
	VSHUFI64X2 $0x3f, sum, sum, sum

	SHLQ $3, R12
	LEAQ (CX*8), R13
	XORL R14, R14
	CMPQ CX, $256
	JLT  tail

chunk:
	VPXORQ (DX)(R14*1), base, Z0
	VPXORQ 64(DX)(R14*1), base, Z1
	VPXORQ 128(DX)(R14*1), base, Z2
	VPXORQ 192(DX)(R14*1), base, Z3
	ADDQ   $256, R14
	CMPQ   R14, $const_rowsLen
	JEQ    wrap

wrapped:
	LONGKEYROUNDS(ROUND4, chunk12, chunk10)
	ROUND4(Z21)

	// Z4 = B0; lo, hi, mi + Z12 = B0 H^12
	VMOVDQU64       (DI), Z4
	VPXORQ          Z4, Z30, Z17
	VPSHUFB         reverse, Z4, Z4
	VBROADCASTI32X4 const_power12(R11), Z5
	VPCLMULQDQ      $0x00, Z5, Z4, lo
	VPCLMULQDQ      $0x11, Z5, Z4, hi
	VPCLMULQDQ      $0x01, Z5, Z4, mi
	VPCLMULQDQ      $0x10, Z5, Z4, Z12
	ROUND4(Z22)

	// Z4 = B1; lo + Z9, hi + Z10, mi + Z4 have B1 H^8 too
	VMOVDQU64       64(DI), Z4
	VPXORQ          Z4, Z30, Z18
	VPSHUFB         reverse, Z4, Z4
	VBROADCASTI32X4 const_power8(R11), Z5
	VPCLMULQDQ      $0x00, Z5, Z4, Z9
	VPCLMULQDQ      $0x11, Z5, Z4, Z10
	VPCLMULQDQ      $0x01, Z5, Z4, Z11
	VPCLMULQDQ      $0x10, Z5, Z4, Z4
	VPTERNLOGQ      $0x96, Z11, Z12, mi
	ROUND4(Z23)

	// Z12 = B2; lo, hi, mi + Z12 have B2 H^4 too
	VMOVDQU64       128(DI), Z12
	VPXORQ          Z12, Z30, Z19
	VPSHUFB         reverse, Z12, Z12
	VBROADCASTI32X4 const_power4(R11), Z5
	VPCLMULQDQ      $0x01, Z5, Z12, Z11
	VPTERNLOGQ      $0x96, Z11, Z4, mi
	VPCLMULQDQ      $0x00, Z5, Z12, Z4
	VPTERNLOGQ      $0x96, Z4, Z9, lo
	VPCLMULQDQ      $0x11, Z5, Z12, Z9
	VPTERNLOGQ      $0x96, Z9, Z10, hi
	VPCLMULQDQ      $0x10, Z5, Z12, Z12
	ROUND4(Z24)

	// lo, hi + Z11, mi + Z12 have sum H^16 too
	VBROADCASTI32X4 const_power16(R11), Z5
	VPCLMULQDQ      $0x00, Z5, sum, Z4
	VPCLMULQDQ      $0x01, Z5, sum, Z9
	VPCLMULQDQ      $0x10, Z5, sum, Z10
	VPCLMULQDQ      $0x11, Z5, sum, Z11
	VPXORQ          Z4, lo, lo
	VPTERNLOGQ      $0x96, Z9, Z10, mi
	ROUND4(Z25)

	// sum = B3 + what (lo, mi, hi) reduces to
	VMOVDQU64  192(DI), sum
	VPXORQ     sum, Z30, Z20
	VPSHUFB    reverse, sum, sum
	VPXORQ     Z12, mi, mi
	FOLD(lo, mi)
	ROUND4(Z26)
	VPTERNLOGQ $0x96, Z11, hi, sum
	ROUND4(Z27)
	ROUND4(Z28)
	FOLD(mi, sum)
	ROUND4(Z29)

	VAESENCLAST Z17, Z0, Z0
	VAESENCLAST Z18, Z1, Z1
	VAESENCLAST Z19, Z2, Z2
	VAESENCLAST Z20, Z3, Z3
	VMOVDQU64   Z0, (DI)
	VMOVDQU64   Z1, 64(DI)
	VMOVDQU64   Z2, 128(DI)
	VMOVDQU64   Z3, 192(DI)
	ADDQ        $256, DI
	SUBQ        $256, CX
	CMPQ        CX, $256
	JGE         chunk

tail:
	// R10 = the power of the sum, behind which are those of the text: the
	// blocks to come are ceil(CX/16) and the lengths.
	LEAQ 15(CX), R10
	ANDQ $-16, R10
	NEGQ R10
	LEAQ const_sumPowers(R11)(R10*1), R10

	// Z18 = counters, from how many blocks are done
	MOVQ              R13, R8
	SHRQ              $3, R8
	SUBQ              CX, R8
	SHRQ              $4, R8
	VPBROADCASTD.Z    R8, K6, Z18
	VPADDD            firstCounters<>(SB), Z18, Z18
	VBROADCASTI32X4   plusFour<>(SB), Z19
	VBROADCASTI32X4   reverseCounter<>(SB), Z12
	VBROADCASTI32X4.Z Message_Nonce(SI), K7, base
	VPXORQ            Z16, base, base

	VMOVDQU64 (R10), Z5
	MULTIPLY(Z5, sum)
	CMPQ      CX, $48
	JLE       last

four:
	FOURBLOCKS
	ADDQ        $64, R10
	VMOVDQU64   (R10), Z5
	MULTIPLYADD(Z5, Z4)
	ROUNDS(four12, four10)
	VAESENCLAST Z15, Z0, Z0
	VMOVDQU8    Z0, K1, (DI)
	ADDQ        $64, DI
	XORL        R8, R8
	SUBQ        $64, CX
	CMOVQLT     R8, CX
	CMPQ        CX, $48
	JGT         four

last:
	FOURBLOCKS

	// K2 = lane ceil(CX/16), which gets counter 1 and the lengths
	ADDQ            $15, CX
	SHRQ            $4, CX
	ADDQ            CX, CX
	MOVL            $3, R8
	SHLXL           CX, R8, R8
	KMOVB           R8, K2
	VBROADCASTI32X4 counterOne<>(SB), Z5
	VPXORQ          Z5, base, K2, Z0
	VMOVQ           R13, X10
	VPINSRQ         $1, R12, X10, X10
	VSHUFI64X2      $0, Z10, Z10, K2, Z4
	VMOVDQU64       64(R10), Z5
	MULTIPLYADD(Z5, Z4)

	// X17 = the received tag. It lies behind the text: loaded after the text
	// was stored, it would wait for that.
	MOVQ       Message_Tag(SI), R8
	MOVQ       Message_Tag+8(SI), CX
	MOVL       $0xffff, R10
	BZHIL      CX, R10, R10
	KMOVW      R10, K3
	VMOVDQU8.Z (R8), K3, X17

	ROUNDS(last12, last10)
	VAESENCLAST Z15, Z0, Z0
	VMOVDQU8    Z0, K1, (DI)

	// X7 = the tag: the hash, its lanes added, and the keystream of counter 1
	FOLD(lo, mi)
	FOLD(mi, hi)
	VEXTRACTI64X4 $1, hi, Y4
	VPXORQ        Y4, Y7, Y7
	VEXTRACTI32X4 $1, Y7, X4
	VPXORQ        X4, X7, X7
	VPSHUFB       X13, X7, X7
	VPCOMPRESSQ.Z Z0, K2, Z0
	VPXORQ        X0, X7, X7
	VPCMPUB       $4, X17, X7, K3, K3
	KTESTW        K3, K3
	SETEQ         Message_OK(SI)
	ADDQ          $Message__size, SI
	JMP           next

wrap:
	// The chunk is the last of 256 blocks whose counters have the same upper
	// bits, but for the two blocks at its end. Z5 = how those change.
	XORL           R14, R14
	MOVQ           R13, R8
	SHRQ           $3, R8
	SUBQ           CX, R8
	SHRQ           $12, R8
	LEAL           1(R8), R10
	XORL           R10, R8
	SHLL           $8, R8
	BSWAPL         R8
	VPBROADCASTD.Z R8, K6, Z5
	VPXORQ         Z5, base, base
	VPXORQ         Z5, Z3, K5, Z3
	JMP            wrapped

done:
	VZEROUPPER
	RET
