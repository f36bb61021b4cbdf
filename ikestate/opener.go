package ikestate

import (
	"errors"

	"ikescope/decode/isakmp"
	"ikescope/keymat"
	"ikescope/suite"
)

// maxPadding is the most octets that may follow the payload chain of a decrypted
// message. RFC 2409, appendix B pads to one block; daemons that pad at random
// (racoon) add up to a whole octet's count.
const maxPadding = 256

// opener decrypts messages of one ISAKMP SA. It never changes a message.
type opener struct {
	cipher suite.Cipher
	key    keymat.CipherKey
}

func (o opener) usable() bool { return !o.cipher.IsZero() && !o.key.IsZero() }

// opened is the plaintext of a message.
type opened struct {
	plain    []byte // behind the header
	payloads []isakmp.Payload
	healed   int // leading octets that were rebuilt, not decrypted
	position int // found by the hash, 0 if not
	verified Verdict
	problem  error
	cut      bool // the capture kept only its beginning
}

func (x opened) ok() bool { return x.plain != nil }

// open decrypts with iv and reads the chain; ok is false where the outcome is no
// payload chain, so that iv or key were not the right ones.
func (o opener) open(m *Message, iv []byte) (x opened) {
	body := m.wholeBlocks(o.cipher.BlockLen)
	if len(iv) != o.cipher.BlockLen || len(body) == 0 {
		return opened{}
	}
	plain, err := keymat.DecryptCBC(o.cipher, o.key, iv, body)
	if err != nil {
		return opened{}
	}
	return readChain(m.Header.NextPayload, plain, m.Missing > 0)
}

// readChain parses a decrypted payload chain. A wrong key gives octets whose
// generic headers do not chain: unknown types, reserved octets set, lengths that
// leave the message (RFC 2408, section 3.2).
//
// Of a message that the capture cut, the payloads in front of the cut are read.
func readChain(first isakmp.PayloadType, plain []byte, cut bool) opened {
	ps, rest, err := isakmp.ParsePayloads(first, plain, isakmp.HeaderLen)
	if cut && errors.Is(err, isakmp.ErrTruncated) {
		rest, err = nil, nil
	}
	if len(ps) == 0 || len(rest) > maxPadding {
		return opened{}
	}
	for _, p := range ps {
		if !version1(p.Type) || p.Raw[1] != 0 {
			return opened{}
		}
	}
	if err != nil {
		return opened{}
	}
	return opened{plain: plain, payloads: ps, cut: cut}
}

// payload returns the body of the first payload of type t.
func (x opened) payload(t isakmp.PayloadType) []byte {
	for _, p := range x.payloads {
		if p.Type == t {
			return p.Body
		}
	}
	return nil
}

// commit writes the outcome into the message.
func (x opened) commit(m *Message) {
	m.Plain, m.Payloads, m.HealedOctets = x.plain, x.payloads, x.healed
	m.Decrypted, m.Verified, m.Problem, m.Note = true, x.verified, x.problem, ""
	if x.position != 0 {
		m.Position = x.position
	}
}

// version1 reports whether a payload type may stand in a message of version 1,
// under a registered number or one that NAT traversal drafts took.
func version1(t isakmp.PayloadType) bool {
	return t.Major() == 1 || t.IsNATD() || t.IsNATOA()
}
