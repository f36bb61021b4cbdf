package camellia

import "encoding/binary"

// u128 is a 128-bit number of the key schedule.
type u128 struct{ hi, lo uint64 }

func (a u128) xor(b u128) u128 { return u128{a.hi ^ b.hi, a.lo ^ b.lo} }

// rotl rotates left by n bits, 0 <= n < 128.
func (a u128) rotl(n uint) u128 {
	if n >= 64 {
		a, n = u128{a.lo, a.hi}, n-64
	}
	// A shift by 64 yields 0 in Go, so n = 0 needs no case of its own.
	return u128{a.hi<<n | a.lo>>(64-n), a.lo<<n | a.hi>>(64-n)}
}

// source names the four numbers from which the subkeys are cut.
type source int

const (
	kL source = iota
	kR
	kA
	kB
)

// half says where a subkey comes from: the left (even place) or right (odd
// place) half of a source, rotated left.
type half struct {
	from source
	rot  uint
}

// schedule128 and schedule256 list the subkeys in the order of use: kw1, kw2,
// six rounds, two of FL, six rounds, ..., kw3, kw4. RFC 3713 section 2.2.
var (
	schedule128 = []half{
		{kL, 0}, {kL, 0},
		{kA, 0}, {kA, 0}, {kL, 15}, {kL, 15}, {kA, 15}, {kA, 15},
		{kA, 30}, {kA, 30},
		{kL, 45}, {kL, 45}, {kA, 45}, {kL, 60}, {kA, 60}, {kA, 60},
		{kL, 77}, {kL, 77},
		{kL, 94}, {kL, 94}, {kA, 94}, {kA, 94}, {kL, 111}, {kL, 111},
		{kA, 111}, {kA, 111},
	}
	schedule256 = []half{
		{kL, 0}, {kL, 0},
		{kB, 0}, {kB, 0}, {kR, 15}, {kR, 15}, {kA, 15}, {kA, 15},
		{kR, 30}, {kR, 30},
		{kB, 30}, {kB, 30}, {kL, 45}, {kL, 45}, {kA, 45}, {kA, 45},
		{kL, 60}, {kL, 60},
		{kR, 60}, {kR, 60}, {kB, 60}, {kB, 60}, {kL, 77}, {kL, 77},
		{kA, 77}, {kA, 77},
		{kR, 94}, {kR, 94}, {kA, 94}, {kA, 94}, {kL, 111}, {kL, 111},
		{kB, 111}, {kB, 111},
	}
)

// schedule derives the subkeys for encryption from a key of 16, 24 or 32 octets.
func schedule(key []byte) subkeys {
	sources := keySources(key)
	halves, s := schedule128, subkeys{legs: 3}
	if len(key) > 16 {
		halves, s = schedule256, subkeys{legs: 4}
	}
	place := 0
	take := func(dst []uint64) {
		for i := range dst {
			h := halves[place]
			rotated := sources[h.from].rotl(h.rot)
			dst[i] = rotated.hi
			if place%2 == 1 {
				dst[i] = rotated.lo
			}
			place++
		}
	}
	take(s.pre[:])
	for leg := range s.legs {
		if leg > 0 {
			take(s.ke[2*leg-2 : 2*leg])
		}
		take(s.k[leg*roundsPerLeg : (leg+1)*roundsPerLeg])
	}
	take(s.post[:])
	return s
}

// keySources computes KL, KR, KA and KB, RFC 3713 section 2.2.
func keySources(key []byte) (s [4]u128) {
	word := func(i int) uint64 { return binary.BigEndian.Uint64(key[8*i:]) }
	s[kL] = u128{word(0), word(1)}
	switch len(key) {
	case 24:
		s[kR] = u128{word(2), ^word(2)}
	case 32:
		s[kR] = u128{word(2), word(3)}
	}
	d := s[kL].xor(s[kR])
	d = twoRounds(d, sigma[0], sigma[1])
	d = d.xor(s[kL])
	s[kA] = twoRounds(d, sigma[2], sigma[3])
	s[kB] = twoRounds(s[kA].xor(s[kR]), sigma[4], sigma[5])
	return s
}

func twoRounds(d u128, k1, k2 uint64) u128 {
	d.lo ^= f(d.hi, k1)
	d.hi ^= f(d.lo, k2)
	return d
}
