package pcaps

import (
	"bytes"
	"net/netip"
	"time"
)

// Some daemons write whole IKE messages into their logs, in hex. Such a log is read
// as a capture: each message becomes the UDP datagram that it was, with headers
// made from the addresses and ports that the log tells, raw IP without a link
// layer.

// textHead is how much of a text is looked at to tell whether it is such a log, and
// maxLogLine the longest line that is read.
const (
	textHead   = 1 << 20
	maxLogLine = 2*maxDatagram + 1<<10
)

// logFormat is a log with messages in it.
type logFormat struct {
	name string
	// holds reports a line that only this format has, and that begins a message.
	holds func(line []byte) bool
	open  func() logReader
}

var logFormats = []logFormat{
	{"FortiGate IKE debug", fortigateHolds, func() logReader { return new(fortigateLog) }},
	{"strongSwan log", charonHolds, func() logReader { return &charonLog{threads: map[int]*charonThread{}} }},
}

// logReader finds messages in lines. It keeps a bounded amount of text.
type logReader interface {
	// line takes a line, which is valid until it returns, and calls emit for each
	// message that it completes.
	line(text []byte, emit func(logMessage))
	// end takes the end of the log.
	end(emit func(logMessage))
}

// logMessage is an IKE message without a non-ESP marker.
type logMessage struct {
	from, to netip.AddrPort
	nanos    int64 // 0: the log does not say
	data     []byte
	length   int // of the whole message, where the log has only the beginning
}

// textFormat finds the format of a log that begins with head. It asks for more until
// a line tells, or until there was enough. Only whole lines count, so that the
// answer does not depend on how the file arrives.
func textFormat(head []byte, final bool) (f *fileFormat, need int) {
	if !textual(head[:magicLen]) {
		return nil, 0
	}
	enough := len(head) >= textHead
	for rest := head[:min(len(head), textHead)]; len(rest) > 0; {
		line, after, whole := bytes.Cut(rest, []byte("\n"))
		if !whole && (!final || enough) {
			break
		}
		for i := range logFormats {
			if l := &logFormats[i]; l.holds(line) {
				return &fileFormat{name: l.name, open: func(c *capture, _ []byte) parser { return openTextLog(c, l) }}, magicLen
			}
		}
		rest = after
	}
	if enough || final {
		return nil, 0
	}
	return nil, len(head) + 1
}

// textual reports whether octets may be the beginning of a text.
func textual(b []byte) bool {
	for _, c := range b {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\x1b' || c == 0x7f {
			return false
		}
	}
	return true
}

// textLog reads a log line by line.
type textLog struct {
	reader logReader
	inside bool // of a line that is too long
	ended  bool
}

func openTextLog(c *capture, l *logFormat) parser {
	c.info.Interfaces = []InterfaceInfo{{Description: l.name, Link: LinkRaw, Resolution: Microseconds, FCSLen: -1}}
	return &textLog{reader: l.open()}
}

func (p *textLog) parse(c *capture, b *Block) verdict {
	w := &c.win
	for len(b.store) < c.limits.frames && !p.ended {
		rest := w.rest()
		n := bytes.IndexByte(rest, '\n') + 1
		switch {
		case n == 0 && len(rest) > maxLogLine:
			p.inside = true
			w.pos += len(rest)
			continue
		case n == 0 && !w.final:
			return needMore
		case n == 0:
			n, p.ended = len(rest), true
		}
		emit := func(m logMessage) { p.frame(c, b, m) }
		if !p.inside && n <= maxLogLine {
			p.reader.line(bytes.TrimRight(rest[:n], "\r\n"), emit)
		}
		w.pos += n
		p.inside = false
		if p.ended {
			p.reader.end(emit)
		}
	}
	if p.ended {
		return finished
	}
	return blockFull
}

// frame appends a message. Messages whose time is not known, or is that of the one
// before, keep their order.
func (p *textLog) frame(c *capture, b *Block, m logMessage) {
	const step = int64(time.Microsecond)
	switch {
	case m.nanos == 0:
		m.nanos = c.last + int64(time.Millisecond)
	case m.nanos <= c.last && c.last-m.nanos < int64(time.Second):
		m.nanos = c.last + step
	}
	c.last = m.nanos
	data, wireLen := datagramOf(m)
	b.store = append(b.store, Frame{
		Nanos: m.nanos, Data: data, WireLen: wireLen, Link: LinkRaw, Capture: c.index, Offset: c.win.offset(),
	})
}
