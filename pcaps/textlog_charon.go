package pcaps

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"strconv"
)

// charon, strongSwan's daemon, prints messages at level 3 of its group ENC:
//
//	03[NET] received packet: from 192.0.2.2[500] to 192.0.2.1[500]
//	03[ENC] parsing HEADER payload, 156 bytes left
//	03[ENC] parsing payload from => 156 bytes @ 0x7f1c
//	03[ENC]    0: CD 20 8F 6D 12 49 B7 7D 96 8D 39 3F CB A6 FF 63  . .m.I.}..9?...c
//	11[ENC] generated data of this generator => 176 bytes @ 0x7f1d
//	11[NET] sending packet: from 192.0.2.1[500] to 192.0.2.2[500] (176 bytes)
//
// Messages that it sends again are not printed again.

// charonLog reads such a log.
type charonLog struct {
	threads map[int]*charonThread
	last    *charonThread // of the line before
}

// charonThread is what a thread of charon is about.
type charonThread struct {
	from, to netip.AddrPort // of the packet that it received
	header   bool           // it parses the beginning of a message
	dump     charonDump
	made     [][]byte // what it generated since it sent the last time
}

// charonDump is octets that a thread prints.
type charonDump struct {
	open     bool
	received bool
	nanos    int64
	size     int
	data     []byte
}

const (
	maxCharonThreads = 1 << 6 // a daemon has 16
	maxCharonMade    = 4
	withoutThread    = -1
)

var (
	charonParsing   = []byte("parsing payload from => ")
	charonGenerated = []byte("generated data of this generator => ")
)

func charonHolds(line []byte) bool {
	_, message, ok := charonFront(line)
	return ok && (bytes.HasPrefix(message, charonParsing) || bytes.HasPrefix(message, charonGenerated))
}

// charonFront finds "TT[GRP] " in a line, or "charon-systemd[812]: ", which the
// journal has in its place, and returns what the thread says, without
// "<connection|number> ".
func charonFront(line []byte) (thread int, message []byte, ok bool) {
	const window = 160
	head := line[:min(len(line), window)]
	for at := 0; ; {
		next := bytes.IndexByte(head[at:], '[')
		if next < 0 {
			return 0, nil, false
		}
		at += next
		if n, ok := charonThreadAt(head, at); ok {
			return n, withoutConnection(line[at+len("[ENC] "):]), true
		}
		if bytes.HasSuffix(head[:at], []byte("charon-systemd")) {
			if _, message, ok := bytes.Cut(line[at:], []byte("]: ")); ok {
				return withoutThread, withoutConnection(message), true
			}
		}
		at++
	}
}

// charonThreadAt reads the number in front of a bracket that holds a group.
func charonThreadAt(head []byte, at int) (n int, ok bool) {
	if at+len("[ENC] ") > len(head) || head[at+4] != ']' || head[at+5] != ' ' {
		return 0, false
	}
	for _, c := range head[at+1 : at+4] {
		if c < 'A' || c > 'Z' {
			return 0, false
		}
	}
	from := at
	for from > 0 && head[from-1] >= '0' && head[from-1] <= '9' {
		from--
	}
	n, err := strconv.Atoi(string(head[from:at]))
	return n, err == nil && at-from >= 2 && n < 1<<16
}

func withoutConnection(text []byte) []byte {
	if len(text) > 0 && text[0] == '<' {
		if end := bytes.Index(text, []byte("> ")); end > 0 {
			return text[end+2:]
		}
	}
	return text
}

func (r *charonLog) line(line []byte, emit func(logMessage)) {
	n, message, ok := charonFront(line)
	if !ok {
		if r.last != nil && r.last.dump.open {
			r.last.octets(line, emit)
		}
		return
	}
	t := r.threads[n]
	if t == nil {
		if len(r.threads) >= maxCharonThreads {
			clear(r.threads)
		}
		t = new(charonThread)
		r.threads[n] = t
	}
	r.last = t
	if t.dump.open && t.octets(message, emit) {
		return
	}
	t.dump.open = false
	t.says(line, message, emit)
}

