package cast

import "encoding/binary"

// schedule is the state of the key schedule (RFC 2144, section 2.4): the octets x0
// to xF, which begin as the key with zeros behind it, and z0 to zF.
type schedule [z + 16]byte

// Where x0 and z0 are.
const (
	x = 0
	z = 16
)

func newSchedule(key []byte) *schedule {
	s := new(schedule)
	copy(s[x:], key)
	return s
}

// mixed says how four octets are made: those at from, and the S-boxes of others.
type mixed struct {
	to, from int
	boxes    [4]byte // indices of S5, S6, S7, S8
	last     byte    // and of one of them again: S7, S8, S5, S6 in turn
}

// zOfX and xOfZ make one half of the state out of the other.
var (
	zOfX = [4]mixed{
		{z + 0x0, x + 0x0, [4]byte{x + 0xd, x + 0xf, x + 0xc, x + 0xe}, x + 0x8},
		{z + 0x4, x + 0x8, [4]byte{z + 0x0, z + 0x2, z + 0x1, z + 0x3}, x + 0xa},
		{z + 0x8, x + 0xc, [4]byte{z + 0x7, z + 0x6, z + 0x5, z + 0x4}, x + 0x9},
		{z + 0xc, x + 0x4, [4]byte{z + 0xa, z + 0x9, z + 0xb, z + 0x8}, x + 0xb},
	}
	xOfZ = [4]mixed{
		{x + 0x0, z + 0x8, [4]byte{z + 0x5, z + 0x7, z + 0x4, z + 0x6}, z + 0x0},
		{x + 0x4, z + 0x0, [4]byte{x + 0x0, x + 0x2, x + 0x1, x + 0x3}, z + 0x2},
		{x + 0x8, z + 0x4, [4]byte{x + 0x7, x + 0x6, x + 0x5, x + 0x4}, z + 0x1},
		{x + 0xc, z + 0xc, [4]byte{x + 0xa, x + 0x9, x + 0xb, x + 0x8}, z + 0x3},
	}
)

// drawn are the octets whose S-boxes make a subkey: S5, S6, S7, S8, and one of them
// again, S5, S6, S7, S8 in turn.
type drawn [5]byte

// steps are a state and the four subkeys that are drawn from it.
var steps = [4]struct {
	mix  *[4]mixed
	keys [4]drawn
}{
	{&zOfX, [4]drawn{
		{z + 0x8, z + 0x9, z + 0x7, z + 0x6, z + 0x2},
		{z + 0xa, z + 0xb, z + 0x5, z + 0x4, z + 0x6},
		{z + 0xc, z + 0xd, z + 0x3, z + 0x2, z + 0x9},
		{z + 0xe, z + 0xf, z + 0x1, z + 0x0, z + 0xc},
	}},
	{&xOfZ, [4]drawn{
		{x + 0x3, x + 0x2, x + 0xc, x + 0xd, x + 0x8},
		{x + 0x1, x + 0x0, x + 0xe, x + 0xf, x + 0xd},
		{x + 0x7, x + 0x6, x + 0x8, x + 0x9, x + 0x3},
		{x + 0x5, x + 0x4, x + 0xa, x + 0xb, x + 0x7},
	}},
	{&zOfX, [4]drawn{
		{z + 0x3, z + 0x2, z + 0xc, z + 0xd, z + 0x9},
		{z + 0x1, z + 0x0, z + 0xe, z + 0xf, z + 0xc},
		{z + 0x7, z + 0x6, z + 0x8, z + 0x9, z + 0x2},
		{z + 0x5, z + 0x4, z + 0xa, z + 0xb, z + 0x6},
	}},
	{&xOfZ, [4]drawn{
		{x + 0x8, x + 0x9, x + 0x7, x + 0x6, x + 0x3},
		{x + 0xa, x + 0xb, x + 0x5, x + 0x4, x + 0x7},
		{x + 0xc, x + 0xd, x + 0x3, x + 0x2, x + 0x8},
		{x + 0xe, x + 0xf, x + 0x1, x + 0x0, x + 0xd},
	}},
}

// subkeys draws the next 16 subkeys.
func (s *schedule) subkeys(k *[rounds]uint32) {
	for i, step := range steps {
		for j, m := range step.mix {
			word := binary.BigEndian.Uint32(s[m.from:]) ^ s.boxes(m.boxes) ^ sboxes[4+(j+2)%4][s[m.last]]
			binary.BigEndian.PutUint32(s[m.to:], word)
		}
		for j, d := range step.keys {
			k[4*i+j] = s.boxes([4]byte(d[:4])) ^ sboxes[4+j][s[d[4]]]
		}
	}
}

// boxes is the sum of S5 to S8 of four octets.
func (s *schedule) boxes(at [4]byte) uint32 {
	return sboxes[4][s[at[0]]] ^ sboxes[5][s[at[1]]] ^ sboxes[6][s[at[2]]] ^ sboxes[7][s[at[3]]]
}
