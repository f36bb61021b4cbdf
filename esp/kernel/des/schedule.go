package des

// rounds is the number of rounds of one DES.
const rounds = 16

// schedule has the 48 bits of the key of each round, in order of use. The most
// significant one goes to the first input of S1.
type schedule [rounds]uint64

// permutedChoice1 is PC-1 of FIPS 46-3: the bits of the key, counted from 1 at
// the most significant one, that go to C and to D.
var permutedChoice1 = [2][28]uint8{
	{
		57, 49, 41, 33, 25, 17, 9, 1, 58, 50, 42, 34, 26, 18,
		10, 2, 59, 51, 43, 35, 27, 19, 11, 3, 60, 52, 44, 36,
	},
	{
		63, 55, 47, 39, 31, 23, 15, 7, 62, 54, 46, 38, 30, 22,
		14, 6, 61, 53, 45, 37, 29, 21, 13, 5, 28, 20, 12, 4,
	},
}

// permutedChoice2 is PC-2: the bits of CD, counted from 1, that go to the
// round's key.
var permutedChoice2 = [48]uint8{
	14, 17, 11, 24, 1, 5, 3, 28, 15, 6, 21, 10,
	23, 19, 12, 4, 26, 8, 16, 7, 27, 20, 13, 2,
	41, 52, 31, 37, 47, 55, 30, 40, 51, 45, 33, 48,
	44, 49, 39, 56, 34, 53, 46, 42, 50, 36, 29, 32,
}

// leftShifts is how far C and D are rotated before each round.
var leftShifts = [rounds]uint8{1, 1, 2, 2, 2, 2, 2, 2, 1, 2, 2, 2, 2, 2, 2, 1}

// pieces has, for each seven bits of CD, what PC-2 makes of them: the key of a
// round is all that its eight sevens give, together.
var pieces = func() (p [8][128]uint64) {
	for i, b := range permutedChoice2 {
		seven, bit := (b-1)/7, 6-(b-1)%7
		for v := range p[seven] {
			p[seven][v] |= uint64(v>>bit&1) << (47 - i)
		}
	}
	return p
}()

// encryption returns the schedule of a key of 8 octets. Their parity bits are
// ignored.
func encryption(key uint64) (s schedule) {
	var half [2]uint32
	for h, bits := range &permutedChoice1 {
		for _, b := range bits {
			half[h] = half[h]<<1 | uint32(key>>(64-b)&1)
		}
	}
	for r, n := range leftShifts {
		for h, w := range half {
			w = (w<<n | w>>(28-n)) & (1<<28 - 1)
			half[h] = w
			for i := range 4 {
				s[r] |= pieces[4*h+i][w>>(21-7*i)&127]
			}
		}
	}
	return s
}

// reversed returns the schedule that undoes s.
func (s schedule) reversed() (d schedule) {
	for r := range s {
		d[rounds-1-r] = s[r]
	}
	return d
}
