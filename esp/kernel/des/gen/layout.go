package main

// planeBytes returns the offset of bit i of the left half, counted from 0 at
// the most significant one, in planes of the given length. Plane 8a+b is bit b,
// counted from the least significant one, of octet a of the blocks. IP makes
// the left half of the odd ones of those bits and the right half of the even
// ones as FIPS 46-3 counts, so that bit i of the right half is one plane
// behind bit i of the left one.
func planeBytes(i, length int) int {
	bit := initialPermutation[i] - 1
	return (bit/8*8 + 7 - bit%8) * length
}

// expansion returns the bit of the right half, counted from 0, that is input
// in of an S-box (E of FIPS 46-3).
func expansion(box, in int) int { return (4*box + in + 31) % 32 }

// destination returns the bit of the left half that output out of an S-box
// goes to (P of FIPS 46-3).
func destination(box, out int) int {
	for i, from := range roundPermutation {
		if from == 4*box+out+1 {
			return i
		}
	}
	panic("des/gen: P is no permutation")
}
