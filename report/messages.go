package report

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"ikescope/analysis"
	"ikescope/decode/ikev2"
	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

// Messages writes a line for every IKE message in capture order, retransmissions
// included: packet, time, sender and receiver, exchange, message ID, payloads,
// what was decrypted and verified. With Options.Verbose each is followed by the
// tree of its fields, where the first column says how the field is known:
// observed on the wire, derived by decryption, rebuilt, or unavailable.
func Messages(w io.Writer, r *analysis.Result, o Options) error {
	p := newPage(w, o)
	all := messages(r)
	if len(all) == 0 {
		p.line(0, "No IKE message in the capture.")
		return p.flush()
	}
	if o.Verbose {
		p.verbose(all, o)
	} else {
		p.terse(all)
	}
	return p.flush()
}

// linesPerTable bounds how many messages are laid out together, so that a large
// capture need not be held as text.
const linesPerTable = 500

func (p *page) terse(all []*ikestate.Message) {
	closed := map[string]bool{}
	for rest := all; len(rest) > 0; {
		n := min(len(rest), linesPerTable)
		g := &grid{columns: []column{
			{title: "#", right: true}, {title: "time"}, {title: "from " + p.to + " to"}, {title: "message", flex: true, least: 30},
		}}
		for _, m := range rest[:n] {
			g.add(count(m.Frame), instant(m.Nanos), p.ends(m), p.summary(m))
			if reason, ok := strings.CutPrefix(m.Note, noKey); ok && !closed[reason] {
				closed[reason] = true
			}
		}
		p.table(0, g)
		rest = rest[n:]
	}
	p.legend(all)
	for i, reason := range slices.Sorted(maps.Keys(closed)) {
		if i == 0 {
			p.blank()
		}
		p.para(0, 2, "To read what is encrypted: "+p.long(reason)+".")
	}
}

// legend explains the signs that were used.
func (p *page) legend(all []*ikestate.Message) {
	for _, m := range all {
		if m.Encrypted() && m.Decrypted {
			p.blank()
			p.para(0, 0, p.paint(dim, "[ ] decrypted   "+p.ok+" hash or signature verified   "+p.bad+" it does not verify"))
			return
		}
	}
}

// noKey begins the note of a message that only lacks a key.
const noKey = "no key: "

// ends writes sender and receiver; ports where they are not those of IKE.
func (p *page) ends(m *ikestate.Message) string {
	a, b := endpoint(m.Src), endpoint(m.Dst)
	if width(a)+width(b) > p.width/2-10 {
		return a + " " + p.to + "\n" + b
	}
	return a + " " + p.to + " " + b
}

// summary is the line of one message.
func (p *page) summary(m *ikestate.Message) string {
	s := step(m)
	if m.RetransmissionOf != nil {
		return s + " repeats packet " + count(m.RetransmissionOf.Frame)
	}
	s += " " + p.chain(m)
	if m.JoinedAs != nil {
		return s + ", part of " + count(m.JoinedAs.Frame)
	}
	if note := remark(m); note != "" && !strings.HasPrefix(note, noKey) {
		s += " " + p.dash + " " + p.text(note)
	}
	return s
}

// place is the short name of a message within its exchange: "MM1" to "MM6", "AM1".
func place(m *ikestate.Message) string {
	s, short := shortNames[m.Header.Exchange]
	if !short {
		s = exchangeName(m.Header.Exchange)
	}
	if m.Position > 0 && numbered(m) {
		s += strconv.Itoa(m.Position)
	}
	return s
}

// step names a message by its exchange and its place there: "MM1", "QM2 48c69e1a".
func step(m *ikestate.Message) string {
	s := place(m)
	switch {
	case m.Header.Major > 1:
		s += fmt.Sprintf(" %d", m.Header.MessageID)
	case m.Header.MessageID != 0:
		s += fmt.Sprintf(" %08x", m.Header.MessageID)
	}
	return s
}

// shortNames are the abbreviations that every vendor's logs use.
var shortNames = map[isakmp.ExchangeType]string{
	isakmp.ExchangeMain: "MM", isakmp.ExchangeAggressive: "AM", isakmp.ExchangeBase: "BM", isakmp.ExchangeQuick: "QM",
	isakmp.ExchangeInformational: "INFO", isakmp.ExchangeTransaction: "CFG",
}

// numbered reports whether the exchange has a fixed number of messages.
func numbered(m *ikestate.Message) bool {
	_, ok := ikestate.ScriptOf(m.Header.Exchange)
	return ok
}

// chain lists the payloads of a message: "HASH SA NONCE 2xID", in brackets where
// they were encrypted.
func (p *page) chain(m *ikestate.Message) string {
	if m.Encrypted() && !m.Decrypted {
		return "encrypted, " + count(int64(m.Header.Length)) + " octets"
	}
	var names []string
	seen := map[string]int{}
	for _, pl := range m.Payloads {
		n := p.payloadName(pl)
		if seen[n]++; seen[n] == 1 {
			names = append(names, n)
		}
	}
	for i, n := range names {
		if seen[n] > 1 {
			names[i] = strconv.Itoa(seen[n]) + p.times + n
		}
	}
	s := strings.Join(names, " ")
	if m.Encrypted() {
		s = "[" + s + "]"
	}
	return p.proof(s, m.Verified)
}

// payloadName is the name of a payload in capitals; a notification of version 1,
// and an error of version 2, has what it says with it: "N(R-U-THERE)".
func (p *page) payloadName(pl isakmp.Payload) string {
	switch pl.Type {
	case isakmp.PayloadNotify:
		if n, err := isakmp.ParseNotify(pl.Body); err == nil {
			return "N(" + n.Type.String() + ")"
		}
	case isakmp.PayloadNotify2:
		if n, err := ikev2.ParseNotify(pl.Body); err == nil && ikev2.NotifyType(n.Type).IsError() {
			return "N(" + ikev2.NotifyType(n.Type).String() + ")"
		}
	}
	return strings.ToUpper(pl.Type.String())
}

// verbose writes each message with its tree.
func (p *page) verbose(all []*ikestate.Message, o Options) {
	p.line(0, p.paint(dim, "o observed   d derived by decryption   r rebuilt   u unavailable"))
	for _, m := range all {
		p.blank()
		p.para(0, 4, fmt.Sprintf("packet %s  %s  %s %s %s", count(m.Frame), instant(m.Nanos), endpoint(m.Src), p.to, endpoint(m.Dst)))
		p.para(2, 4, p.summary(m))
		if m.RetransmissionOf == nil {
			p.tree(m, o)
		}
	}
}
