package pcaps

import (
	"errors"
	"io"
	"math"
	"os"
	"sync"
	"sync/atomic"
)

// Options of OpenSet. The zero value is good.
type Options struct {
	// BlockSize is the memory of a block in octets; 0 means 4 MiB. A record
	// that does not fit gets a larger block.
	BlockSize int
	// Live hands on what a pipe gives at once, in smaller blocks, instead of
	// waiting until a block is full.
	Live bool
}

const (
	defaultBlockSize = 4 << 20
	firstBlockSize   = 64 << 10
	maxBlockFrames   = 32768
	// With more captures open than this, each gets blocks of an eighth.
	manyCaptures = 16
)

// Set is one or several captures that are read as one.
//
// Frames come in time order as far as each file is in time order: of all files,
// that one goes on whose next frame is the earliest, of several the one that began
// first. The frames of one file keep the order of the file, even where its clock
// runs backwards. A file is open only from its first frame to its last.
//
// Next, Rewind and Close are for one goroutine at a time; the other methods may be
// called by any.
type Set struct {
	captures []*capture
	order    mergeHeap
	pool     pool
	limits   limits
	mu       sync.Mutex
	number   int64 // of the last frame
	merged   int64 // blocks that were put together
	closed   bool
}

// OpenSet opens captures. Path "-" is stdin, which may be an *os.File (a pipe,
// or a regular file), any io.Reader, or one with ReadAt and Size, like
// *bytes.Reader. The error is a *FormatError wrapping ErrNotCapture for a file
// that is none, and otherwise that of the system; it names the file.
func OpenSet(paths []string, stdin io.Reader, opts Options) (*Set, error) {
	if len(paths) == 0 {
		return nil, errors.New("pcaps: no capture given")
	}
	s := newSet(opts)
	for i, path := range paths {
		c := &capture{
			opening: opening{path: path, stdin: stdin, live: opts.Live, passed: new(atomic.Int64)},
			index:   i, pool: &s.pool, limits: &s.limits, mu: &s.mu,
			info: CaptureInfo{Path: path},
		}
		if path == stdinPath && s.hasStdin() {
			s.Close()
			return nil, errors.New("pcaps: standard input (-) is given twice")
		}
		s.captures = append(s.captures, c)
		if err := s.look(c, len(paths) > 1); err != nil {
			s.Close()
			return nil, err
		}
	}
	s.order.init(s.captures)
	return s, nil
}

func newSet(opts Options) *Set {
	size := opts.BlockSize
	if size <= 0 {
		size = defaultBlockSize
	}
	l := limits{block: size, small: max(1, size/8), first: min(firstBlockSize, size), frames: maxBlockFrames}
	if opts.Live {
		l.block, l.small = l.first, l.first
	}
	return &Set{limits: l, pool: pool{sizes: [3]int{l.block, l.small, l.first}}}
}

func (s *Set) hasStdin() bool {
	for _, c := range s.captures {
		if c.path == stdinPath {
			return true
		}
	}
	return false
}

// look recognises the capture's format. Of several it also finds the time of the
// first frame and closes the file again, unless it is a pipe.
func (s *Set) look(c *capture, several bool) error {
	if err := c.start(); err != nil {
		return err
	}
	c.key, c.began = math.MinInt64, math.MinInt64
	if !several || c.info.Size == streamSize {
		return nil
	}
	c.load(s.limits.first)
	c.reset()
	return nil
}

// Rewind starts again at the first frame. Numbers and counters start again too.
// For a pipe the error is ErrNotSeekable.
func (s *Set) Rewind() error {
	if s.closed {
		return os.ErrClosed
	}
	if !s.Seekable() {
		return ErrNotSeekable
	}
	for _, c := range s.captures {
		c.reset()
	}
	s.number = 0
	s.order.init(s.captures)
	return nil
}

// Seekable reports whether Rewind is possible: no capture is a pipe.
func (s *Set) Seekable() bool { return s.Size() >= 0 }

// Captures returns what is known about the captures, in the order of the paths.
func (s *Set) Captures() []CaptureInfo {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]CaptureInfo, len(s.captures))
	for i, c := range s.captures {
		out[i] = c.snapshot()
	}
	return out
}

// Secrets returns the decryption secrets blocks met so far. Their data must not
// be changed.
func (s *Set) Secrets() []SecretsBlock {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []SecretsBlock
	for _, c := range s.captures {
		out = append(out, c.secrets...)
	}
	return out
}

// Size returns the octets of all files as they are stored, or -1 when one is a
// pipe.
func (s *Set) Size() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	var sum int64
	for _, c := range s.captures {
		if c.info.Size == streamSize {
			return -1
		}
		sum += c.info.Size
	}
	return sum
}

// Position returns how many octets, as stored, were read or passed over.
func (s *Set) Position() int64 {
	var sum int64
	for _, c := range s.captures {
		sum += c.passed.Load()
	}
	return sum
}

// Close closes the files. Blocks that were not released stay as they are.
func (s *Set) Close() error {
	s.closed = true
	for _, c := range s.captures {
		c.stop()
	}
	s.order = nil
	return nil
}
