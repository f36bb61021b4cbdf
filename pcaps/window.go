package pcaps

import (
	"errors"
	"io"
)

// window is the part of a capture file that is in memory.
type window struct {
	mem   *memory
	buf   []byte // the octets in mem that were read
	pos   int    // of the next octet to look at, in buf
	base  int64  // offset of buf[0] in the file
	final bool   // nothing follows buf

	// A record that is passed over without being read: where it begins, its
	// length, and how much of it is after buf.
	record, length, ahead int64
}

// rest returns what was not looked at yet.
func (w *window) rest() []byte { return w.buf[w.pos:] }

// offset returns where rest begins in the file.
func (w *window) offset() int64 { return w.base + int64(w.pos) }

// passOver passes over a record of n octets, which may end after the window.
func (w *window) passOver(n int64) {
	w.record, w.length = w.offset(), n
	here := int64(len(w.buf) - w.pos)
	if n <= here {
		w.pos += int(n)
		return
	}
	w.pos = len(w.buf)
	w.ahead = n - here
}

// refill reads the file on. A stream that gave little goes on in the same memory;
// otherwise the window moves.
func (c *capture) refill(size int) {
	w := &c.win
	if w.mem == nil || len(w.buf) == len(w.mem.buf) || w.ahead > 0 {
		if !c.move(size) {
			return
		}
	}
	n, err := c.src.fill(w.mem.buf[len(w.buf):])
	w.buf = w.mem.buf[:len(w.buf)+n]
	if err != nil {
		c.ended(err)
	}
}

// move copies what was not looked at to the front of new memory of size octets,
// or twice what is to be copied if that is more: memory is never sized by a field
// of the file. It returns false when the file ends in what is passed over.
func (c *capture) move(size int) bool {
	w := &c.win
	old, rest := w.mem, w.rest()
	mem := c.pool.getMemory(max(size, 2*len(rest)))
	n := copy(mem.buf, rest)
	w.base += int64(w.pos)
	if old != nil {
		c.pool.putMemory(old)
	}
	w.mem, w.buf, w.pos = mem, mem.buf[:n], 0
	return w.ahead == 0 || c.skipAhead()
}

// skipAhead lets the file pass over the rest of a record. When the file ends
// before, the next call of short says so.
func (c *capture) skipAhead() bool {
	n, err := c.src.skip(c.win.ahead)
	c.win.base += n
	c.win.ahead -= n
	if err != nil {
		c.ended(err)
	}
	return err == nil
}

// ended closes the window: the file gives no more.
func (c *capture) ended(err error) {
	c.win.final = true
	if err != io.EOF {
		c.cause = err
	}
}

// short is the answer to a record of which the window does not hold need octets.
func (c *capture) short(need int) verdict {
	w := &c.win
	switch have := len(w.rest()); {
	case !w.final:
		return needMore
	case w.ahead > 0:
		c.cut(w.record, w.length-w.ahead, w.length)
		w.ahead = 0
	case have > 0:
		c.cut(w.offset(), int64(have), int64(need))
	}
	return finished
}

// cut notes that the file ends inside the record at offset, which has only some
// of the octets it needs.
func (c *capture) cut(offset, have, need int64) {
	kind, cause := Cut, c.cause
	if cause != nil && !errors.Is(cause, io.ErrUnexpectedEOF) {
		kind = Unreadable
	}
	c.cause = nil
	c.log.add(c.problem(kind, offset), cause, uint64(have), uint64(need))
}

// noteCause notes why the file ended, when no record was cut by that. Where
// reading stopped before the end it does not matter.
func (c *capture) noteCause() {
	if c.cause == nil || len(c.win.rest()) > 0 {
		return
	}
	p := c.problem(Unreadable, c.win.base+int64(len(c.win.buf)))
	if errors.Is(c.cause, io.ErrUnexpectedEOF) {
		p.Kind = Cut
		p.Text = "cut off after packet {p}, at octet {at}"
	}
	c.log.add(p, c.cause, 0, 0)
	c.cause = nil
}

// note counts a problem of the record at offset. What a and b are is in kindText.
func (c *capture) note(k Kind, offset int64, a, b uint64) {
	c.log.add(c.problem(k, offset), nil, a, b)
}

// problem returns one with everything set but its text.
func (c *capture) problem(k Kind, offset int64) Problem {
	return Problem{Kind: k, Capture: c.index, Path: c.path, Offset: offset, Frame: c.nextFrame()}
}

// nextFrame returns the number within the capture of the next frame.
func (c *capture) nextFrame() int64 {
	n := c.info.Packets + 1
	if c.building != nil {
		n += int64(len(c.building.store))
	}
	return n
}
