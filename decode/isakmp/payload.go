package isakmp

import "encoding/binary"

const (
	payloadHeaderLen = 4 // octets of the generic payload header
	usualPayloads    = 8 // most messages have no more
)

// Payload is one payload of a chain.
//
//	 0                   1                   2                   3
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//	+---------------+---------------+-------------------------------+
//	| Next Payload  |   Reserved    |        Payload Length         |
//	+---------------+---------------+-------------------------------+
//
// RFC 2408 section 3.2.
type Payload struct {
	Type     PayloadType // from the Next Payload field before it
	Next     PayloadType // its own Next Payload field
	Reserved uint8       // zero in version 1; bit 7 is "critical" in version 2
	Offset   int         // of the generic header, in octets from the start of the message
	Raw      []byte      // generic header included
	Body     []byte      // without it
}

// ParsePayloads reads the chain of payloads that starts at the first octet of b with a
// payload of type first. base is the offset of b in its message, [HeaderLen] for a whole
// one; offsets in payloads and errors count from there.
//
// rest is what follows the last payload: the padding where b was decrypted. When the
// chain is damaged, ps holds the payloads before the damage, rest what was not read, and
// err an [*Error] of kind [ErrTruncated], [ErrLength] or [ErrLimit].
func ParsePayloads(first PayloadType, b []byte, base int) (ps []Payload, rest []byte, err error) {
	r := reader{layer: "payload", b: b, off: base}
	for t := first; t != PayloadNone; {
		if len(ps) == MaxPayloads {
			r.note("count", r.off, detail(ErrLimit, "more than %d payloads", MaxPayloads))
			break
		}
		p, ok := r.payload(t)
		if !ok {
			break
		}
		if ps == nil {
			ps = make([]Payload, 0, usualPayloads)
		}
		ps = append(ps, p)
		if t.endsChain() {
			break
		}
		t = p.Next
	}
	return ps, r.b, r.failure()
}

// payload reads one payload of type t; where it is damaged nothing is consumed.
func (r *reader) payload(t PayloadType) (Payload, bool) {
	if len(r.b) < payloadHeaderLen {
		r.note(t.String()+" header", r.off, detail(ErrTruncated, "needs %d octets, %d are left", payloadHeaderLen, len(r.b)))
		return Payload{}, false
	}
	n := int(binary.BigEndian.Uint16(r.b[2:]))
	switch {
	case n < payloadHeaderLen:
		r.note(t.String()+" length", r.off+2, detail(ErrLength, "%d octets, the header alone has %d", n, payloadHeaderLen))
		return Payload{}, false
	case n > len(r.b):
		r.note(t.String()+" length", r.off+2, detail(ErrTruncated, "%d octets announced, %d are left", n, len(r.b)))
		return Payload{}, false
	}
	p := Payload{Type: t, Next: PayloadType(r.b[0]), Reserved: r.b[1], Offset: r.off}
	p.Raw = r.octets("", n)
	p.Body = p.Raw[payloadHeaderLen:]
	return p, true
}

// AppendPayload appends a payload with the given Next Payload field and body to b. It
// panics where the body does not fit a payload (65,531 octets).
func AppendPayload(b []byte, next PayloadType, body []byte) []byte {
	n := payloadHeaderLen + len(body)
	if n > 0xffff {
		panic("isakmp: payload body too long")
	}
	b = append(b, byte(next), 0)
	b = binary.BigEndian.AppendUint16(b, uint16(n))
	return append(b, body...)
}
