package isakmp

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Node is one field or element of a message, for showing it as a tree. Values are as
// received: a name in them can hold control characters, which a renderer must escape.
type Node struct {
	Name     string
	Value    string // empty where the children say everything
	Offset   int    // octets from the start of the message
	Length   int    // in octets
	Secret   bool   // the value is a password: show it only when secrets were asked for
	Children []Node
}

// hidden stands for a value that is not shown.
const hidden = "(secret)"

// Shown is the value, or a placeholder where it is secret.
func (n Node) Shown() string {
	if n.Secret {
		return hidden
	}
	return n.Value
}

// Format writes name and value, a placeholder for one that is secret; children are left out.
func (n Node) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "%s: %s", n.Name, n.Shown())
}

// MarshalJSON writes the tree, a placeholder for values that are secret.
func (n Node) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Name     string `json:"name"`
		Value    string `json:"value,omitempty"`
		Offset   int    `json:"offset"`
		Length   int    `json:"length"`
		Children []Node `json:"children,omitempty"`
	}{n.Name, n.Shown(), n.Offset, n.Length, n.Children})
}

// TreeContext says how a tree is to be made.
type TreeContext struct {
	MaxHex int // octets that a value shows in hex before it only tells the size; 0: 1,024
}

// branch collects the children of a node. Offsets given to it count from base.
type branch struct {
	ctx  TreeContext
	base int // offset of the body in the message
	size int // octets of the body; a field that does not lie within was not there
	kids []Node
}

// add adds a field of n octets at off.
func (b *branch) add(name, value string, off, n int) {
	if off+n <= b.size {
		b.kids = append(b.kids, Node{Name: name, Value: value, Offset: b.base + off, Length: n})
	}
}

// octets adds octets at off, in hex. Absent ones are left out.
func (b *branch) octets(name string, data []byte, off int) {
	if len(data) > 0 {
		b.add(name, b.ctx.hex(data), off, len(data))
	}
}

// part adds an element of n octets at off whose children fill adds; they may reach as far
// as b does.
func (b *branch) part(name, value string, off, n int, fill func(*branch)) {
	inner := &branch{ctx: b.ctx, base: b.base, size: b.size}
	fill(inner)
	b.kids = append(b.kids, Node{Name: name, Value: value, Offset: b.base + off, Length: n, Children: inner.kids})
}

// problem adds what is wrong with the body.
func (b *branch) problem(err error) {
	if e, ok := err.(*Error); ok {
		b.kids = append(b.kids, Node{
			Name: "problem", Value: e.Layer + ": " + e.Field + ": " + e.Err.Error(), Offset: b.base + e.Offset,
		})
	}
}

// hex writes octets in hex, cut with their number behind them where there are many.
func (c TreeContext) hex(data []byte) string {
	limit := c.MaxHex
	if limit == 0 {
		limit = maxShown
	}
	if len(data) <= limit {
		return hex.EncodeToString(data)
	}
	return fmt.Sprintf("%x... (%d octets)", data[:limit], len(data))
}

// textOrHex writes data as text where it is printable, in hex otherwise.
func (c TreeContext) textOrHex(data []byte) string {
	if printable(data) {
		return string(data)
	}
	return c.hex(data)
}
