package hmac

import "encoding/binary"

// work is what a lane does. A message goes through it in three segments: its
// whole blocks where they stand, the rest with the padding of the hash, and
// the inner sum under the outer key.
type work struct {
	job       *Job
	segment   segment // the present one
	padBlocks int
	pad       [2 * maxBlock]byte
	outer     [maxBlock]byte
}

type segment uint8

const (
	segmentText segment = iota
	segmentPad
	segmentOuter
)

// start gives lane i the next message, if there is one.
func (e *Engine) start(i int) bool {
	w := &e.work[i]
	w.job = e.queue.take()
	if w.job == nil {
		e.left[i] = idle
		return false
	}
	e.function.set(&e.lanes, i, &w.job.State.inner)
	text := w.job.Text
	whole := len(text) >> e.function.shift
	w.padBlocks = e.function.padding(&w.pad, w.job, whole<<e.function.shift)
	if whole == 0 {
		e.enter(i, segmentPad, &w.pad[0], w.padBlocks)
	} else {
		e.enter(i, segmentText, &text[0], whole)
	}
	return true
}

// advance goes on with lane i behind the end of a segment. It reports whether
// the lane is still active.
func (e *Engine) advance(i int) bool {
	w := &e.work[i]
	switch w.segment {
	case segmentText:
		e.enter(i, segmentPad, &w.pad[0], w.padBlocks)
		return true
	case segmentPad:
		e.function.sum(&e.lanes, i, (*[maxSize]byte)(w.outer[:]))
		*(*[16]byte)(w.outer[e.function.size:]) = [16]byte{0x80}
		e.function.set(&e.lanes, i, &w.job.State.outer)
		e.enter(i, segmentOuter, &w.outer[0], 1)
		return true
	}
	e.function.sum(&e.lanes, i, &w.job.Sum)
	return e.start(i)
}

func (e *Engine) enter(i int, s segment, text *byte, blocks int) {
	e.work[i].segment = s
	e.lanes.text[i], e.lanes.at[i] = text, 0
	e.left[i] = blocks
}

// move makes lane to, which is idle, do what lane from does. They may be the
// same.
func (e *Engine) move(from, to int) {
	if from == to {
		return
	}
	state := e.function.get(&e.lanes, from)
	e.function.set(&e.lanes, to, &state)
	e.work[to] = e.work[from]
	e.left[to], e.lanes.at[to], e.lanes.text[to] = e.left[from], e.lanes.at[from], e.lanes.text[from]
	switch w := &e.work[to]; w.segment {
	case segmentPad:
		e.lanes.text[to] = &w.pad[0]
	case segmentOuter:
		e.lanes.text[to] = &w.outer[0]
	}
	e.left[from] = idle
}

// padding writes what follows the whole blocks of a job's text: the rest, the
// tail, a one bit, zeros and the length in bits of key block, text and tail
// (FIPS 180-4, section 5.1; RFC 1321, sections 3.1 and 3.2). It returns the
// number of blocks.
func (f *function) padding(pad *[2 * maxBlock]byte, j *Job, whole int) int {
	rest := j.Text[whole:]
	n, length := len(rest), f.block()+len(j.Text)
	if j.HasTail {
		n += len(j.Tail)
		length += len(j.Tail)
	}
	blocks := (n+2*f.word)>>f.shift + 1
	b := pad[:blocks<<f.shift]
	f.finish(b, n, length)
	copy(b, rest)
	if j.HasTail {
		copy(b[n-len(j.Tail):], j.Tail[:])
	}
	return blocks
}

// outerBlock returns a block with the padding behind the outer key's block and
// an inner sum.
func (f *function) outerBlock() (b [maxBlock]byte) {
	f.finish(b[:f.block()], f.size, f.block()+f.size)
	return b
}

// finish zeroes b, whose end is a block's, and writes the padding of a message
// of length octets into it, of which n stand in b.
func (f *function) finish(b []byte, n, length int) {
	clear(b)
	b[n] = 0x80
	bits := uint64(length) * 8
	if f.little {
		binary.LittleEndian.PutUint64(b[len(b)-8:], bits)
	} else {
		binary.BigEndian.PutUint64(b[len(b)-8:], bits)
	}
}
