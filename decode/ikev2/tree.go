package ikev2

import (
	"encoding/hex"
	"fmt"
	"strconv"

	"ikescope/decode/isakmp"
)

// payloadForm is how the body of one type of payload is shown: in one line, and field by
// field. Both take any octets.
type payloadForm struct {
	summary func(body []byte) string
	tree    func(b *branch, body []byte) error
}

// forms are those of the payloads whose fields are known here.
var forms = map[isakmp.PayloadType]payloadForm{
	isakmp.PayloadSA2:     {saSummary, saTree},
	isakmp.PayloadKE2:     {keSummary, keTree},
	isakmp.PayloadIDi:     {idSummary, idTree},
	isakmp.PayloadIDr:     {idSummary, idTree},
	isakmp.PayloadAuth:    {authSummary, authTree},
	isakmp.PayloadNotify2: {notifySummary, notifyTree},
	isakmp.PayloadDelete2: {deleteSummary, deleteTree},
	isakmp.PayloadTSi:     {selectorsSummary, selectorsTree},
	isakmp.PayloadTSr:     {selectorsSummary, selectorsTree},
}

// formOf is the form of a payload: that of its type, or its octets as they are.
func formOf(t isakmp.PayloadType) payloadForm {
	if f, ok := forms[t]; ok {
		return f
	}
	return payloadForm{
		summary: func(body []byte) string { return fmt.Sprintf("%d octets", len(body)) },
		tree:    func(b *branch, body []byte) error { b.add("data", octets(body)); return nil },
	}
}

// Summary is a payload's content in a few words. It holds no secrets; names in it
// are as received.
func Summary(p isakmp.Payload) string { return formOf(p.Type).summary(p.Body) }

// critical is the flag in front of a payload's reserved bits (RFC 7296, section 3.2).
const critical = 0x80

// Tree is a payload with every field named, as isakmp.Payload.Tree is for version
// 1. Damage is a child named "problem".
func Tree(p isakmp.Payload) isakmp.Node {
	form := formOf(p.Type)
	b := &branch{offset: p.Offset, length: len(p.Raw)}
	b.add("next payload", fmt.Sprintf("%s (%d)", p.Next, p.Next))
	if p.Reserved&critical != 0 {
		b.add("critical", "yes")
	}
	b.add("length", strconv.Itoa(len(p.Raw)))
	if err := form.tree(b, p.Body); err != nil {
		b.add("problem", err.Error())
	}
	return b.node(p.Type.String(), form.summary(p.Body))
}

// branch collects the fields of a payload. All have the payload's place.
type branch struct {
	offset, length int
	kids           []isakmp.Node
}

func (b *branch) add(name, value string) { b.kids = append(b.kids, b.leaf(name, value)) }

func (b *branch) leaf(name, value string) isakmp.Node {
	return isakmp.Node{Name: name, Value: value, Offset: b.offset, Length: b.length}
}

// node is the branch's node with its fields as children.
func (b *branch) node(name, value string) isakmp.Node {
	n := b.leaf(name, value)
	n.Children = b.kids
	return n
}

// maxHex is how many octets a field shows in hex before it only tells the size.
const maxHex = 64

// octets shows octets in hex, long ones by their size.
func octets(b []byte) string {
	if len(b) > maxHex {
		return fmt.Sprintf("%s... (%d octets)", hex.EncodeToString(b[:maxHex]), len(b))
	}
	return hex.EncodeToString(b)
}

func spiText(spi []byte) string { return "0x" + hex.EncodeToString(spi) }

func decimal[N ~uint8 | ~uint16](n N) string { return strconv.Itoa(int(n)) }
