package report

import (
	"strings"

	"ikescope/decode/ikev2"
	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/suite"
)

// How a field became known.
const (
	observed    = "observed"    // in the clear on the wire
	derived     = "derived"     // behind encryption, read with a key
	rebuilt     = "rebuilt"     // computed, since what was needed to decrypt it is missing
	unavailable = "unavailable" // behind encryption that stayed closed
)

// hiddenValue stands for a password that is not shown.
const hiddenValue = "(hidden)"

// TreeNode is a field of a message with how it became known.
type TreeNode struct {
	Name     string      `json:"name"`
	Value    string      `json:"value"`
	Offset   int         `json:"offset"` // from the start of the message
	Length   int         `json:"length"` // octets
	Known    string      `json:"known"`
	Children []*TreeNode `json:"children,omitempty"`
}

// maxTreeHex is how many octets of a value a tree for people shows.
const maxTreeHex = 64

// fields names the fields of a payload, whose numbers mean what the message's
// version says.
func fields(m *ikestate.Message, pl isakmp.Payload, ctx isakmp.TreeContext) isakmp.Node {
	if m.Header.Major == 2 {
		return ikev2.Tree(pl)
	}
	return pl.Tree(ctx)
}

// treeJSON marks the fields of a payload.
func treeJSON(m *ikestate.Message, n isakmp.Node, o Options) *TreeNode {
	t := &TreeNode{Name: utf8Text(n.Name), Value: utf8Text(nodeValue(n, o)), Offset: n.Offset, Length: n.Length, Known: origin(m, n)}
	for _, c := range n.Children {
		t.Children = append(t.Children, treeJSON(m, c, o))
	}
	return t
}

// nodeValue is a field's value, hidden where it is a password and secrets were
// not asked for.
func nodeValue(n isakmp.Node, o Options) string {
	if n.Secret && !o.ShowKeys {
		return hiddenValue
	}
	return n.Value
}

// titledFields are the fields whose values name algorithms.
var titledFields = map[string]bool{
	"sa": true, "ke": true, "auth": true, "transform": true, "encryption": true, "hash": true, "prf": true, "integrity": true, "group": true,
	"method": true, "authentication method": true, "authentication algorithm": true, "id": true,
}

// titled writes the value of a field for people: contract names of algorithms
// become their titles. An id may be somebody's identity, which is left as it is.
func titled(name, value string) string {
	if !titledFields[name] || name == "id" && !strings.HasSuffix(value, ")") {
		return value
	}
	words := strings.Split(value, " ")
	for i, w := range words {
		words[i] = suite.Title(w)
	}
	return strings.Join(words, " ")
}

// origin says how a field became known.
func origin(m *ikestate.Message, n isakmp.Node) string {
	switch {
	case n.Offset < isakmp.HeaderLen || !m.Encrypted():
		return observed
	case n.Offset < isakmp.HeaderLen+m.HealedOctets:
		return rebuilt
	default:
		return derived
	}
}

// joinRemarks writes several remarks in one line.
func joinRemarks(parts []string) string { return strings.Join(parts, "; ") }

// tree writes the fields of a message, one a line.
func (p *page) tree(m *ikestate.Message, o Options) {
	p.node(4, m, m.Header.Tree(), o)
	for i := range m.Payloads {
		p.node(4, m, fields(m, m.Payloads[i], isakmp.TreeContext{MaxHex: maxTreeHex}), o)
	}
	if m.Encrypted() && !m.Decrypted {
		p.field(4, unavailable, "payloads", count(int64(len(m.Raw)-min(len(m.Raw), isakmp.HeaderLen)))+" octets of ciphertext")
	}
	if s := remark(m); s != "" {
		p.field(4, "", "note", s)
	}
}

func (p *page) node(indent int, m *ikestate.Message, n isakmp.Node, o Options) {
	p.field(indent, origin(m, n), n.Name, titled(n.Name, nodeValue(n, o)))
	for _, c := range n.Children {
		p.node(indent+2, m, c, o)
	}
}

// field writes one line of a tree: a letter for how it is known, name, value.
func (p *page) field(indent int, known, name, value string) {
	sign := " "
	if known != "" {
		sign = known[:1]
	}
	s := name
	if value != "" {
		s += ": " + value
	}
	p.para(0, indent+4, p.paint(dim, sign)+strings.Repeat(" ", indent-1)+p.long(s))
}
