// Package des decrypts DES and triple DES in CBC mode (FIPS 46-3, FIPS 81,
// RFC 2405, RFC 2451) for many packets of one key at a time.
//
// It is bitsliced (Biham, "A Fast New DES Implementation in Software", 1997):
// one word holds the same bit of as many blocks as it has bits, permutations
// are a matter of naming, and the S-boxes are circuits of logical
// instructions. A slice of blocks is
//
//	gathered from the packets of a batch, which in CBC do not wait for each other,
//	transposed, so that each of 64 words, the planes, holds one bit of every block,
//	put through the rounds, transposed back,
//	and XORed with the ciphertext in front of each block.
//
// There are three kernels: 512 blocks with AVX-512, whose VPTERNLOG is any
// function of three bits; 256 with AVX2; and 64 in Go, which is there on every
// processor. The circuits are made by the program in gen.
package des

//go:generate go run ./gen
