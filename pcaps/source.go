package pcaps

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"
)

// source is the octets of one capture file, decompressed, from start to end.
type source interface {
	// fill reads into p until it is full; n < len(p) comes with an error,
	// io.EOF at the end.
	fill(p []byte) (n int, err error)
	// skip passes over n octets. With an error it has passed over fewer.
	skip(n int64) (int64, error)
	close() error
}

// opening is a place to read a capture from.
type opening struct {
	path   string
	stdin  io.Reader // for path "-"
	live   bool
	passed *atomic.Int64 // octets as stored that were read or skipped
}

// streamSize is the size of what is no regular file.
const streamSize = -1

// stdinPath is the path that means standard input.
const stdinPath = "-"

// sizedReaderAt is random access to octets whose number is known:
// *bytes.Reader, *io.SectionReader.
type sizedReaderAt interface {
	io.ReaderAt
	Size() int64
}

// open opens the file for reading from its first octet. A regular file on
// standard input begins where its file offset stands. size is that of the file as
// stored, or streamSize.
func (o *opening) open() (src source, size int64, err error) {
	if o.path == stdinPath {
		return o.openStdin()
	}
	f, err := os.Open(o.path)
	if err != nil {
		return nil, 0, fmt.Errorf("pcaps: %w", err)
	}
	src, size, err = o.openFile(f, f, 0)
	if err != nil {
		f.Close()
	}
	return src, size, err
}

func (o *opening) openStdin() (source, int64, error) {
	switch r := o.stdin.(type) {
	case nil:
		return nil, 0, errors.New("pcaps: standard input is not available")
	case *os.File:
		base, err := r.Seek(0, io.SeekCurrent)
		if err != nil {
			base = 0 // a pipe
		}
		return o.openFile(r, nil, base)
	case sizedReaderAt:
		return o.openRandom(r, r.Size, nil, 0)
	default:
		return o.openStream(r, nil), streamSize, nil
	}
}

// openFile reads a regular file with ReadAt and anything else as a stream.
func (o *opening) openFile(f *os.File, c io.Closer, base int64) (source, int64, error) {
	st, err := f.Stat()
	if err != nil {
		return nil, 0, fmt.Errorf("pcaps: %w", err)
	}
	switch {
	case st.IsDir():
		return nil, 0, fmt.Errorf("pcaps: %s: is a directory", o.path)
	case !st.Mode().IsRegular():
		return o.openStream(f, c), streamSize, nil
	}
	size := func() int64 {
		if st, err := f.Stat(); err == nil {
			return st.Size()
		}
		return 0
	}
	return o.openRandom(f, size, c, base)
}

func (o *opening) openRandom(r io.ReaderAt, size func() int64, c io.Closer, base int64) (source, int64, error) {
	src := &randomSource{r: r, size: size, off: base, closer: c, passed: o.passed}
	return src, max(0, size()-base), nil
}

func (o *opening) openStream(r io.Reader, c io.Closer) source {
	return &streamSource{r: r, closer: c, passed: o.passed, live: o.live}
}

// randomSource reads with ReadAt.
type randomSource struct {
	r      io.ReaderAt
	size   func() int64 // as it is now
	off    int64
	closer io.Closer
	passed *atomic.Int64
}

func (s *randomSource) fill(p []byte) (int, error) {
	n, err := s.r.ReadAt(p, s.off)
	s.off += int64(n)
	s.passed.Add(int64(n))
	if n < len(p) && err == nil {
		err = io.EOF
	}
	return n, err
}

func (s *randomSource) skip(n int64) (_ int64, err error) {
	if there := max(0, s.size()-s.off); n > there {
		n, err = there, io.EOF
	}
	s.off += n
	s.passed.Add(n)
	return n, err
}

// Read makes a randomSource the input of a decompressor.
func (s *randomSource) Read(p []byte) (int, error) {
	n, err := s.fill(p)
	if n > 0 {
		err = nil
	}
	return n, err
}

func (s *randomSource) close() error { return closeIf(s.closer) }

// maxEmptyReads is how often in a row a stream may return nothing at all.
const maxEmptyReads = 100

// streamSource reads a pipe or a decompressor.
type streamSource struct {
	r      io.Reader
	closer io.Closer
	passed *atomic.Int64 // nil behind a decompressor, which has counted already
	live   bool          // what one Read gives is enough
}

func (s *streamSource) fill(p []byte) (n int, err error) {
	for empty := 0; n < len(p) && err == nil; {
		var m int
		m, err = s.r.Read(p[n:])
		n += m
		if m > 0 {
			empty = 0
			if s.live {
				break
			}
		} else if empty++; empty >= maxEmptyReads && err == nil {
			err = io.ErrNoProgress
		}
	}
	if s.passed != nil {
		s.passed.Add(int64(n))
	}
	if n == len(p) {
		err = nil // it comes again with the next call
	}
	return n, err
}

func (s *streamSource) skip(n int64) (int64, error) {
	m, err := io.CopyN(io.Discard, s.r, n)
	if s.passed != nil {
		s.passed.Add(m)
	}
	return m, err
}

// Read makes a streamSource the input of a decompressor.
func (s *streamSource) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if s.passed != nil {
		s.passed.Add(int64(n))
	}
	return n, err
}

func (s *streamSource) close() error { return closeIf(s.closer) }

func closeIf(c io.Closer) error {
	if c == nil {
		return nil
	}
	return c.Close()
}
