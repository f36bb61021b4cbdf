package replay

// maxRetold bounds how many numbers of a Counter that follows are looked at one by
// one: those at or below the highest one of the Counter before.
const maxRetold = 1 << 16

// Follow counts all that another Counter counted behind what this one did, as when
// the packets of an SA go to another address from some time on. Numbers of the
// other are shift too low.
func (c *Counter) Follow(o *Counter, shift uint64) {
	s := o.stats
	s.First, s.Last = s.First+shift, s.Last+shift
	packets := c.stats.Packets + s.Packets
	later := o.shifted(shift)
	from := s.First
	if from <= c.stats.Last {
		from = c.retell(&later, max(from, later.forgotten), s.Last)
		s.Lost = later.within(from, s.Last)
	}
	if from <= s.Last {
		c.advance(from)
		c.stats.Last = s.Last
		c.stats.Lost += s.Lost
		for _, h := range later.runs {
			if h.low >= from {
				c.holes.add(h)
			}
		}
		c.holes.forgotten = max(c.holes.forgotten, later.forgotten)
	}
	c.stats.Packets = packets
	c.stats.Duplicates += s.Duplicates
	c.stats.OutOfOrder += s.OutOfOrder
	c.stats.MaxDepth = max(c.stats.MaxDepth, s.MaxDepth)
	c.stats.Stale += s.Stale
	for i, n := range s.Dropped {
		c.stats.Dropped[i] += n
	}
}

// retell adds numbers from low on that are not above the highest one, and returns the
// first that is, and that arrived.
func (c *Counter) retell(later *holes, low, last uint64) uint64 {
	n := low
	for range maxRetold {
		switch i, missing := later.find(n); {
		case n > last || n > c.stats.Last && !missing:
			return n
		case missing:
			n = later.runs[i].high
		default:
			c.Add(n)
		}
		n++
	}
	return max(n, c.stats.Last+1)
}

// shifted returns the holes as if all numbers were higher.
func (c *Counter) shifted(by uint64) holes {
	var h holes
	for _, r := range c.holes.runs {
		h.runs = append(h.runs, hole{r.low + by, r.high + by})
	}
	if c.holes.forgotten > 0 {
		h.forgotten = c.holes.forgotten + by
	}
	return h
}
