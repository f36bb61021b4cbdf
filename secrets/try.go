package secrets

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"

	"ikescope/keymat"
)

// Guess is a value that stood in a text of which nobody knows what it is. What it may be is tried against the packets.
type Guess struct {
	Value  keymat.Secret
	Text   bool // text between quotes, not octets in hex or Base64
	Source Source
}

// Bounds of guesses: how many of a file are taken, and of which lengths in octets.
const (
	maxGuesses     = 1 << 10
	shortestGuess  = 8
	longestGuess   = 1 << 10
	shortestBase64 = 16 // characters
	longestText    = 128
)

// Try takes each value in hex or Base64 and each text between quotes from a file of any kind. The ring has nothing but
// guesses.
func Try(name string, r io.Reader) (*Ring, []Warning, error) {
	t := guesser{name: name, seen: map[[20]byte]struct{}{}, onLine: map[int]int{}, cleaner: cleaner{plus: true}}
	in := asUTF8(bufio.NewReaderSize(r, maxLine))
	for n := 1; ; n++ {
		line, err := in.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			line, err = nil, skipLine(in)
		}
		t.at = n
		t.cleaner.pieces(bytes.TrimSuffix(line, []byte("\n")), t.line)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, readError(name, err)
		}
	}
	t.endDump()
	if len(t.guesses) == 0 {
		return nil, nil, &Error{File: name, Msg: "nothing in it is a value in hex or Base64 that could be a key", Err: ErrUnknownFormat}
	}
	var ws []Warning
	if t.more > 0 {
		ws = []Warning{{Source{File: name}, fmt.Sprintf("%d values are taken, %d more are left out", len(t.guesses), t.more)}}
	}
	return &Ring{Guesses: t.guesses}, ws, nil
}

// guesser collects the values of one text.
type guesser struct {
	name    string
	at      int
	cleaner cleaner
	guesses []Guess
	seen    map[[20]byte]struct{}
	onLine  map[int]int // values that were taken of each line
	more    int

	dump     []byte // octets of lines of a dump, each but the last of 16 or 32
	dumpAt   int
	dumpLine int // of the last of them
}

func (t *guesser) add(at int, value []byte, text bool) {
	if len(value) < shortestGuess && !text || len(value) == 0 || len(value) > longestGuess {
		return
	}
	f := fingerprint(value)
	if _, old := t.seen[f]; old {
		return
	}
	if len(t.guesses) == maxGuesses {
		t.more++
		return
	}
	t.seen[f] = struct{}{}
	t.guesses = append(t.guesses, Guess{Value: keymat.NewSecret(value), Text: text, Source: t.source(at)})
}

// source tells the values of one line apart. A dump is one of the line on which it begins.
func (t *guesser) source(at int) Source {
	t.onLine[at]++
	return Source{File: t.name, Line: at, Nth: t.onLine[at]}
}

func (t *guesser) line(text []byte) {
	last := t.hex(text)
	t.base64(text)
	t.quoted(text)
	t.join(last)
}

// hex adds each run of octets in hex: digits, also in groups between which stands one of " :-", or two blanks. It returns
// that of a line of a dump: it goes up to the line's end, or to the blanks behind which dumps put the characters.
func (t *guesser) hex(text []byte) (dumped []byte) {
	for at := 0; at < len(text); {
		if digitValue(text[at]) < 0 || at > 0 && isWord(text[at-1]) && !bytes.HasSuffix(text[:at], []byte("0x")) {
			at++
			continue
		}
		octets, next := hexGroups(text[at:])
		prefixed := at > 0 && text[at-1] == 'x'
		rest := text[at+next:]
		if next > 0 && !prefixed && len(octets) > len(dumped) && (len(rest) == 0 || bytes.HasPrefix(rest, []byte("  "))) {
			dumped = octets
		}
		t.add(t.at, octets, false)
		t.groups(text[at : at+next])
		at += max(next, 1)
	}
	return dumped
}

