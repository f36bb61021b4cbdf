package report

import (
	"strings"

	"ikescope/analysis"
	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

// Words says in Unicode and without colours what the table says. Its texts are
// clean, see [Clean].
type Words struct{ p *page }

// NewWords returns words.
func NewWords() Words { return Words{newPage(nil, Options{Unicode: true})} }

// Title names a conversation: "Main Mode 73cc11d2349a360d:d97b5c488f49300c".
func (w Words) Title(c *ikestate.Conversation) string {
	switch {
	case c.Version() == 2:
		return "IKEv2 IKE SA " + cookies(c)
	case c.Phase1 == nil:
		return "IKE of an unknown version " + cookies(c)
	case c.Phase1.Script.Name == "":
		return "Phase 1 " + phase1Name(c) + " " + cookies(c)
	}
	return phase1Name(c) + " " + cookies(c)
}

// Keys says which secrets opened a conversation, "" where none did.
func (w Words) Keys(c *ikestate.Conversation) string {
	return strings.TrimPrefix(w.p.keyLine(c), "key: ")
}

// Lacks says which secret would open a conversation, "" where it is open.
func (w Words) Lacks(c *ikestate.Conversation) string {
	if firstClosed(c) == nil {
		return ""
	}
	return Clean(lacks(c))
}

// Step names a message by its place: "MM1", "QM2 48c69e1a".
func (w Words) Step(m *ikestate.Message) string { return step(m) }

// Chain lists the payloads of a message, in brackets where they were encrypted.
func (w Words) Chain(m *ikestate.Message) string { return w.p.chain(m) }

// Say summarises what a message says.
func (w Words) Say(c *ikestate.Conversation, m *ikestate.Message) string {
	return w.p.said(c, m)
}

// Milestone names what a message completes, "" where that is nothing.
func (w Words) Milestone(c *ikestate.Conversation, m *ikestate.Message) string {
	return w.p.milestone(c, m)
}

// Exchange names the exchange type of a message.
func (w Words) Exchange(m *ikestate.Message) string { return exchangeName(m.Header.Exchange) }

// Text makes a captured text safe to show and short.
func (w Words) Text(s string) string { return w.p.text(s) }

// Selectors says what an SA carries.
func (w Words) Selectors(s *analysis.SA) string {
	if s.Conversation == nil || s.SelectorsCut {
		return ""
	}
	return w.p.text(selector(s.SrcSelector, s.Src)) + " " + w.p.to + " " + w.p.text(selector(s.DstSelector, s.Dst))
}

// Protection names the algorithms of an SA.
func (w Words) Protection(s *analysis.SA) string { return protection(s.Encryption, s.IntegrityName) }

// SAName is the SPI of an SA, with its protocol where that is not ESP.
func (w Words) SAName(s *analysis.SA) string { return saName(s) }

// Verified says how many packets of an SA opened, or why none can.
func (w Words) Verified(s *analysis.SA) string { return w.p.verified(s) }

// Faults counts the packets of an SA that are wrong in themselves, "" where none is.
func (w Words) Faults(s *analysis.SA) string {
	var all []string
	if n := s.Opened.ICVFailed; n > 0 {
		all = append(all, count(n)+" bad ICV")
	}
	if n := s.Opened.Damaged; n > 0 {
		all = append(all, count(n)+" damaged")
	}
	return strings.Join(all, ", ")
}

// FlowName is protocol and SPI of packets.
func (w Words) FlowName(f *analysis.Flow) string {
	return protocolName(f.Key.Protocol) + " " + spi(f.Key.SPI)
}

// Count writes a number with commas between thousands.
func (w Words) Count(n int64) string { return count(n) }

// Many writes a number with its noun.
func (w Words) Many(n int64, noun string) string { return many(n, noun) }

// Apart writes the time between two events.
func (w Words) Apart(nanos int64) string { return apart(nanos) }

// Instant writes a time of day in UTC.
func (w Words) Instant(nanos int64) string { return instant(nanos) }

// Lifetime writes the limits of an SA.
func (w Words) Lifetime(seconds, kilobytes uint64) string { return lifetime(seconds, kilobytes) }

// Row is a line about a message: its first appearance, a retransmission, or many.
type Row struct {
	Message *ikestate.Message
	Frame   int64
	Nanos   int64
	Repeats int // retransmissions that the row stands for; 0: the message itself
	Last    int64
	LastAt  int64
}

// Rows lists messages and their retransmissions in capture order. Many
// retransmissions share a row; fragments are told with what they were joined to.
func (w Words) Rows(ms []*ikestate.Message) (out []Row) {
	for _, r := range rows(ms) {
		row := Row{Message: r.m, Frame: r.frame(), Nanos: r.nanos(), Repeats: len(r.frames), Last: r.frame(), LastAt: r.nanos()}
		if n := len(r.frames); n > 0 {
			last := tableRow{r.m, r.frames[n-1:]}
			row.Last, row.LastAt = last.frame(), last.nanos()
		}
		out = append(out, row)
	}
	return out
}

// Tree is the message field by field: header, then payloads. Passwords are hidden
// unless keys are asked for.
func (w Words) Tree(m *ikestate.Message, o Options) (trees []*TreeNode) {
	trees = append(trees, treeJSON(m, m.Header.Tree(), o))
	for _, pl := range m.Payloads {
		trees = append(trees, treeJSON(m, fields(m, pl, isakmp.TreeContext{MaxHex: maxTreeHex}), o))
	}
	if m.Encrypted() && !m.Decrypted {
		trees = append(trees, &TreeNode{Name: "payloads", Value: count(int64(len(m.Raw)-min(len(m.Raw), isakmp.HeaderLen))) + " octets of ciphertext", Known: unavailable})
	}
	if s := remark(m); s != "" {
		trees = append(trees, &TreeNode{Name: "note", Value: s})
	}
	return trees
}

// Titled writes the value of a field of a [TreeNode] for people: algorithms by the
// names that the report gives them.
func Titled(name, value string) string { return titled(name, value) }

// Speaker names the side of the ISAKMP SA that sent a message.
func (w Words) Speaker(m *ikestate.Message) string { return speaker(m) }

// Place is a short name of a message within its exchange: "MM1", "QM2".
func (w Words) Place(m *ikestate.Message) string { return place(m) }
