package hmac

import "encoding/binary"

// maxLanes is how many messages the widest kernel hashes side by side.
const maxLanes = 16

// lanes is what a kernel works on: the states of hashes, one in each lane, and
// where the messages go on.
type lanes struct {
	// state has the 8 words of lane 0, those of lane 1 and so on. Words of 64
	// bits take two elements, the low half first.
	state [8 * maxLanes]uint32
	// text and at give the next block of each lane: at octets behind text.
	text [maxLanes]*byte
	at   [maxLanes]int
}

// kernel hashes blocks of some lanes side by side.
type kernel struct {
	name   string
	usable bool // on this processor
	lanes  int  // the lanes 0 to lanes-1 are hashed
	// from is the fewest messages for which this kernel is faster than those
	// of fewer lanes or, for the last, than crypto/hmac.
	from int
	// blocks hashes the next n blocks of each lane; n is at least 1. It
	// changes the states only. Each lane must have readable blocks.
	blocks func(l *lanes, n int)
}

// row returns the state of lane i.
func (f *function) row(l *lanes, i int) []uint32 {
	n := 2 * f.word
	return l.state[i*n : i*n+n]
}

// sum writes the state of lane i as octets to the first f.size octets of dst.
func (f *function) sum(l *lanes, i int, dst []byte) {
	row := f.row(l, i)
	switch {
	case f.word == 8:
		for w := range f.size / 8 {
			binary.BigEndian.PutUint64(dst[8*w:], uint64(row[2*w+1])<<32|uint64(row[2*w]))
		}
	case f.little:
		for w := range f.size / 4 {
			binary.LittleEndian.PutUint32(dst[4*w:], row[w])
		}
	default:
		for w := range f.size / 4 {
			binary.BigEndian.PutUint32(dst[4*w:], row[w])
		}
	}
}
