package isakmp

import "encoding/binary"

// Notify is the body of a Notification payload.
//
//	+---------------------------------------------------------------+
//	|              Domain of Interpretation (DOI)                   |
//	+---------------+---------------+-------------------------------+
//	|  Protocol-ID  |   SPI Size    |      Notify Message Type      |
//	+---------------+---------------+-------------------------------+
//	|                 SPI, then notification data                   |
//
// RFC 2408 section 3.14.
type Notify struct {
	DOI      DOI
	Protocol Protocol
	Type     NotifyType
	SPI      []byte // the 16 octets of both cookies where Protocol is ISAKMP
	Data     []byte // by type
}

// ParseNotify reads the body of a Notification payload.
func ParseNotify(body []byte) (Notify, error) {
	r := reader{layer: "notify", b: body}
	n := Notify{DOI: DOI(r.u32("doi")), Protocol: Protocol(r.u8("protocol"))}
	size := r.u8("spi size")
	n.Type = NotifyType(r.u16("type"))
	n.SPI = r.octets("spi", int(size))
	n.Data = r.rest()
	return n, r.failure()
}

// Sequence is the sequence number of a dead peer detection message, RFC 3706 section 5.3.
// ok is false for other notifications and where the data is not 4 octets.
func (n Notify) Sequence() (seq uint32, ok bool) {
	dpd := n.Type == NotifyRUThere || n.Type == NotifyRUThereAck
	if !dpd || len(n.Data) != 4 {
		return 0, false
	}
	return binary.BigEndian.Uint32(n.Data), true
}

// Lifetimes is what a RESPONDER-LIFETIME notification says, RFC 2407 section 4.6.3.1; the
// attributes are those of the protocol that the notification is about.
func (n Notify) Lifetimes() ([]Lifetime, error) {
	as, err := ParseAttributeList(n.Data)
	t := Transform{Attributes: as}
	if n.Protocol == ProtocolISAKMP {
		return t.Phase1().Lifetimes, err
	}
	return t.IPsec().Lifetimes, err
}
