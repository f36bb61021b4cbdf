package ikestate

import (
	"bytes"
	"net/netip"

	"ikescope/decode/isakmp"
)

// Message is one IKE message and what could be read of it.
type Message struct {
	Frame    int64
	Nanos    int64
	Src, Dst netip.AddrPort
	Encap    Encap
	Header   isakmp.Header
	Raw      []byte // as received
	Missing  int    // octets that the capture did not keep

	FromInitiator bool // of the ISAKMP SA
	// Position is the 1-based number of the message in its exchange (RFC 2409,
	// sections 5.1 to 5.7), 0 while unknown.
	Position int

	Payloads  []isakmp.Payload // the chain, where it could be read
	Plain     []byte           // decrypted octets behind the header, padding included
	Decrypted bool             // the chain was read in the clear
	Verified  Verdict          // of the hash or signature in the message

	// HealedOctets counts leading octets of Plain that were rebuilt and not
	// decrypted, because the initialization vector was unknown.
	HealedOctets int

	// Fragments of a message that came in fragments, by number; the message stands
	// where the last of them came. JoinedAs of a fragment is that message.
	Fragments []*Message
	JoinedAs  *Message

	RetransmissionOf *Message // first message of the same content
	Repeats          []Repeat
	Problem          error  // malformed content; what came before it is in Payloads
	Note             string // why something is unavailable

	sealed   isakmp.Payload // Encrypted payload or fragment of version 2
	openedBy int            // index of the keys that opened it, of version 2
}

// Repeat is a later appearance of a message with the same content.
type Repeat struct {
	Frame    int64
	Nanos    int64
	Src, Dst netip.AddrPort
	Encap    Encap
}

// sameAs reports whether d is the same message again: the same content from the
// same side. One address may differ, where a capture holds both sides of a NAT.
func (m *Message) sameAs(d Datagram) bool {
	return (m.Src.Addr() == d.Src.Addr() || m.Dst.Addr() == d.Dst.Addr()) && bytes.Equal(m.Raw, d.Message)
}

// Encrypted reports whether payloads of the message are encrypted: by the
// encryption bit of version 1 (RFC 2408, section 3.1), by an Encrypted payload of
// version 2 (RFC 7296, section 3.14).
func (m *Message) Encrypted() bool {
	return m.sealed.Raw != nil || m.Header.Major == 1 && m.Header.Encrypted()
}

// readClear reads what is not encrypted.
func (m *Message) readClear() {
	m.Payloads, m.Plain, m.Decrypted, m.HealedOctets, m.Problem = nil, nil, false, 0, nil
	m.sealed = isakmp.Payload{}
	if m.Encrypted() && m.Header.Major == 1 {
		return
	}
	clear, err := isakmp.ParseMessage(m.Raw)
	m.Payloads, m.Problem, m.Decrypted = clear.Payloads, err, true
	if n := len(m.Payloads); n > 0 && m.Header.Major == 2 {
		if last := m.Payloads[n-1]; last.Type == isakmp.PayloadEncrypted || last.Type == isakmp.PayloadEncryptedFragment {
			m.sealed, m.Decrypted = last, false
		}
	}
	if m.Header.Major == 2 && m.Missing > 0 && m.sealed.Raw == nil {
		m.sealCut()
	}
}

// sealCut finds the Encrypted payload or fragment of version 2 of which the capture
// kept the beginning, or only what announces it: the Next Payload field before it.
func (m *Message) sealCut() {
	next, at := m.Header.NextPayload, min(isakmp.HeaderLen, len(m.Raw))
	if n := len(m.Payloads); n > 0 {
		last := m.Payloads[n-1]
		next, at = last.Next, last.Offset+len(last.Raw)
	}
	if next == isakmp.PayloadEncrypted || next == isakmp.PayloadEncryptedFragment {
		m.sealed, m.Decrypted = isakmp.Payload{Type: next, Offset: at, Raw: m.Raw[at:]}, false
	}
}

// body returns the octets behind the header, cut to the header's length field.
func (m *Message) body() []byte {
	end := len(m.Raw)
	if n := int64(m.Header.Length); n >= isakmp.HeaderLen && n < int64(end) {
		end = int(n)
	}
	return m.Raw[min(isakmp.HeaderLen, end):end]
}

// wholeBlocks returns the ciphertext; of a message that the capture cut, the
// blocks that were kept. It is nil where the length is no multiple of a block.
func (m *Message) wholeBlocks(n int) []byte {
	b := m.body()
	switch {
	case n == 0:
		return nil
	case m.Missing > 0:
		return b[:len(b)/n*n]
	case len(b)%n != 0:
		return nil
	}
	return b
}

// lastBlock returns the last n octets of the ciphertext: the initialization
// vector of the message that follows in the exchange (RFC 2409, appendix B).
func (m *Message) lastBlock(n int) []byte {
	b := m.body()
	if m.Missing > 0 || len(b) < n || len(b)%n != 0 {
		return nil
	}
	return b[len(b)-n:]
}

// whole reports whether all payloads of the message were read.
func (m *Message) whole() bool { return m != nil && m.Decrypted && m.Missing == 0 }

// First returns the first payload of type t.
func (m *Message) First(t isakmp.PayloadType) (isakmp.Payload, bool) {
	if m != nil {
		for _, p := range m.Payloads {
			if p.Type == t {
				return p, true
			}
		}
	}
	return isakmp.Payload{}, false
}

// All returns the bodies of the payloads of type t, in order.
func (m *Message) All(t isakmp.PayloadType) (ps []isakmp.Payload) {
	if m != nil {
		for _, p := range m.Payloads {
			if p.Type == t {
				ps = append(ps, p)
			}
		}
	}
	return ps
}

// bodyOf returns the body of the first payload of type t, nil if there is none.
func (m *Message) bodyOf(t isakmp.PayloadType) []byte {
	p, ok := m.First(t)
	if !ok {
		return nil
	}
	return p.Body
}
