package hmac

// Hash is a hash function.
type Hash uint8

// The hash functions: RFC 1321 and FIPS 180-4.
const (
	MD5 Hash = iota
	SHA1
	SHA256
	SHA384
	SHA512
	Hashes // their number
)

// Lengths in octets over all hash functions.
const (
	maxSize  = 64
	maxBlock = 128
)

// words are a state: 8 words of 32 bits, or of 64 bits in halves, the low one
// first. Functions with fewer words do not look at the others.
type words [maxSize / 4]uint32

// function is what a hash function has beside its rounds.
type function struct {
	size   int   // octets of a sum
	shift  int   // a block has 1<<shift octets
	word   int   // octets of a word
	little bool  // words of a message and its length begin with their lowest octet
	iv     words // the initial state
}

var functions = [Hashes]function{
	MD5:    {16, 6, 4, true, words{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}},
	SHA1:   {20, 6, 4, false, words{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0}},
	SHA256: {32, 6, 4, false, words{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}},
	SHA384: {48, 7, 8, false, halves(0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17, 0x152fecd8f70e5939,
		0x67332667ffc00b31, 0x8eb44a8768581511, 0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4)},
	SHA512: {64, 7, 8, false, halves(0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
		0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179)},
}

func halves(state ...uint64) (h words) {
	for i, w := range state {
		h[2*i], h[2*i+1] = uint32(w), uint32(w>>32)
	}
	return h
}

// Size returns the length of a sum in octets.
func (h Hash) Size() int { return functions[h].size }

// BlockSize returns the length of a block in octets, which is that of the
// longest key (RFC 2104, section 3: longer ones are hashed first).
func (h Hash) BlockSize() int { return functions[h].block() }

func (f *function) block() int { return 1 << f.shift }
