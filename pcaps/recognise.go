package pcaps

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
)

// order is the byte order of a file or section: true for the one that is not
// little-endian. A bool, because it decides for each field of each record.
type order bool

func (o order) u16(b []byte) uint16 {
	v := binary.LittleEndian.Uint16(b)
	if o {
		v = bits.ReverseBytes16(v)
	}
	return v
}

func (o order) u32(b []byte) uint32 {
	v := binary.LittleEndian.Uint32(b)
	if o {
		v = bits.ReverseBytes32(v)
	}
	return v
}

func (o order) u64(b []byte) uint64 {
	v := binary.LittleEndian.Uint64(b)
	if o {
		v = bits.ReverseBytes64(v)
	}
	return v
}

// start opens the file and recognises its format. The error names the file.
func (c *capture) start() error {
	src, size, err := c.open()
	if err != nil {
		return err
	}
	c.mu.Lock()
	c.src, c.info.Size = src, size
	c.mu.Unlock()
	if err := c.recognise(); err != nil {
		c.stop()
		return err
	}
	return nil
}

// recognise finds the parser of a file that was just opened.
func (c *capture) recognise() error {
	c.win = window{}
	suffix, err := c.decompress()
	if err != nil {
		return err
	}
	for {
		head := c.win.rest()
		f, need := formatOf(head, c.win.final)
		switch {
		case need > len(head) && !c.win.final:
			c.refill(c.limits.first)
		case need > len(head) || f == nil:
			return c.notCapture(head, need, suffix)
		default:
			c.mu.Lock()
			defer c.mu.Unlock()
			c.info.Format = f.name + suffix
			c.parser = f.open(c, head)
			return nil
		}
	}
}

// magicLen is how many octets tell a compression or a capture format.
const magicLen = 4

// decompress reads the first octets and puts a decompressor between the file
// and the window if they ask for it.
func (c *capture) decompress() (suffix string, err error) {
	for len(c.win.rest()) < magicLen && !c.win.final {
		c.refill(c.limits.first)
	}
	head := c.win.rest()
	for _, z := range compressions {
		if !z.magic(head) {
			continue
		}
		src, err := z.wrap(c.src, head, c.live)
		if err != nil {
			return "", &FormatError{Path: c.path, Field: z.name + " header", Err: fmt.Errorf("%w: %w", ErrNotCapture, err)}
		}
		c.pool.putMemory(c.win.mem)
		c.src, c.win, c.cause = src, window{}, nil
		return z.suffix, nil
	}
	return "", nil
}

// fileFormat is a capture format, told by its magic number.
type fileFormat struct {
	name string
	// match returns how many octets of the file are needed to decide, or to
	// open it; 0 when it is another format.
	match func(head []byte) (need int)
	open  func(c *capture, head []byte) parser
}

var fileFormats = []fileFormat{
	{"pcap", matchClassic, openClassic},
	{"pcapng", matchPcapng, openPcapng},
}

// formatOf finds the format of a file that begins with head. final says that
// nothing follows.
func formatOf(head []byte, final bool) (f *fileFormat, need int) {
	if len(head) < magicLen {
		return nil, magicLen
	}
	for i := range fileFormats {
		if need := fileFormats[i].match(head); need > 0 {
			return &fileFormats[i], need
		}
	}
	return textFormat(head, final)
}

// notCapture returns the error for a file that begins with head. need is the
// length of its file header if it looked like a capture, suffix its compression.
func (c *capture) notCapture(head []byte, need int, suffix string) error {
	e := &FormatError{Path: c.path, Field: "magic number", Err: ErrNotCapture}
	switch {
	case suffix != "" && errors.Is(c.cause, io.ErrUnexpectedEOF):
		e.Err = fmt.Errorf("%w: the compressed data is cut off before the first packet", ErrNotCapture)
		e.Field, e.Offset = "file header", int64(len(head))
	case c.cause != nil && !errors.Is(c.cause, io.ErrUnexpectedEOF):
		e.Err, e.Field = fmt.Errorf("%w: %w", Unreadable, c.cause), "file header"
	case len(head) == 0:
		e.Err, e.Field = fmt.Errorf("%w: empty", ErrNotCapture), "file header"
	case need > len(head):
		e.Err = fmt.Errorf("%w: cut off after %d octets", ErrNotCapture, len(head))
		e.Field, e.Offset = "file header", int64(len(head))
	default:
		e.Err = fmt.Errorf("%w: begins with % x", ErrNotCapture, head[:min(magicLen, len(head))])
		if len(head) >= magicLen && order(false).u32(head) == blockSection {
			e.Err = fmt.Errorf("%w, as a pcapng file with a damaged section header", e.Err)
		}
	}
	return e
}