// groups adds what may be a value of its own in a run: in front of it stands its length, "key=16 3de8".
func (t *guesser) groups(run []byte) {
	for _, group := range bytes.FieldsFunc(run, func(c rune) bool { return c == ' ' || c == ':' || c == '-' }) {
		if len(group) < len(run) && len(group) >= 2*shortestGuess {
			octets, _ := hexRun(nil, group, longestGuess)
			t.add(t.at, octets, false)
		}
	}
}

// hexGroups reads groups of whole octets, and returns how much of the text they take.
func hexGroups(text []byte) (octets []byte, n int) {
	for n < len(text) && len(octets) <= longestGuess {
		from := n
		if from > 0 {
			const perLine = 16 // behind which strongSwan puts two blanks and the characters
			if from += groupSeparator(text[from:]); from == n || from == n+2 && len(octets) == perLine {
				break
			}
		}
		to := from
		for to < len(text) && digitValue(text[to]) >= 0 {
			to++
		}
		if to == from || (to-from)%2 != 0 || to < len(text) && isWord(text[to]) {
			break
		}
		octets, _ = hexRun(octets, text[from:to], longestGuess)
		n = to
	}
	return octets, n
}

// groupSeparator is the length of what stands between groups, 0 if it is something else.
func groupSeparator(text []byte) int {
	switch {
	case bytes.HasPrefix(text, []byte("  ")) && len(text) > 2 && text[2] != ' ':
		return 2
	case text[0] == ' ' || text[0] == ':' || text[0] == '-':
		return 1
	}
	return 0
}

func isWord(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || isUpper(c)
}

// join puts the lines of a dump behind each other.
func (t *guesser) join(octets []byte) {
	const narrow, wide = 16, 32
	if len(octets) == 0 {
		return
	}
	if t.dumpLine+1 != t.at || len(t.dump)%narrow != 0 || len(t.dump)+len(octets) > longestGuess {
		t.endDump()
	}
	if len(t.dump) == 0 {
		t.dumpAt = t.at
	}
	if len(octets) == narrow || len(octets) == wide || len(t.dump) > 0 {
		t.dump = append(t.dump, octets...)
		t.dumpLine = t.at
	}
}

func (t *guesser) endDump() {
	t.add(t.dumpAt, t.dump, false)
	t.dump = t.dump[:0]
}

// base64 adds each run of characters of Base64 that has digits and letters of both cases, or ends with the sign that fills it up.
func (t *guesser) base64(text []byte) {
	for _, run := range bytes.FieldsFunc(text, func(c rune) bool { return c > 0x7f || !isWord(byte(c)) && !bytes.ContainsRune([]byte("+/-="), c) }) {
		run = bytes.TrimLeft(run, "=")
		if at := bytes.IndexByte(run, '='); at >= 0 && at < len(run)-2 { // name=value
			run = run[at+1:]
		}
		if len(run) < shortestBase64 || !mixed(run) {
			continue
		}
		raw := bytes.TrimRight(run, "=")
		for _, e := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			if octets, err := e.DecodeString(string(raw)); err == nil {
				t.add(t.at, octets, false)
				break
			}
		}
	}
}

func mixed(run []byte) bool {
	if run[len(run)-1] == '=' {
		return true
	}
	var digit, upper, lower bool
	for _, c := range run {
		digit = digit || '0' <= c && c <= '9'
		upper = upper || isUpper(c)
		lower = lower || 'a' <= c && c <= 'z'
	}
	return digit && upper && lower
}

// quoted adds texts between quotes. What stands in a word is an apostrophe.
func (t *guesser) quoted(text []byte) {
	for from := 0; ; {
		at := bytes.IndexAny(text[from:], `"'`)
		if at < 0 {
			return
		}
		if at += from; at > 0 && isWord(text[at-1]) {
			from = at + 1
			continue
		}
		rest := text[at+1:]
		end := bytes.IndexByte(rest, text[at])
		if end < 0 {
			return
		}
		if end <= longestText {
			t.add(t.at, rest[:end], true)
		}
		text, from = rest[end+1:], 0
	}
}
