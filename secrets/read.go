package secrets

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// Read takes the secrets of one file or stream. name is what messages call it; the format is recognised from the content.
// Except for TOML nothing is read whole, so a log may be large.
//
// An error is an *Error: unreadable, in no known format, or without a single entry that could be taken. A file in a known
// format that holds no secrets gives an empty ring and a warning.
func Read(name string, r io.Reader) (*Ring, []Warning, error) {
	c := newCollector(name)
	if err := c.read(r); err != nil {
		return nil, nil, err
	}
	return c.finish()
}

// read gives the stream to the formats that recognise it.
func (c *collector) read(r io.Reader) error {
	in := asUTF8(bufio.NewReaderSize(r, maxLine))
	head, err := in.Peek(headLen)
	if err != nil && !errors.Is(err, io.EOF) {
		return readError(c.name, err)
	}
	if msg := refuse(head); msg != "" {
		return &Error{File: c.name, Msg: msg, Err: ErrUnknownFormat}
	}
	c.binary = bytes.IndexByte(head, 0) >= 0
	whole := len(head) < headLen
	head = bytes.TrimPrefix(head, []byte(utf8BOM))
	if last := bytes.LastIndexByte(head, '\n'); !whole && last >= 0 {
		head = head[:last+1] // the line that the head cuts would look wrong to any format
	}
	c.indent, c.diff = indentOf(head), isDiff(head)
	if whole && onlyComments(head) {
		c.recognised()
		return nil
	}
	if err := readAs(c, pickFormat(c.name, head), skipBOM(in)); err != nil {
		return readError(c.name, err)
	}
	return nil
}

// readAs reads by the formats picked: one that has the file for itself, or all line formats side by side.
func readAs(c *collector, picked []Format, in *bufio.Reader) error {
	c.format = picked[0].Name
	if picked[0].read != nil {
		return picked[0].read(c, in)
	}
	d := dispatcher{keepCR: picked[0].keepCR, cleaner: cleaner{indent: c.indent, diff: c.diff}}
	for _, f := range picked {
		d.add(f, f.lines(c))
	}
	return d.feed(c, in)
}

// pickFormat returns the format that is surest of the head, or all those that share the lines.
func pickFormat(name string, head []byte) []Format {
	var shared, best []Format
	sure := 0
	for _, f := range formats {
		if f.detect == nil {
			shared = append(shared, f)
			continue
		}
		if s := f.detect(head); s > sure {
			sure, best = s, []Format{f}
		}
	}
	if best == nil || (sure < sureLines && recognises(name, head, shared)) {
		return shared
	}
	return best
}

// recognises reports whether one of the line formats finds something of its own in the head.
func recognises(name string, head []byte, shared []Format) bool {
	trial := newCollector(name)
	trial.indent, trial.diff = indentOf(head), isDiff(head)
	// Reading from memory does not fail.
	_ = readAs(trial, shared, bufio.NewReaderSize(bytes.NewReader(head), maxLine))
	return trial.known
}

// dispatcher gives lines to the readers of formats that share them.
type dispatcher struct {
	written []named // of files that people write: they get lines as they are
	printed []named // of what programs print
	blocks  []block // those of them that know the lines inside their entries
	keepCR  bool
	cleaner cleaner
}

// named is the reader of a format.
type named struct {
	format string
	LineReader
}

type block struct {
	format string
	blockReader
}

// add takes in one reader.
func (d *dispatcher) add(f Format, r LineReader) {
	if !f.printed {
		d.written = append(d.written, named{f.Name, r})
		return
	}
	d.printed = append(d.printed, named{f.Name, r})
	if b, ok := r.(blockReader); ok {
		d.blocks = append(d.blocks, block{f.Name, b})
	}
}

