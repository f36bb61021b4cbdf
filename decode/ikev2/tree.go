package ikev2

import (
	"encoding/hex"
	"fmt"
	"strings"

	"ikescope/decode/isakmp"
	"ikescope/suite"
)

// maxHex is how many octets a field shows in hex before it only tells the size.
const maxHex = 64

// Tree is a payload with every field named, as isakmp.Payload.Tree is for version
// 1. Damage is a child named "problem".
func Tree(p isakmp.Payload) isakmp.Node {
	n := isakmp.Node{Name: p.Type.String(), Value: Summary(p), Offset: p.Offset, Length: len(p.Raw)}
	field := func(name, value string) {
		n.Children = append(n.Children, isakmp.Node{Name: name, Value: value, Offset: p.Offset, Length: len(p.Raw)})
	}
	field("next payload", fmt.Sprintf("%s (%d)", p.Next, p.Next))
	if p.Reserved&0x80 != 0 {
		field("critical", "yes")
	}
	field("length", decimal(uint16(len(p.Raw))))
	if err := describe(p, field, &n); err != nil {
		field("problem", err.Error())
	}
	return n
}

// describe adds the fields of a body.
func describe(p isakmp.Payload, field func(name, value string), n *isakmp.Node) error {
	switch p.Type {
	case isakmp.PayloadSA2:
		ps, err := ParseSA(p.Body)
		for _, x := range ps {
			n.Children = append(n.Children, proposalTree(p, x))
		}
		return err
	case isakmp.PayloadKE2:
		ke, err := ParseKE(p.Body)
		field("group", suite.GroupName(ke.Group))
		field("public value", octets(ke.Data))
		return err
	case isakmp.PayloadIDi, isakmp.PayloadIDr:
		id, err := ParseID(p.Body)
		field("type", id.Type.String())
		field("data", id.String())
		return err
	case isakmp.PayloadAuth:
		a, err := ParseAuth(p.Body)
		field("method", suite.IKEv2AuthMethodName(a.Method))
		field("data", octets(a.Data))
		return err
	case isakmp.PayloadNotify2:
		x, err := ParseNotify(p.Body)
		field("type", fmt.Sprintf("%s (%d)", NotifyType(x.Type), x.Type))
		if len(x.SPI) > 0 {
			field("protocol", x.Protocol.String())
			field("spi", "0x"+hex.EncodeToString(x.SPI))
		}
		field("data", octets(x.Data))
		return err
	case isakmp.PayloadDelete2:
		d, err := ParseDelete(p.Body)
		field("protocol", d.Protocol.String())
		for _, spi := range d.SPIs {
			field("spi", "0x"+hex.EncodeToString(spi))
		}
		return err
	case isakmp.PayloadTSi, isakmp.PayloadTSr:
		ts, err := ParseSelectors(p.Body)
		for _, x := range ts {
			field("selector", x.String())
		}
		return err
	default:
		field("data", octets(p.Body))
	}
	return nil
}

func proposalTree(p isakmp.Payload, x Proposal) isakmp.Node {
	n := isakmp.Node{Name: "proposal", Value: fmt.Sprintf("%d %s", x.Number, x.Protocol), Offset: p.Offset, Length: len(p.Raw)}
	if len(x.SPI) > 0 {
		n.Children = append(n.Children, isakmp.Node{Name: "spi", Value: "0x" + hex.EncodeToString(x.SPI), Offset: p.Offset, Length: len(x.SPI)})
	}
	for _, t := range x.Transforms {
		n.Children = append(n.Children, isakmp.Node{Name: t.Type.String(), Value: t.Name(), Offset: p.Offset, Length: len(p.Raw)})
	}
	return n
}

// Name is the algorithm that a transform stands for, a number where it is not
// known.
func (t Transform) Name() string {
	switch t.Type {
	case Encryption:
		if c, ok := suite.IKEv2Cipher(t.ID, t.KeyBits); ok {
			return c.Name
		}
		return suite.IKEv2EncryptionName(t.ID)
	case PRF:
		return suite.IKEv2PRFName(t.ID)
	case Integrity:
		return suite.IKEv2IntegrityName(t.ID)
	case KeyMethod:
		return suite.GroupName(t.ID)
	case ESN:
		return [...]string{"no", "yes"}[min(t.ID, 1)]
	}
	return decimal(t.ID)
}

// Summary is a payload's content in a few words. It holds no secrets; names in it
// are as received.
func Summary(p isakmp.Payload) string {
	switch p.Type {
	case isakmp.PayloadSA2:
		ps, _ := ParseSA(p.Body)
		var all []string
		for _, x := range ps {
			all = append(all, x.String())
		}
		return strings.Join(all, "; ")
	case isakmp.PayloadKE2:
		ke, _ := ParseKE(p.Body)
		return fmt.Sprintf("%s, %d octets", suite.GroupName(ke.Group), len(ke.Data))
	case isakmp.PayloadIDi, isakmp.PayloadIDr:
		id, _ := ParseID(p.Body)
		return id.Type.String() + " " + id.String()
	case isakmp.PayloadAuth:
		a, _ := ParseAuth(p.Body)
		return suite.IKEv2AuthMethodName(a.Method)
	case isakmp.PayloadNotify2:
		x, _ := ParseNotify(p.Body)
		return NotifyType(x.Type).String()
	case isakmp.PayloadDelete2:
		return deleteSummary(p.Body)
	case isakmp.PayloadTSi, isakmp.PayloadTSr:
		return selectorsSummary(p.Body)
	}
	return fmt.Sprintf("%d octets", len(p.Body))
}

// String lists protocol and algorithms, those of one kind joined by "/".
func (p Proposal) String() string {
	var kinds []string
	for _, kind := range []TransformType{Encryption, Integrity, PRF, KeyMethod} {
		var names []string
		for _, t := range p.Transforms {
			if t.Type == kind {
				names = append(names, t.Name())
			}
		}
		if len(names) > 0 {
			kinds = append(kinds, strings.Join(names, "/"))
		}
	}
	return p.Protocol.String() + " " + strings.Join(kinds, ", ")
}

func deleteSummary(body []byte) string {
	d, _ := ParseDelete(body)
	if len(d.SPIs) == 0 {
		return d.Protocol.String()
	}
	var all []string
	for _, spi := range d.SPIs {
		all = append(all, "0x"+hex.EncodeToString(spi))
	}
	return d.Protocol.String() + " " + strings.Join(all, ", ")
}

func selectorsSummary(body []byte) string {
	ts, _ := ParseSelectors(body)
	var all []string
	for _, x := range ts {
		all = append(all, x.ID().String())
	}
	return strings.Join(all, ", ")
}

// octets shows octets in hex, long ones by their size.
func octets(b []byte) string {
	if len(b) > maxHex {
		return fmt.Sprintf("%s... (%d octets)", hex.EncodeToString(b[:maxHex]), len(b))
	}
	return hex.EncodeToString(b)
}
