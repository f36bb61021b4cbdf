package des

// roundMasks is the number of masks of a round. Folded masks, halfMasks and
// edgeMasks of them, have halfMasks more before each run of DES and at the end.
const (
	roundMasks = 48
	halfMasks  = 32
	edgeMasks  = 16
)

// masks are key bits as all ones or all zeros, in the order in which a kernel
// reads them; short, because a load that repeats them over a register, or
// extends their sign, costs nothing more.
type masks [maxStages*rounds*roundMasks + (maxStages+1)*halfMasks]int32

// spread has the masks of four bits.
var spread = func() (t [16][4]int32) {
	for i := range t {
		for b := range 4 {
			t[i][b] = -int32(i >> (3 - b) & 1)
		}
	}
	return t
}()

// put writes the masks of the n low bits of w, the most significant one first,
// and returns what is left of m.
func put(m []int32, w uint64, n int) []int32 {
	for n > 0 {
		n -= 4
		*(*[4]int32)(m) = spread[w>>n&15]
		m = m[4:]
	}
	return m
}

// plain writes the masks of circuits of two-input gates: for each round the 48
// bits of its key.
//
// Those circuits have no gate of its own for a complement. Some of their
// outputs are complemented, and a plane that was XORed with such an output an
// odd number of times is so too, as in rounds 2, 3, 6, 7, 10, 11, 14 and 15.
// The masks put that right.
func (c *Cipher) plain(m *masks) {
	at := m[:]
	for _, keys := range c.keys[:c.stages] {
		for r, k := range keys {
			if (r+1)&2 != 0 {
				k ^= complemented
			}
			at = put(at, k, roundMasks)
		}
	}
}

// folded writes the masks of the kernel with ternary logic, for which XORing a
// plane with two words costs no more than with one. When a round changes a
// plane it also XORs it with the key bit of its next use. So the next round
// finds its input XORed with its key, but for the two bits of each S-box that
// the expansion gives to two of them: they get the difference of both key bits.
//
//	32 for the half that the first round takes, then
//	each round: 32 for the half that it changes, 16 for bits 1 and 6 of each S-box;
//	32 for the half that the last round took: to the next DES's first round, or to none
func (c *Cipher) folded(m *masks) {
	at := m[:]
	last := uint64(0)
	for _, keys := range c.keys[:c.stages] {
		at = put(at, last^own(keys[0]), halfMasks)
		before := uint64(0)
		for r, k := range keys {
			after := uint64(0)
			if r+1 < rounds {
				after = own(keys[r+1])
			}
			at = put(at, before^after, halfMasks)
			at = put(at, edges(k), edgeMasks)
			before = own(k)
		}
		last = before
	}
	put(at, last, halfMasks)
}

// own returns, for each bit of a half, the key bit of the S-box that has it
// among its inputs 2 to 5. A bit goes to one such input only.
func own(k uint64) uint64 {
	k >>= 1
	k = k&0x00f00f00f00f | k>>2&0x0f00f00f00f0
	k = k&0x0000ff0000ff | k>>4&0x00ff0000ff00
	return k&0xffff | k>>8&0xffff0000
}

// edges returns, for inputs 1 and 6 of each S-box, their key bits XORed with
// those of inputs 5 and 2 of its neighbours, to which the expansion (E of FIPS
// 46-3) gives the same bits of the half.
func edges(k uint64) uint64 {
	around := k<<48 | k
	first := (k ^ around>>2) >> 4 & 0x082082082082
	sixth := (k ^ (k<<2 | k>>46)) & 0x041041041041
	k = first | sixth
	k = k&0x003003003003 | k>>4&0x00c00c00c00c
	k = k&0x00000f00000f | k>>8&0x0000f00000f0
	return k&0xff | k>>16&0xff00
}
