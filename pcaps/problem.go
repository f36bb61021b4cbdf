package pcaps

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

var (
	// ErrNotCapture says that a file is neither pcap nor pcapng, or so short
	// that its file header is not whole.
	ErrNotCapture = errors.New("not a packet capture")

	// ErrNotSeekable says that a capture comes from a pipe and cannot be read
	// a second time.
	ErrNotSeekable = errors.New("pcaps: a pipe cannot be read twice")
)

// FormatError says what was wrong with a capture file, and where.
type FormatError struct {
	Path   string // as given by the user; "-" is standard input
	Offset int64  // in octets of the decompressed file
	Field  string // the part of the format, for example "magic number"
	Err    error  // ErrNotCapture or a Kind, possibly wrapped with the cause
}

// Error names the file, what is wrong, the field and the offset, in one line.
func (e *FormatError) Error() string {
	return fmt.Sprintf("pcaps: %s: %v (%s, octet %d)", e.Path, e.Err, e.Field, e.Offset)
}

// Unwrap returns Err.
func (e *FormatError) Unwrap() error { return e.Err }

// Kind is a class of things that can be wrong in a capture. It is an error, so
// that errors.Is(problem.Err, pcaps.Cut) can be asked.
type Kind uint8

// Kinds of problems. After the first three the capture is incomplete.
const (
	Cut             Kind = iota // the file ends inside a record
	Damaged                     // the way from record to record is lost; reading stopped there
	Unreadable                  // the system or the decompressor reported an error
	BadRecord                   // a record that cannot be what it says; passed over
	Oversized                   // more than MaxFrameLen octets captured; passed over
	NoInterface                 // a packet of an interface that is not described; passed over
	LengthMismatch              // captured length above the snap length or the wire length
	EmptyRecord                 // a packet without octets
	BadTime                     // a fraction of a second above one second
	BadOption                   // a pcapng option that does not fit its block
	TrailerMismatch             // the two lengths of a pcapng block differ
	Unaligned                   // the length of a pcapng block is no multiple of 4
	BadHeader                   // unknown version or reserved bits in a file header; read on
	LimitReached                // more interfaces, secrets or comments than are kept
	kindCount
)

// kindText describes each kind: its name, the field it concerns, and the text
// of a problem, in which {n} is the packet, {at} the offset, {a} and {b} the
// numbers of the case.
var kindText = [kindCount]struct{ name, field, text string }{
	Cut:             {"cut off", "record", "cut off inside packet {n}: the record at octet {at} has {a} octets, {b} are needed"},
	Damaged:         {"damaged", "record length", "damaged at octet {at}, after packet {p}: the record says it has {a} octets; the rest of the file is not read"},
	Unreadable:      {"unreadable", "file", "unreadable after packet {p}, from octet {at} on"},
	BadRecord:       {"bad record", "captured length", "record at octet {at}: {a} octets are needed, it has {b}; passed over"},
	Oversized:       {"oversized record", "captured length", "record at octet {at}: {a} octets are more than {b}; passed over"},
	NoInterface:     {"unknown interface", "interface", "record at octet {at}: interface {a} is not described ({b} are); passed over"},
	LengthMismatch:  {"captured length too large", "captured length", "packet {n}: {a} octets captured, at most {b} expected"},
	EmptyRecord:     {"empty record", "captured length", "packet {n}: no octets captured"},
	BadTime:         {"bad time", "time stamp", "packet {n}: fraction of a second is {a}, at most {b} expected"},
	BadOption:       {"bad option", "option", "block at octet {at}: an option does not fit its block"},
	TrailerMismatch: {"block lengths differ", "block total length", "block at octet {at}: length {a} before and {b} after it"},
	Unaligned:       {"unaligned block", "block total length", "block at octet {at}: length {a} is no multiple of 4; read nevertheless"},
	BadHeader:       {"unusual header", "file header", "header at octet {at}: unknown version {a}.{b}; read nevertheless"},
	LimitReached:    {"limit reached", "block", "block at octet {at}: more than {a} of its type; not kept"},
}

// String returns the name of the kind, for example "cut off".
func (k Kind) String() string {
	if k >= kindCount {
		return "problem " + strconv.Itoa(int(k))
	}
	return kindText[k].name
}

// Error returns String.
func (k Kind) Error() string { return k.String() }

// Incomplete reports whether packets may be missing after such a problem.
func (k Kind) Incomplete() bool { return k <= Unreadable }

// MaxProblems is the number of problems of one kind that a capture keeps. The
// rest is counted.
const MaxProblems = 20

// Problem is something wrong in a capture that reading survived.
type Problem struct {
	Kind    Kind
	Capture int    // index in Set.Captures()
	Path    string // of the capture, as given
	Offset  int64  // of the record, in octets of the decompressed file
	Frame   int64  // 1-based number within the capture of the packet concerned, or of the next one
	Err     error  // a *FormatError
	Text    string // one line without the path: "cut off inside packet 18204: ..."
}

// problemLog keeps the first problems of each kind and counts all.
type problemLog struct {
	kept   []Problem
	counts [kindCount]int64
}

// add counts a problem and keeps it while few of its kind are known. Without a
// text it gets that of its kind. cause may be nil. What a and b are is in kindText.
func (l *problemLog) add(p Problem, cause error, a, b uint64) {
	l.counts[p.Kind]++
	if l.counts[p.Kind] > MaxProblems {
		return
	}
	t := kindText[p.Kind]
	if p.Text == "" {
		p.Text = t.text
	}
	p.Text = fillText(p.Text, &p, a, b)
	err := error(p.Kind)
	if cause != nil {
		err = fmt.Errorf("%w: %w", p.Kind, cause)
		p.Text += ": " + cause.Error()
	}
	p.Err = &FormatError{Path: p.Path, Offset: p.Offset, Field: t.field, Err: err}
	l.kept = append(l.kept, p)
}

func fillText(text string, p *Problem, a, b uint64) string {
	return strings.NewReplacer(
		"{n}", strconv.FormatInt(p.Frame, 10),
		"{p}", strconv.FormatInt(p.Frame-1, 10),
		"{at}", strconv.FormatInt(p.Offset, 10),
		"{a}", strconv.FormatUint(a, 10),
		"{b}", strconv.FormatUint(b, 10),
	).Replace(text)
}