// says takes a line that is not part of a dump.
func (t *charonThread) says(line, message []byte, emit func(logMessage)) {
	if rest, ok := bytes.CutPrefix(message, []byte("received packet: from ")); ok {
		t.from, t.to, _, _ = charonPair(rest)
	} else if rest, ok := bytes.CutPrefix(message, []byte("sending packet: from ")); ok {
		t.send(lineTime(line), rest, emit)
	} else if bytes.HasPrefix(message, []byte("parsing HEADER payload")) {
		t.header = true
	} else if rest, ok := bytes.CutPrefix(message, charonParsing); ok {
		if t.header {
			t.begin(line, rest, true)
		}
		t.header = false
	} else if rest, ok := bytes.CutPrefix(message, charonGenerated); ok {
		t.begin(line, rest, false)
	}
}

// charonPair reads "192.0.2.1[500] to 192.0.2.2[500] (176 bytes)".
func charonPair(text []byte) (from, to netip.AddrPort, size int, ok bool) {
	a, rest, ok1 := bytes.Cut(text, []byte(" to "))
	b, rest, _ := bytes.Cut(rest, []byte(" "))
	from, ok2 := endpoint(a, '[')
	to, ok3 := endpoint(b, '[')
	size, _ = leadingNumber(bytes.TrimPrefix(rest, []byte("(")))
	return from, to, size, ok1 && ok2 && ok3
}

// leadingNumber reads the number that a text begins with.
func leadingNumber(text []byte) (n int, ok bool) {
	for i, c := range text {
		if c < '0' || c > '9' || i == len("65535") {
			break
		}
		n, ok = 10*n+int(c-'0'), true
	}
	return n, ok
}

// begin opens a dump: "156 bytes @ 0x7f1c".
func (t *charonThread) begin(line, size []byte, received bool) {
	n, ok := leadingNumber(size)
	if !ok || n < isakmpHeader || n > highestLength {
		return
	}
	t.dump = charonDump{open: true, received: received, nanos: lineTime(line), size: n}
}

// octets takes a line of the open dump: its offset, ": " and up to sixteen octets.
// It is false for anything else.
func (t *charonThread) octets(text []byte, emit func(logMessage)) bool {
	const perLine, columns = 16, 3
	d := &t.dump
	offset, rest, ok := bytes.Cut(bytes.TrimLeft(text, " \t"), []byte(": "))
	if at, isNumber := leadingNumber(offset); !ok || !isNumber || at != len(d.data) || len(offset) > len("65535") {
		return false
	}
	for n := min(perLine, d.size-len(d.data)); n > 0; n-- {
		if len(rest) < columns-1 {
			return false
		}
		out, isHex := appendHex(d.data, rest[:columns-1], 1)
		if d.data = out; !isHex {
			return false
		}
		rest = rest[min(columns, len(rest)):]
	}
	if len(d.data) == d.size {
		d.open = false
		t.whole(emit)
	}
	return true
}

// whole takes the octets of a dump.
func (t *charonThread) whole(emit func(logMessage)) {
	d := &t.dump
	if !d.received {
		if len(t.made) == maxCharonMade {
			t.made = append(t.made[:0], t.made[1:]...)
		}
		t.made = append(t.made, d.data)
		return
	}
	if t.from.IsValid() && t.to.IsValid() && d.data[versionInIKE]>>4 != 0 {
		emit(logMessage{from: t.from, to: t.to, nanos: d.nanos, data: d.data})
	}
}

// send looks for the message that is sent among what the thread generated. Its
// length is written into the header only afterwards.
func (t *charonThread) send(nanos int64, text []byte, emit func(logMessage)) {
	from, to, size, ok := charonPair(text)
	for i := len(t.made) - 1; i >= 0 && ok; i-- {
		if b := t.made[i]; len(b) == size {
			if version := b[versionInIKE] >> 4; version == 1 || version == 2 {
				binary.BigEndian.PutUint32(b[lengthInIKE:], uint32(size))
			}
			emit(logMessage{from: from, to: to, nanos: nanos, data: b})
			break
		}
	}
	if size > 0 {
		t.made = t.made[:0]
	}
}

func (r *charonLog) end(func(logMessage)) {}
