package pcaps

import (
	"io"
	"math"
	"os"
)

// Next returns the next frames, or io.EOF. Damage is no error: see Captures.
// The caller releases the block. The set reads ahead no more than one record.
func (s *Set) Next() (*Block, error) {
	if s.closed {
		return nil, os.ErrClosed
	}
	var out *Block
	for len(s.order) > 0 {
		c := s.order[0]
		if c.cur == nil {
			if out != nil {
				break
			}
			if s.advance(c) {
				s.order.fix()
			} else {
				s.order.drop()
			}
			continue
		}
		n := s.run(c)
		if out == nil && c.next+n == len(c.cur.store) {
			out = c.cur
			out.Frames = out.store[c.next:]
			s.used(c)
			break
		}
		out = s.merge(out, c, n)
		if len(out.store) >= s.limits.frames {
			break
		}
	}
	if out == nil {
		return nil, io.EOF
	}
	s.numberFrames(out)
	return out, nil
}

// advance opens the capture if it is not and parses its next frames.
func (s *Set) advance(c *capture) bool {
	if c.parser == nil {
		if err := c.start(); err != nil {
			s.mu.Lock()
			p := c.problem(Unreadable, 0)
			c.log.add(p, err, 0, 0)
			s.mu.Unlock()
			return false
		}
	}
	size := s.limits.block
	if s.open() > manyCaptures {
		size = s.limits.small
	}
	return c.load(size)
}

// open returns how many captures are open.
func (s *Set) open() (n int) {
	for _, c := range s.captures {
		if c.src != nil {
			n++
		}
	}
	return n
}

// run returns how many frames of c come before the next of any other capture.
func (s *Set) run(c *capture) int {
	frames := c.cur.store[c.next:]
	other := s.order.second()
	if other == nil {
		return len(frames)
	}
	for i := range frames {
		if !before(frames[i].Nanos, c, other) {
			return i
		}
	}
	return len(frames)
}

// merge moves n frames of c into out, which is made when nil.
func (s *Set) merge(out *Block, c *capture, n int) *Block {
	if out == nil {
		out = s.pool.getBlock()
		s.merged++
	}
	if c.shared != s.merged {
		c.shared = s.merged
		out.hold(c.cur.held[0])
	}
	out.store = append(out.store, c.cur.store[c.next:c.next+n]...)
	out.Frames = out.store
	c.next += n
	if c.next < len(c.cur.store) {
		c.key = c.cur.store[c.next].Nanos
		s.order.fix()
		return out
	}
	b := c.cur
	s.used(c)
	b.Release()
	return out
}

// used notes that the frames of c are handed out. Until the next ones are known
// c comes before all others.
func (s *Set) used(c *capture) {
	c.cur, c.next = nil, 0
	c.key = math.MinInt64
	s.order.fix()
}

func (s *Set) numberFrames(b *Block) {
	for i := range b.Frames {
		s.number++
		b.Frames[i].Number = s.number
	}
}
