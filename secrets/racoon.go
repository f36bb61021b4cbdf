package secrets

import (
	"bytes"

	"ikescope/keymat"
)

// racoon is the IKEv1 daemon of KAME and ipsec-tools; RouterOS grew from it and prints alike. With "log debug2", or
// /system logging topics=ipsec, a value is a line that names it and lines of hex:
//
//	2026-11-24 00:03:06: DEBUG: SKEYID_d computed:
//	2026-11-24 00:03:06: DEBUG:
//	20e20581 07f683b6 63a523ba 6d75fb8e 06a7e6a7
//
//	15:03:36 ipsec,debug SKEYID_d computed:              RouterOS: each line has the front, IKEv2 has
//	15:03:36 ipsec,debug 20e20581 07f683b6 ...
//	15:03:36 ipsec,debug => SK_ai (size 0x14)
//
// racoon is one thread, so that the order tells what belongs together.

type racoon struct {
	c      *collector
	phase1 *binder
	label  string
	at     int    // line of label
	size   int    // octets that label announced, 0 not
	octets []byte // of the dump behind label
	dumped bool   // a line of it was there

	keys  phase1Keys
	ike   ikeSAKeys
	gxy   keymat.Secret // the latest
	child racoonChild
	pair  racoonPair
	lines int // that speak of ISAKMP
}

func newRacoon(c *collector) LineReader { return &racoon{c: c, phase1: newBinder(c)} }

func (r *racoon) Line(n int, text []byte) {
	message, ok := racoonFront(text)
	if !ok {
		if octets := racoonUntagged(text); r.label != "" && hexLine(octets) {
			r.append(octets)
		} else if len(text) > 0 {
			r.endDump()
		}
		return
	}
	if message = bytes.TrimSpace(message); bytes.Contains(message, isakmpName) {
		r.lines++
	}
	switch {
	case len(message) == 0:
		if r.dumped { // a second dump behind one label
			r.endDump()
		}
	case r.label != "" && hexLine(message):
		r.append(message)
	case isRacoonNoise(message):
		if r.dumped {
			r.endDump()
		}
		r.child.algorithm(message)
	default:
		r.endDump()
		r.statement(n, message)
	}
}

func (r *racoon) append(text []byte) {
	if len(r.octets) < maxDump {
		out, _ := hexRun(r.octets, bytes.TrimSpace(text), maxDump)
		r.octets = out
	}
	r.dumped = true
}

// endDump takes the value that was printed.
func (r *racoon) endDump() {
	label, octets := r.label, r.octets
	r.label, r.dumped = "", false
	r.octets = r.octets[:0]
	if label == "" || len(octets) == 0 {
		return
	}
	if r.size != 0 && r.size != len(octets) {
		r.c.warn(r.at, endsEarly)
		return
	}
	r.value(label, keymat.NewSecret(octets))
}

func (r *racoon) Close() {
	if r.label != "" && r.label != "psk" && r.size == 0 && cutOff(r.c, r.at, len(r.octets)) {
		r.label = ""
	}
	r.endDump()
	r.endPhase1()
	r.endIKE()
	r.pair.end(r.c)
	r.phase1.close()
	if r.lines >= enoughLines {
		r.c.withoutKeys("a log of racoon or RouterOS without keys; racoon prints them with \"log debug2\", RouterOS with topics ipsec,debug")
	}
}

// racoonFront returns the message of a line, without the time and level of racoon or the time and topics of RouterOS.
func racoonFront(text []byte) (message []byte, ok bool) {
	const window = 160
	head := text[:min(len(text), window)]
	if at := bytes.Index(head, []byte("ipsec")); at >= 0 {
		if topics, rest, found := bytes.Cut(text[at:], []byte(" ")); found && isTopics(topics) {
			return rest, true
		} else if !found && isTopics(text[at:]) {
			return nil, true
		}
	}
	for at := 0; ; at++ {
		next := bytes.IndexByte(head[at:], ':')
		if next < 0 {
			return nil, false
		}
		if at += next; !racoonLevel(head[:at]) {
			continue
		}
		message = text[at+1:]
		// Some labels share a line with the empty line of their dump: "psk: 2026-11-24 00:03:06: DEBUG2:".
		if rest, colon := bytes.CutSuffix(message, []byte(":")); colon && racoonLevel(rest) {
			message, _, _ = bytes.Cut(message, []byte(": "))
		}
		return message, true
	}
}

// racoonUntagged returns a line of a dump without what the journal puts in front of it: blanks up to the column of the
// message, or the daemon's name as in front of any line.
func racoonUntagged(text []byte) []byte {
	const window, name = 80, "racoon"
	if at := bytes.Index(text[:min(len(text), window)], []byte(name)); at >= 0 {
		if front, rest, ok := bytes.Cut(text[at+len(name):], []byte(": ")); ok && (len(front) == 0 || front[0] == '[') {
			text = rest
		}
	}
	return bytes.TrimSpace(text)
}

// racoonLevel reports whether a text ends with one of the words that stand in front of a message of racoon.
func racoonLevel(text []byte) bool {
	word := text[bytes.LastIndexByte(text, ' ')+1:]
	if len(word) == len(text) {
		return false
	}
	switch string(word) {
	case "DEBUG", "DEBUG2", "INFO", "NOTIFY", "WARNING", "ERROR":
		return true
	}
	return false
}

// isTopics reports whether a word is a list of RouterOS's topics that begins with ipsec: "ipsec,debug,packet".
func isTopics(word []byte) bool {
	for _, c := range word {
		if c != ',' && c != '!' && (c < 'a' || c > 'z') {
			return false
		}
	}
	return len(word) == len("ipsec") || word[len("ipsec")] == ','
}

// isRacoonNoise reports lines that stand between a label and its dump.
func isRacoonNoise(message []byte) bool {
	return bytes.HasPrefix(message, []byte("hmac(")) || bytes.HasPrefix(message, []byte("encryption(")) || bytes.HasPrefix(message, []byte("hash("))
}
