package secrets

import (
	"bytes"
	"hash/fnv"
)

// charon is strongSwan's IKE daemon. Its log has the secrets at level 4 ("private") of the groups IKE and CHD; at level 3 of
// ENC also each message. A line is
//
//	[front] TT[GRP] [<connection|number>] message
//
// with the number of a thread and the name of a group; the front is a time, what syslog or the journal writes, or nothing.
// The lines of different threads mix. Octets come as
//
//	08[IKE] SKEYID => 20 bytes @ 0x600496e0
//	08[IKE]    0: CD 20 8F 6D 12 49 B7 7D 96 8D 39 3F CB A6 FF 63  . .m.I.}..9?...c
//	08[IKE]   16: C5 A6 08 C0                                      ....

// charon reads such logs. Only what a thread is printing at the moment is kept.
type charon struct {
	c       *collector
	threads map[charonThreadID]*charonThread
	last    *charonThread // of the line before: a line without a front goes on with it
	phase1  *binder
	ikeSAs  *charonIKESAs

	proposal charonProposal // that any thread selected last
	lines    int            // of charon
}

// charonThreadID tells threads apart, also those of different processes whose lines stand in one file.
type charonThreadID struct {
	process uint32
	thread  int
}

// maxThreads bounds the threads that are known at a time. A daemon has 16.
const maxThreads = 1 << 12

// charonThread is what a thread is about to print.
type charonThread struct {
	dump    charonDump
	rule    int // of the IKE_SPI that an ENC line announced: 0 initiator, 1 responder, -1 none
	spiI    [8]byte
	keys    phase1Keys
	gxyLine int // of the g^xy in keys
	ike     ikeSAKeys
	proof   [20]byte // fingerprint of the SK_p that the thread computes AUTH with
	child   charonChild

	proposal  charonProposal
	initiator role // in the exchange that the thread works on
}

// role is a side of an exchange, as far as the log tells.
type role uint8

const (
	roleUnknown role = iota
	roleInitiator
	roleResponder
)

func newCharon(c *collector) LineReader {
	return &charon{c: c, threads: map[charonThreadID]*charonThread{}, phase1: newBinder(c), ikeSAs: newCharonIKESAs(c)}
}

func (r *charon) Line(n int, text []byte) {
	id, message, ok := charonFront(text)
	if !ok {
		r.bare(text)
		return
	}
	t := r.threads[id]
	if t == nil {
		if len(r.threads) == maxThreads {
			r.closeThreads()
		}
		t = &charonThread{rule: -1}
		r.threads[id] = t
	}
	r.last = t
	r.lines++
	r.message(n, t, message)
}

// bare takes a line without a front: one of a message that has several, as the journal prints it, or of another program.
func (r *charon) bare(text []byte) {
	if r.last != nil && r.last.dump.open {
		r.octets(r.last, text)
	}
}

// message takes what a thread says.
func (r *charon) message(n int, t *charonThread, text []byte) {
	if t.dump.open {
		if r.octets(t, text) {
			return
		}
		r.cutOff(t)
	}
	if label, size, ok := charonLabel(text); ok {
		r.c.recognised()
		t.dump.begin(n, label, size, t.rule >= 0)
		if t.dump.open && size == 0 {
			r.finish(t)
		}
		return
	}
	r.statement(n, t, text)
}

// octets takes a line of the open dump; false if it is none.
func (r *charon) octets(t *charonThread, text []byte) bool {
	if !t.dump.line(text) {
		return false
	}
	if t.dump.complete() {
		r.finish(t)
	}
	return true
}

// cutOff gives up a dump whose end is not in the log.
func (r *charon) cutOff(t *charonThread) {
	t.dump.open = false
	r.c.warn(t.dump.at, endsEarly)
}

func (r *charon) Close() {
	r.closeThreads()
	r.phase1.close()
	r.ikeSAs.close()
	if r.lines >= enoughLines {
		r.c.withoutKeys("a strongSwan log without keys; charon prints them at level 4 of the groups ike and chd")
	}
}

// enoughLines is how many lines make a log of a program's.
const enoughLines = 5

// closeThreads ends what all threads were about to print.
func (r *charon) closeThreads() {
	for _, t := range r.threads {
		if t.dump.open {
			r.cutOff(t)
		}
		r.endPhase1(t)
		r.endIKESA(t)
		r.endChild(t)
	}
	clear(r.threads)
	r.last = nil
}

// maxFront bounds the octets in front of a message in which its thread is looked for.
const maxFront = 256

// charonFront finds "TT[GRP] " and returns the thread and what follows, without the name of the connection. The journal's
// lines of charon-systemd may have no thread.
func charonFront(text []byte) (id charonThreadID, message []byte, ok bool) {
	limit := min(len(text), maxFront)
	for at := 0; at < limit; at++ {
		next := bytes.IndexByte(text[at:limit], '[')
		if next < 0 {
			return charonJournal(text)
		}
		at += next
		if isCharonGroup(text[at:]) && at >= 2 && isDigit(text[at-1]) && isDigit(text[at-2]) {
			thread, from := charonThreadNumber(text[:at])
			id = charonThreadID{processOf(text[:from]), thread}
			return id, withoutConnection(text[at+len("[IKE] "):]), true
		}
	}
	return charonJournal(text)
}

// isCharonGroup reports whether text begins like "[IKE] ".
func isCharonGroup(text []byte) bool {
	return len(text) >= 6 && text[4] == ']' && text[5] == ' ' && isUpper(text[1]) && isUpper(text[2]) && isUpper(text[3])
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }

// charonThreadNumber reads the number that front ends with and returns where it begins.
func charonThreadNumber(front []byte) (n, from int) {
	const most = 4 // digits
	from = len(front)
	for from > 0 && len(front)-from < most && isDigit(front[from-1]) {
		from--
	}
	n, _, _ = decimal(front[from:])
	return n, from
}

// processOf tells processes apart by what syslog and the journal write: "host charon[812]:". Times are left out.
func processOf(front []byte) uint32 {
	front = bytes.TrimRight(front, " ")
	if len(front) == 0 || front[len(front)-1] != ':' {
		return 0
	}
	words := 0
	from := len(front)
	for from > 0 {
		if front[from-1] == ' ' {
			if words++; words == 2 {
				break
			}
		}
		from--
	}
	h := fnv.New32a()
	h.Write(front[from:])
	return h.Sum32()
}

// withoutConnection takes "<connection|number> " away.
func withoutConnection(text []byte) []byte {
	if len(text) == 0 || text[0] != '<' {
		return text
	}
	if end := bytes.Index(text, []byte("> ")); end > 0 && bytes.IndexByte(text[:end], '|') > 0 {
		return text[end+2:]
	}
	return text
}

var charonSystemd = []byte("charon-systemd[")

// charonJournal takes a line that systemd's journal has of charon-systemd: the thread is a field of its own there, which
// journalctl does not print.
func charonJournal(text []byte) (id charonThreadID, message []byte, ok bool) {
	const noThread = -1
	at := bytes.Index(text[:min(len(text), maxFront)], charonSystemd)
	if at < 0 {
		return id, nil, false
	}
	end := bytes.Index(text[at:], []byte("]: "))
	if end < 0 {
		return id, nil, false
	}
	message = text[at+end+len("]: "):]
	return charonThreadID{processOf(text[:at+end+2]), noThread}, withoutConnection(message), true
}
