package isakmp

import (
	"encoding/hex"
	"fmt"
)

// payloadForm is how the body of one type of payload is shown: in one line, and field by
// field. Both take any octets.
type payloadForm struct {
	summary func(body []byte) string
	tree    func(b *branch, body []byte) error
}

// forms are those of the payloads of a known type. Drafts gave other numbers to some.
var forms = map[PayloadType]payloadForm{
	PayloadSA:          {saSummary, saTree},
	PayloadKE:          oneValue("public value"),
	PayloadID:          {idSummary, idTree},
	PayloadCert:        {certSummary, certTree},
	PayloadCertRequest: {certRequestSummary, certRequestTree},
	PayloadHash:        oneValue("hash"),
	PayloadSignature:   oneValue("signature"),
	PayloadNonce:       {size, nonceTree},
	PayloadNonce2:      {size, nonceTree},
	PayloadNotify:      {notifySummary, notifyTree},
	PayloadDelete:      {deleteSummary, deleteTree},
	PayloadVendor:      {vendorSummary, vendorTree},
	PayloadVendor2:     {vendorSummary, vendorTree},
	PayloadAttributes:  {attributesSummary, attributesTree},
	PayloadFragment:    {fragmentSummary, fragmentTree},
	PayloadNATD:        oneValue("hash"),
	PayloadNATDDraft:   oneValue("hash"),
	PayloadNATDDraft4:  oneValue("hash"),
	PayloadNATOA:       {natoaSummary, natoaTree},
	PayloadNATOADraft:  {natoaSummary, natoaTree},
	PayloadNATOADraft4: {natoaSummary, natoaTree},
}

// oneValue is the form of a body that is one value.
func oneValue(name string) payloadForm {
	return payloadForm{size, func(b *branch, body []byte) error {
		b.octets(name, body, 0)
		_, err := value(name, body)
		return err
	}}
}

// formOf tells how the body of a payload of type t is shown: by its fields where the
// type is known, otherwise by its octets.
func formOf(t PayloadType) payloadForm {
	if f, ok := forms[t]; ok {
		return f
	}
	return payloadForm{size, func(b *branch, body []byte) error { b.octets("data", body, 0); return nil }}
}

// Summary is the payload's content in a few words, without the payload's name: "1 proposal,
// 2 transforms", "ipv4 192.0.2.1". It holds no secrets. Names in it are as received.
func (p Payload) Summary() string { return formOf(p.Type).summary(p.Body) }

// Tree is the payload with every field named: the value of the node is [Payload.Summary],
// its children are the fields of the generic header and of the body. Damage is a child
// named "problem"; what was read before it is shown.
func (p Payload) Tree(ctx TreeContext) Node {
	form := formOf(p.Type)
	head := &branch{ctx: ctx, base: p.Offset, size: payloadHeaderLen}
	head.add("next payload", named(p.Next), 0, 1)
	if p.Reserved != 0 {
		head.add("reserved", decimal(p.Reserved), 1, 1)
	}
	head.add("length", decimal(uint32(len(p.Raw))), 2, 2)
	body := &branch{ctx: ctx, base: p.Offset + payloadHeaderLen, size: len(p.Body)}
	body.problem(form.tree(body, p.Body))
	return Node{
		Name: p.Type.String(), Value: form.summary(p.Body), Offset: p.Offset, Length: len(p.Raw),
		Children: append(head.kids, body.kids...),
	}
}

// Tree is the header with every field named.
func (h Header) Tree() Node {
	b := &branch{size: HeaderLen}
	b.add("initiator cookie", h.CookieI.String(), 0, 8)
	b.add("responder cookie", h.CookieR.String(), 8, 8)
	b.add("next payload", named(h.NextPayload), 16, 1)
	b.add("version", h.Version(), 17, 1)
	b.add("exchange", named(h.Exchange), 18, 1)
	b.add("flags", withNumber(h.Flags.String(), uint64(h.Flags)), 19, 1)
	b.add("message id", fmt.Sprintf("%08x", h.MessageID), 20, 4)
	b.add("length", decimal(h.Length), 24, 4)
	return Node{Name: "header", Value: h.Exchange.String(), Length: HeaderLen, Children: b.kids}
}

// size is the summary of a body that is one value.
func size(body []byte) string { return plural(len(body), "octet") }

// spiText writes an SPI: both cookies of an ISAKMP SA, other SPIs with 0x before them.
func spiText(spi []byte) string {
	switch len(spi) {
	case 0:
		return ""
	case 16:
		return hex.EncodeToString(spi[:8]) + ":" + hex.EncodeToString(spi[8:])
	default:
		return "0x" + hex.EncodeToString(spi)
	}
}
