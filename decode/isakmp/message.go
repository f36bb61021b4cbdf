package isakmp

import "encoding/binary"

// Message is a message whose header was read and, where it is not encrypted, its payloads.
type Message struct {
	Header
	Raw      []byte    // header included, as long as the header says or as there is
	Payloads []Payload // none where Header.Encrypted and the version is 1
}

// ParseMessage reads the message at the start of b.
//
// What could be read is returned whatever the error. The error is the first that applies:
// of the header ([ErrTruncated]), its version ([ErrVersion]: no payload is read), its
// length ([ErrLength] below 28: no payload is read; [ErrTruncated] where b is shorter), of
// the payload chain, then [ErrTrailing] for octets behind the last payload or behind the
// announced length, and [ErrVersion] for a payload that belongs to the other version.
func ParseMessage(b []byte) (Message, error) {
	h, err := ParseHeader(b)
	m := Message{Header: h, Raw: b}
	if err != nil {
		return m, err
	}
	r := reader{layer: "header", b: b}
	if h.Major != 1 && h.Major != 2 {
		r.note("version", 17, detail(ErrVersion, "%s", h.Version()))
		return m, r.failure()
	}
	if h.Length < HeaderLen {
		r.note("length", 24, detail(ErrLength, "%d octets, the header alone has %d", h.Length, HeaderLen))
		return m, r.failure()
	}
	if uint64(h.Length) > uint64(len(b)) {
		r.note("length", 24, detail(ErrTruncated, "%d octets announced, %d are there", h.Length, len(b)))
	} else {
		m.Raw = b[:h.Length:h.Length]
	}
	m.readPayloads(&r)
	r.b, r.off = b[len(m.Raw):], len(m.Raw)
	r.end("end of message")
	return m, r.failure()
}

// readPayloads reads the chain behind the header, unless it is ciphertext.
func (m *Message) readPayloads(r *reader) {
	if m.Major == 1 && m.Encrypted() {
		return
	}
	ps, rest, err := ParsePayloads(m.NextPayload, m.Raw[HeaderLen:], HeaderLen)
	m.Payloads = ps
	if r.err == nil && err != nil {
		r.err = err.(*Error)
	}
	if len(rest) > 0 {
		r.note("end of payloads", len(m.Raw)-len(rest), detail(ErrTrailing, "%d octets", len(rest)))
	}
	for _, p := range ps {
		if v := p.Type.Major(); v != 0 && v != m.Major {
			r.note("next payload", p.Offset, detail(ErrVersion, "payload %d is of version %d", p.Type, v))
		}
	}
}

// AppendMessage appends a clear message to b: the header h with the encryption flag of
// version 1 cleared, the payloads ps in their order, Next Payload fields and lengths mended
// to fit. With the payloads of a decrypted message it makes one that any dissector reads.
func AppendMessage(b []byte, h Header, ps []Payload) []byte {
	start := len(b)
	h.NextPayload = nextOf(ps)
	if h.Major == 1 {
		h.Flags &^= FlagEncryption
	}
	b = AppendHeader(b, h)
	for i, p := range ps {
		at := len(b)
		b = AppendPayload(b, nextOf(ps[i+1:]), p.Body)
		b[at+1] = p.Reserved
		if p.Type.endsChain() {
			b[at] = byte(p.Next)
		}
	}
	binary.BigEndian.PutUint32(b[start+24:], uint32(len(b)-start))
	return b
}

// nextOf is the type of the first payload of ps.
func nextOf(ps []Payload) PayloadType {
	if len(ps) == 0 {
		return PayloadNone
	}
	return ps[0].Type
}
