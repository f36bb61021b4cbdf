package html

import (
	"fmt"
	"slices"
	"strings"

	"ikescope/ikestate"
	"ikescope/report"
)

// conversation is an ISAKMP SA with its messages.
type conversation struct {
	ID                     int
	Title, State           string
	Initiator, Responder   string
	Began, Keys, Lacks     string
	InitiatorID, PeerID    string
	Disclosed              []report.Disclosed // with Options.ShowKeys
	Facts                  []report.Facts
	Bargains               []bargain
	Ladder                 *ladder
	Messages               []*message
	Folded                 [][]*message
	Successor, Predecessor string // of an IKE SA that was rekeyed
}

// bargain is a negotiation with its offers marked.
type bargain struct {
	report.Bargain
	Rows []offer
}

type offer struct {
	Cells    []string
	Accepted bool
}

// message is a line about a message, with its fields where there is room.
type message struct {
	Anchor  string
	Kind    int // exchange type
	Packet  string
	At      string
	Time    string // of day
	Sender  string // "initiator" or "responder"
	Step    string
	Text    string
	Done    string // what the message completes
	State   string // "clear", "read", "shut": how the payloads are known
	Repeats bool
	Refuted bool
	HasTree bool
	tree    []*report.TreeNode
}

func (b *builder) conversation(tunnel int, c *ikestate.Conversation) *conversation {
	b.place++
	x := &conversation{
		ID: b.place, Title: b.Title(c), State: c.State().String(), Initiator: c.Initiator.String(), Responder: c.Responder.String(),
		Keys: b.Keys(c), Lacks: b.Lacks(c), Bargains: b.bargains(c),
		Facts: b.facts(c),
	}
	if b.opts.ShowKeys {
		x.Disclosed = report.DisclosedOf(c)
	}
	if p := c.Phase1; p != nil {
		if p.IDii != nil {
			x.InitiatorID = b.Text(p.IDii.String())
		}
		if p.IDir != nil {
			x.PeerID = b.Text(p.IDir.String())
		}
	}
	if v := c.IKEv2; v != nil {
		if v.RekeyedTo != nil {
			x.Successor = b.Title(v.RekeyedTo)
		}
		if v.RekeyOf != nil {
			x.Predecessor = b.Title(v.RekeyOf)
		}
	}
	rows := b.Rows(c.Messages)
	if len(rows) > 0 {
		x.Began = b.Instant(rows[0].Nanos)
	}
	n := take(&b.left.rows, len(rows))
	b.left.omit("%s more messages; ikescope messages lists them", len(rows)-n)
	trees := 0
	for _, r := range rows[:n] {
		m := b.message(c, r, rows[0].Nanos)
		if r.Repeats == 0 {
			b.tree(m, r.Message, &trees)
		}
		x.Messages = append(x.Messages, m)
	}
	x.Ladder = b.ladder(c, rows[:n], x.Messages)
	if len(x.Messages) > rowsAtOnce+rowsAtOnce/2 {
		x.Folded = slices.Collect(slices.Chunk(x.Messages[rowsAtOnce:], rowsFolded))
		x.Messages = x.Messages[:rowsAtOnce]
	}
	return x
}

// facts are what the conversation tells of the peers; long lines are cut.
func (b *builder) facts(c *ikestate.Conversation) []report.Facts {
	all := b.Facts(c, b.opts)
	for i := range all {
		b.left.omit("%s more facts about peers", len(all[i].Lines)-maxFacts)
		all[i].Lines = all[i].Lines[:min(len(all[i].Lines), maxFacts)]
		for j, l := range all[i].Lines {
			all[i].Lines[j] = shorten(l)
		}
	}
	return all
}

func (b *builder) bargains(c *ikestate.Conversation) (out []bargain) {
	all := b.Bargains(c)
	b.left.omit("%s more negotiations", len(all)-maxBargains)
	for _, n := range all[:min(len(all), maxBargains)] {
		x := bargain{Bargain: n}
		for _, o := range n.Offered {
			x.Rows = append(x.Rows, offer{o, n.Accepted(o)})
		}
		out = append(out, x)
	}
	return out
}

func (b *builder) message(c *ikestate.Conversation, r report.Row, start int64) *message {
	m := r.Message
	b.kinds[int(m.Header.Exchange)] = b.Exchange(m)
	x := &message{
		Anchor: fmt.Sprintf("m%d-%d", b.place, r.Frame), Kind: int(m.Header.Exchange), Packet: b.Count(r.Frame),
		At: b.Apart(r.Nanos - start), Time: b.Instant(r.Nanos), Sender: b.Speaker(m), Step: b.Step(m),
		State: state(m), Refuted: m.Verified == ikestate.Refuted,
	}
	if _, known := b.anchor[r.Frame]; !known {
		b.anchor[r.Frame] = x.Anchor
	}
	switch {
	case r.Repeats > 1:
		x.Repeats = true
		x.Text = fmt.Sprintf("repeats packet %s, %s until packet %s", b.Count(m.Frame), b.Many(int64(r.Repeats), "time"), b.Count(r.Last))
	case r.Repeats == 1:
		x.Repeats, x.Text = true, "repeats packet "+b.Count(m.Frame)
	default:
		name := b.Exchange(m) // which the step begins with
		x.Text = strings.TrimLeft(strings.TrimPrefix(shorten(b.Say(c, m)), name), ":;, ")
		x.Done = b.Milestone(c, m)
	}
	return x
}

// state says how the payloads of a message are known.
func state(m *ikestate.Message) string {
	switch {
	case !m.Encrypted():
		return "clear"
	case m.Decrypted:
		return "read"
	default:
		return "shut"
	}
}

// tree gives a message its fields, while there is room for them.
func (b *builder) tree(x *message, m *ikestate.Message, trees *int) {
	if *trees >= maxTrees || b.left.fields <= 0 {
		b.left.omit("the fields of %s messages; ikescope messages -v shows them", 1)
		return
	}
	t := b.Tree(m, b.opts)
	n := 0
	for _, node := range t {
		n += clean(node)
	}
	if take(&b.left.fields, n) < n {
		b.left.omit("the fields of %s messages; ikescope messages -v shows them", 1)
		return
	}
	*trees++
	x.HasTree, x.tree = true, t
}

// clean makes the values of a tree safe to show, and counts its fields.
func clean(n *report.TreeNode) int {
	n.Name, n.Value = report.Clean(n.Name), shorten(report.Clean(strings.ReplaceAll(report.Titled(n.Name, n.Value), "\n", " ")))
	count := 1
	for _, c := range n.Children {
		count += clean(c)
	}
	return count
}
