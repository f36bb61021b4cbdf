package camellia

import "math/bits"

// sigma are the constants Sigma1 ... Sigma6 of RFC 3713 section 2.2.
var sigma = [6]uint64{
	0xa09e667f3bcc908b, 0xb67ae8584caa73b2, 0xc6ef372fe94f82be,
	0x54ff53a5f1d36f1c, 0x10e527fade682d1d, 0xb05688c2b3e6c1fd,
}

// sbox1 is SBOX1 of RFC 3713 section 2.4.1.
var sbox1 = [256]byte{
	112, 130, 44, 236, 179, 39, 192, 229, 228, 133, 87, 53, 234, 12, 174, 65,
	35, 239, 107, 147, 69, 25, 165, 33, 237, 14, 79, 78, 29, 101, 146, 189,
	134, 184, 175, 143, 124, 235, 31, 206, 62, 48, 220, 95, 94, 197, 11, 26,
	166, 225, 57, 202, 213, 71, 93, 61, 217, 1, 90, 214, 81, 86, 108, 77,
	139, 13, 154, 102, 251, 204, 176, 45, 116, 18, 43, 32, 240, 177, 132, 153,
	223, 76, 203, 194, 52, 126, 118, 5, 109, 183, 169, 49, 209, 23, 4, 215,
	20, 88, 58, 97, 222, 27, 17, 28, 50, 15, 156, 22, 83, 24, 242, 34,
	254, 68, 207, 178, 195, 181, 122, 145, 36, 8, 232, 168, 96, 252, 105, 80,
	170, 208, 160, 125, 161, 137, 98, 151, 84, 91, 30, 149, 224, 255, 100, 210,
	16, 196, 0, 72, 163, 247, 117, 219, 138, 3, 230, 218, 9, 63, 221, 148,
	135, 92, 131, 2, 205, 74, 144, 51, 115, 103, 246, 243, 157, 127, 191, 226,
	82, 155, 216, 38, 200, 55, 198, 59, 129, 150, 111, 75, 19, 190, 99, 46,
	233, 121, 167, 140, 159, 110, 188, 142, 41, 245, 249, 182, 47, 253, 180, 89,
	120, 152, 6, 106, 231, 70, 113, 186, 212, 37, 171, 66, 136, 162, 141, 250,
	114, 7, 185, 85, 248, 238, 172, 10, 54, 73, 42, 104, 60, 56, 241, 164,
	64, 40, 211, 123, 187, 201, 67, 193, 21, 227, 173, 244, 119, 199, 128, 158,
}

// sp[i][x] is what octet i of the F-function's input contributes to its
// output: its S-box, spread over the output octets of the P layer.
var sp = spread()

// The S-box of each input octet t1 ... t8 and, one bit for an output octet
// y1 ... y8, where the P layer mixes it in. RFC 3713 section 2.4.1.
var pLayer = [8]struct {
	sbox func(x byte) byte
	into byte // most significant bit: y1
}{
	{s1, 0b11101001},
	{s2, 0b01111100},
	{s3, 0b10110110},
	{s4, 0b11010011},
	{s2, 0b01110111},
	{s3, 0b10111011},
	{s4, 0b11011101},
	{s1, 0b11101110},
}

func s1(x byte) byte { return sbox1[x] }
func s2(x byte) byte { return bits.RotateLeft8(sbox1[x], 1) }
func s3(x byte) byte { return bits.RotateLeft8(sbox1[x], 7) }
func s4(x byte) byte { return sbox1[bits.RotateLeft8(x, 1)] }

func spread() (t [8][256]uint64) {
	for i, p := range pLayer {
		for x := range 256 {
			s := uint64(p.sbox(byte(x)))
			for y := range 8 {
				if p.into>>(7-y)&1 == 1 {
					t[i][x] |= s << (56 - 8*y)
				}
			}
		}
	}
	return t
}