// feed gives each line to each reader. Lines that do not fit the buffer are left out and counted.
func (d *dispatcher) feed(c *collector, in *bufio.Reader) error {
	defer d.close(c)
	for n := 1; ; n++ {
		line, err := in.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			c.warn(n, fmt.Sprintf("line longer than %d octets left out", maxLine))
			line, err = nil, skipLine(in)
		}
		line = bytes.TrimSuffix(line, []byte("\n"))
		if !d.keepCR {
			line = bytes.TrimSuffix(line, []byte("\r"))
		}
		if err == nil || len(line) > 0 {
			d.line(c, n, line)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (d *dispatcher) line(c *collector, n int, line []byte) {
	for _, b := range d.blocks {
		if b.inside(line) {
			c.format = b.format
			b.Line(n, line)
			return
		}
	}
	for _, r := range d.written {
		c.format = r.format
		r.Line(n, line)
	}
	if len(d.printed) == 0 {
		return
	}
	d.cleaner.pieces(line, func(text []byte) {
		for _, r := range d.printed {
			c.format = r.format
			r.Line(n, text)
		}
	})
}

func (d *dispatcher) close(c *collector) {
	for _, r := range append(d.written, d.printed...) {
		c.format = r.format
		r.Close()
	}
}

func skipLine(in *bufio.Reader) error {
	for {
		_, err := in.ReadSlice('\n')
		if !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}

const utf8BOM = "\xef\xbb\xbf"

func skipBOM(in *bufio.Reader) *bufio.Reader {
	if head, _ := in.Peek(len(utf8BOM)); string(head) == utf8BOM {
		_, _ = in.Discard(len(utf8BOM)) // it was peeked
	}
	return in
}

// onlyComments reports whether no line says anything.
func onlyComments(head []byte) bool {
	for line := range bytes.Lines(head) {
		line = bytes.TrimSpace(line)
		if len(line) > 0 && (line[0] != '#' || bytes.Contains(line, syslogLF)) {
			return false
		}
	}
	return true
}

// signatures are the beginnings of files that hold no text.
var signatures = []struct{ octets, what string }{
	{"\xd4\xc3\xb2\xa1", "is a capture; name it as CAPTURE, not as secrets"},
	{"\xa1\xb2\xc3\xd4", "is a capture; name it as CAPTURE, not as secrets"},
	{"\x4d\x3c\xb2\xa1", "is a capture; name it as CAPTURE, not as secrets"},
	{"\xa1\xb2\x3c\x4d", "is a capture; name it as CAPTURE, not as secrets"},
	{"\x0a\x0d\x0d\x0a", "is a capture; name it as CAPTURE, not as secrets"},
	{"\x1f\x8b", "is compressed with gzip; unpack it first"},
	{"\x28\xb5\x2f\xfd", "is compressed with zstd; unpack it first"},
	{"PK\x03\x04", "is a zip archive; unpack it first"},
}

// refuse says why a file cannot be any secrets file, or "".
func refuse(head []byte) string {
	if len(bytes.TrimSpace(bytes.TrimPrefix(head, []byte(utf8BOM)))) == 0 && len(head) < headLen {
		return "is empty"
	}
	for _, s := range signatures {
		if bytes.HasPrefix(head, []byte(s.octets)) {
			return s.what
		}
	}
	if len(head) >= 4 && head[1] == 0 && head[3] == 0 || len(head) >= 4 && head[0] == 0 && head[2] == 0 {
		return "looks like UTF-16 text without its byte order mark; save it as UTF-8"
	}
	return ""
}

// readError makes the one line of an error that reading met; an *Error stays as it is.
func readError(name string, err error) error {
	var own *Error
	if errors.As(err, &own) {
		return own
	}
	msg := err.Error()
	var pe *fs.PathError
	if errors.As(err, &pe) {
		msg = pe.Err.Error()
	}
	return &Error{File: name, Msg: msg, Err: err}
}

// WorldReadable reports whether the permission bits let others than the file's owner read it, as ssh means it: the
// group counts. It says nothing about systems that keep no such bits, and nothing about pipes and devices.
func WorldReadable(fi fs.FileInfo) bool {
	return hasPermissionBits && fi.Mode().IsRegular() && fi.Mode().Perm()&0o044 != 0
}
