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

// set gives lane i a state.
func (f *function) set(l *lanes, i int, state *words) {
	if f.word == 4 {
		*(*[8]uint32)(l.state[8*i:]) = *(*[8]uint32)(state[:])
	} else {
		*(*words)(l.state[16*i:]) = *state
	}
}

// get returns the state of lane i.
func (f *function) get(l *lanes, i int) (state words) {
	if f.word == 4 {
		copy(state[:], l.state[8*i:8*i+8])
	} else {
		copy(state[:], l.state[16*i:16*i+16])
	}
	return state
}

// sum writes the state of lane i to dst as octets. Behind the first f.size
// dst is left undefined.
func (f *function) sum(l *lanes, i int, dst *[maxSize]byte) {
	switch {
	case f.word == 8:
		state := (*words)(l.state[16*i:])
		for w := range 8 {
			binary.BigEndian.PutUint64(dst[8*w:], pair(state[2*w+1], state[2*w]))
		}
	case f.little:
		state := (*[4]uint32)(l.state[8*i:])
		binary.LittleEndian.PutUint64(dst[0:], pair(state[1], state[0]))
		binary.LittleEndian.PutUint64(dst[8:], pair(state[3], state[2]))
	default:
		state := (*[8]uint32)(l.state[8*i:])
		binary.BigEndian.PutUint64(dst[0:], pair(state[0], state[1]))
		binary.BigEndian.PutUint64(dst[8:], pair(state[2], state[3]))
		binary.BigEndian.PutUint64(dst[16:], pair(state[4], state[5]))
		binary.BigEndian.PutUint64(dst[24:], pair(state[6], state[7]))
	}
}

// pair returns two halves as a word.
func pair(high, low uint32) uint64 { return uint64(high)<<32 | uint64(low) }
