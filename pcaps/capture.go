package pcaps

import (
	"math"
	"sync"
)

// verdict is what a parser came to.
type verdict uint8

const (
	needMore  verdict = iota // the record goes on after the window
	blockFull                // at least one frame was appended
	finished                 // nothing that can be read follows
)

// parser knows one capture format.
type parser interface {
	// parse appends frames to b.store until the window holds no whole record,
	// the block is full or the capture ends.
	parse(c *capture, b *Block) verdict
}

// limits are sizes that depend on Options.
type limits struct {
	block  int // octets of memory for a capture that is read alone
	small  int // for one of many
	first  int // at its beginning
	frames int // per block
}

// capture is one file while it is read.
type capture struct {
	opening
	index  int
	pool   *pool
	limits *limits
	mu     *sync.Mutex // guards info, log and secrets, which other goroutines may ask for

	src      source // nil while the file is not open
	parser   parser // nil before the file was opened
	win      window
	cause    error  // why the file ended where it does, when not by its end
	building *Block // that parse appends to
	last     int64  // time of the last frame, for packets without one

	info         CaptureInfo
	log          problemLog
	secrets      []SecretsBlock
	secretOctets int // octets in secrets

	queue
}

// queue is the place of a capture in the merge.
type queue struct {
	key    int64  // time of the next frame
	began  int64  // time of the first frame, once it is known
	cur    *Block // cur.store[next:] are frames that were not handed out yet
	next   int
	shared int64 // number of the merged block that holds cur's memory as well
}

// load parses the next frames into c.cur. It returns false when there are none.
func (c *capture) load(size int) bool {
	b := c.pool.getBlock()
	for c.src != nil {
		v := c.parse(b)
		if len(b.store) > 0 {
			b.hold(c.win.mem)
			c.cur, c.next, c.shared = b, 0, 0
			c.key = b.store[0].Nanos
			if c.began == math.MinInt64 {
				c.began = c.key
			}
		}
		if v == finished {
			c.stop()
		}
		if len(b.store) > 0 {
			return true
		}
		if v == needMore {
			c.refill(size)
		}
	}
	b.Release()
	return false
}

// parse runs the parser over the window and counts what it found.
func (c *capture) parse(b *Block) verdict {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.building = b
	v := c.parser.parse(c, b)
	if v == finished {
		c.noteCause()
		c.info.Complete = c.log.counts[Cut]+c.log.counts[Damaged]+c.log.counts[Unreadable] == 0
	}
	c.building = nil
	c.count(b.store)
	return v
}

// count adds frames to the counters of the capture.
func (c *capture) count(frames []Frame) {
	if len(frames) == 0 {
		return
	}
	i := &c.info
	first, last := i.First, i.Last
	if i.Packets == 0 {
		first, last = math.MaxInt64, math.MinInt64
	}
	for k := range frames {
		f := &frames[k]
		i.Octets += int64(len(f.Data))
		if len(f.Data) < f.WireLen {
			i.Truncated++
			i.LongestCut = max(i.LongestCut, len(f.Data))
		}
		first, last = min(first, f.Nanos), max(last, f.Nanos)
	}
	i.First, i.Last = first, last
	i.Packets += int64(len(frames))
}

// stop closes the file and gives its memory back. What was learnt remains.
func (c *capture) stop() {
	if c.src != nil {
		c.src.close()
		c.src = nil
		c.passed.Store(max(c.passed.Load(), c.info.Size))
	}
	if c.win.mem != nil {
		c.pool.putMemory(c.win.mem)
	}
	c.win = window{final: true}
}

// reset forgets everything but where the file is, its key and its size.
func (c *capture) reset() {
	c.stop()
	if c.cur != nil {
		c.cur.Release()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.parser, c.win, c.cause, c.last = nil, window{}, nil, 0
	c.log, c.secrets, c.secretOctets = problemLog{}, nil, 0
	c.info = CaptureInfo{Path: c.path, Format: c.info.Format, Size: c.info.Size}
	c.queue = queue{key: c.began, began: c.began}
	c.passed.Store(0)
}

// snapshot returns what is known now.
func (c *capture) snapshot() CaptureInfo {
	c.info.Problems, c.info.counts = c.log.kept, c.log.counts
	return c.info.clone()
}
