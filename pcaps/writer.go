package pcaps

import (
	"errors"
	"fmt"
	"io"
)

// Format is a capture file format to write.
type Format uint8

// Formats.
const (
	FormatPcapng Format = iota
	FormatPcap
)

// String returns "pcapng" or "pcap".
func (f Format) String() string {
	if f == FormatPcap {
		return "pcap"
	}
	return "pcapng"
}

// Interface describes where packets come from, for a Writer.
type Interface struct {
	Name        string // pcapng only; empty: none
	Description string // pcapng only; empty: none
	Link        LinkType
	SnapLen     uint32 // octets; 0 means MaxFrameLen
}

// WriterOptions of NewWriter. The zero value is good.
type WriterOptions struct {
	Application string // pcapng: the program that writes the file
	System      string // pcapng: the operating system
	Comment     string // pcapng: of the whole file
	// Microseconds writes classic pcap with microseconds, for programs that do
	// not know the format with nanoseconds; what is below is lost.
	Microseconds bool
	BufferSize   int // octets; 0 means 1 MiB
}

const defaultWriterBuffer = 1 << 20

var (
	// ErrNoInterface says that a packet was written before its interface.
	ErrNoInterface = errors.New("pcaps: packet of an interface that was not added")

	// ErrOneLinkType says that classic pcap has one link type in a file.
	ErrOneLinkType = errors.New("pcaps: a classic pcap file has one link type only")

	// ErrPcapngOnly says that classic pcap has no room for it.
	ErrPcapngOnly = errors.New("pcaps: only pcapng files can hold secrets")
)

// Writer writes a capture file, little-endian, times in nanoseconds. It is
// buffered: call Flush at the end. After an error every call returns it.
type Writer struct {
	w      io.Writer
	format Format
	opts   WriterOptions
	buf    []byte
	limit  int // octets in buf before it is written
	ifaces []Interface
	begun  bool // the file header is written
	err    error
}

// NewWriter returns a Writer of a new file of format f. The file header is
// written by the first call that writes something.
func NewWriter(w io.Writer, f Format, opts WriterOptions) *Writer {
	limit := opts.BufferSize
	if limit <= 0 {
		limit = defaultWriterBuffer
	}
	return &Writer{w: w, format: f, opts: opts, limit: limit}
}

// Format returns the format of the file.
func (w *Writer) Format() Format { return w.format }

// AddInterface adds an interface and returns its number, counted from 0. In
// classic pcap they all must have the same link type (ErrOneLinkType).
func (w *Writer) AddInterface(i Interface) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	if i.SnapLen == 0 {
		i.SnapLen = MaxFrameLen
	}
	if w.format == FormatPcap && len(w.ifaces) > 0 && w.ifaces[0].Link != i.Link {
		return 0, ErrOneLinkType
	}
	w.ifaces = append(w.ifaces, i)
	switch {
	case w.format == FormatPcapng:
		w.begin()
		w.buf = appendInterface(w.buf, i)
	case !w.begun:
		w.begun = true
		w.buf = appendClassicHeader(w.buf, w.resolution(), i)
	}
	return len(w.ifaces) - 1, w.spill()
}

// Write writes a packet of interface iface, captured at nanos (Unix time). Its
// octets are those of pieces, one behind the other: at most MaxFrameLen.
func (w *Writer) Write(iface int, nanos int64, pieces ...[]byte) error {
	return w.WriteComment(iface, nanos, 0, "", pieces...)
}

// WriteComment is Write with the length on the wire, where it is more than what
// pieces hold, and with a comment, which classic pcap leaves out.
func (w *Writer) WriteComment(iface int, nanos int64, wireLen int, comment string, pieces ...[]byte) error {
	switch {
	case w.err != nil:
		return w.err
	case iface < 0 || iface >= len(w.ifaces):
		return ErrNoInterface
	}
	if n := piecesLen(pieces); n > MaxFrameLen {
		return fmt.Errorf("pcaps: packet of %d octets, at most %d can be written", n, MaxFrameLen)
	}
	w.buf = w.append(w.buf, iface, nanos, wireLen, comment, pieces)
	return w.spill()
}

// Append appends a packet to dst as Write would write it, for WriteRecords. It
// changes nothing in w, so that any number of goroutines may call it, as long as
// no interface is added meanwhile.
func (w *Writer) Append(dst []byte, iface int, nanos int64, pieces ...[]byte) []byte {
	return w.append(dst, iface, nanos, 0, "", pieces)
}

func (w *Writer) append(dst []byte, iface int, nanos int64, wireLen int, comment string, pieces [][]byte) []byte {
	if w.format == FormatPcap {
		return AppendPcapRecord(dst, w.resolution(), nanos, wireLen, pieces...)
	}
	return AppendEPB(dst, iface, nanos, wireLen, comment, pieces...)
}

// WriteRecords writes whole records made by Append, AppendEPB or
// AppendPcapRecord, of interfaces that were added. They are not looked at. When
// they are many they go to the file without being copied.
func (w *Writer) WriteRecords(records []byte) error {
	switch {
	case w.err != nil:
		return w.err
	case len(w.ifaces) == 0:
		return ErrNoInterface
	}
	if len(records) < w.limit/2 {
		w.buf = append(w.buf, records...)
		return w.spill()
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, w.err = w.w.Write(records)
	return w.err
}

// WriteSecrets writes a pcapng decryption secrets block, which holds for the
// packets after it. Classic pcap has none: ErrPcapngOnly.
func (w *Writer) WriteSecrets(t SecretsType, data []byte) error {
	switch {
	case w.err != nil:
		return w.err
	case w.format != FormatPcapng:
		return ErrPcapngOnly
	case len(data) > MaxSecrets/2:
		return fmt.Errorf("pcaps: secrets of %d octets, at most %d can be written", len(data), MaxSecrets/2)
	}
	w.begin()
	w.buf = appendSecrets(w.buf, t, data)
	return w.spill()
}

// Flush writes what is buffered. A pcapng file without interfaces and packets
// gets its section header, and a classic one the header of a raw IP file.
func (w *Writer) Flush() error {
	if w.err != nil {
		return w.err
	}
	w.begin()
	if len(w.buf) == 0 {
		return nil
	}
	_, w.err = w.w.Write(w.buf)
	w.buf = w.buf[:0]
	return w.err
}

// spill writes the buffer when it is full.
func (w *Writer) spill() error {
	if len(w.buf) < w.limit {
		return nil
	}
	return w.Flush()
}

// begin writes the file header if it is not written.
func (w *Writer) begin() {
	if w.begun {
		return
	}
	w.begun = true
	if w.format == FormatPcapng {
		w.buf = appendSection(w.buf, &w.opts)
		return
	}
	w.ifaces = append(w.ifaces, Interface{Link: LinkRaw, SnapLen: MaxFrameLen})
	w.buf = appendClassicHeader(w.buf, w.resolution(), w.ifaces[0])
}

func (w *Writer) resolution() Resolution {
	if w.format == FormatPcap && w.opts.Microseconds {
		return Microseconds
	}
	return Nanoseconds
}
