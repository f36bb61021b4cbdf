package ikestate_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"net/netip"
	"slices"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
)

func transformV2(last bool, kind byte, id uint16, bits ...byte) []byte {
	b := []byte{3, 0, 0, byte(8 + 4*len(bits)), kind, 0, byte(id >> 8), byte(id)}
	if last {
		b[0] = 0
	}
	for _, n := range bits {
		b = append(b, 0x80, 14, 0, n)
	}
	return b
}

// proposalV2 is the body of an SA payload with one proposal.
func (s *spokenV2) proposalV2(protocol byte, spi []byte, group uint16, additional []uint16) []byte {
	enc, rest := uint16(12), [][]byte{transformV2(false, 3, 12)}
	if s.gcm {
		enc, rest = 20, nil
	}
	ts := append([][]byte{transformV2(false, 1, enc, 128)}, rest...)
	if protocol == 1 {
		ts = append(ts, transformV2(false, 2, 5))
	} else {
		ts = append(ts, transformV2(false, 5, 0))
	}
	if group != 0 {
		ts = append(ts, transformV2(false, 4, group))
	}
	for i, id := range slices.Backward(additional) { // their types tell the order, not their places
		ts = append(ts, transformV2(false, byte(6+i), id))
	}
	ts[len(ts)-1][0] = 0
	body := slices.Concat(ts...)
	head := []byte{0, 0, byte((8 + len(spi) + len(body)) >> 8), byte(8 + len(spi) + len(body)), 1, protocol, byte(len(spi)), byte(len(ts))}
	return slices.Concat(head, spi, body)
}

func keV2(group uint16, public []byte) isakmp.Payload {
	return payload(isakmp.PayloadKE2, slices.Concat([]byte{byte(group >> 8), byte(group), 0, 0}, public))
}

func notifyV2(kind uint16, data []byte) isakmp.Payload {
	return payload(isakmp.PayloadNotify2, slices.Concat([]byte{0, 0, byte(kind >> 8), byte(kind)}, data))
}

func chainV2(ps []isakmp.Payload) (first isakmp.PayloadType, b []byte) {
	for i, p := range ps {
		next := isakmp.PayloadNone
		if i+1 < len(ps) {
			next = ps[i+1].Type
		}
		b = isakmp.AppendPayload(b, next, p.Body)
	}
	if len(ps) > 0 {
		first = ps[0].Type
	}
	return first, b
}

func selectorV2(t isakmp.PayloadType, from, to string) isakmp.Payload {
	return payload(t, slices.Concat([]byte{1, 0, 0, 0, 7, 0, 0, 16, 0, 0, 0xff, 0xff}, netip.MustParseAddr(from).AsSlice(), netip.MustParseAddr(to).AsSlice()))
}

func (s *spokenV2) header(by int, response bool, x isakmp.ExchangeType, mid uint32, next isakmp.PayloadType, n int) []byte {
	flags := byte(0)
	if by == 0 {
		flags = 0x08
	}
	if response {
		flags |= 0x20
	}
	b := slices.Concat(s.spi[0], s.spi[1], []byte{byte(next), 0x20, byte(x), flags})
	b = binary.BigEndian.AppendUint32(b, mid)
	return binary.BigEndian.AppendUint32(b, uint32(28+n))
}

// seal encrypts content behind head, which ends with the generic header (and the
// numbers of a fragment), and mends both lengths.
func (s *spokenV2) seal(by int, head, content []byte, generic int) []byte {
	e, a := s.sk.ei, s.sk.ai
	if by == 1 {
		e, a = s.sk.er, s.sk.ar
	}
	ivLen, block := 16, 16
	if s.gcm {
		ivLen, block = 8, 4
	}
	pad := block - 1 - len(content)%block
	text := slices.Concat(content, make([]byte, pad), []byte{byte(pad)})
	iv := bytes.Repeat([]byte{byte(len(s.ds) + 1)}, ivLen)
	n := len(head) + ivLen + len(text) + 16
	binary.BigEndian.PutUint32(head[24:], uint32(n))
	binary.BigEndian.PutUint16(head[generic+2:], uint16(n-generic))
	c, err := aes.NewCipher(e[:16])
	if err != nil {
		s.t.Fatal(err)
	}
	if s.gcm {
		g, err := cipher.NewGCM(c)
		if err != nil {
			s.t.Fatal(err)
		}
		return slices.Concat(head, iv, g.Seal(nil, slices.Concat(e[16:], iv), text, head))
	}
	cipher.NewCBCEncrypter(c, iv).CryptBlocks(text, text)
	m := slices.Concat(head, iv, text)
	return append(m, prfV2(a, m)[:16]...)
}

func (s *spokenV2) send(by int, m []byte) {
	n := int64(len(s.ds) + 1)
	s.ds = append(s.ds, ikestate.Datagram{Frame: n, Nanos: n * 1e6, Src: endsV2[by], Dst: endsV2[1-by], Message: m})
}

// say speaks an encrypted message, in fragments if it is long.
func (s *spokenV2) say(by int, response bool, x isakmp.ExchangeType, mid uint32, ps ...isakmp.Payload) {
	s.t.Helper()
	first, content := chainV2(ps)
	s.sayOctets(by, response, x, mid, first, content)
}

// sayOctets speaks an encrypted message with any content.
func (s *spokenV2) sayOctets(by int, response bool, x isakmp.ExchangeType, mid uint32, first isakmp.PayloadType, content []byte) {
	s.t.Helper()
	if x == isakmp.ExchangeIntermediate {
		s.cover(by, response, mid, first, content)
	}
	if s.fragment == 0 || len(content) <= s.fragment {
		head := append(s.header(by, response, x, mid, isakmp.PayloadEncrypted, 0), byte(first), 0, 0, 0)
		s.send(by, s.seal(by, head, content, 28))
		return
	}
	parts := slices.Collect(slices.Chunk(content, s.fragment))
	for i, part := range parts {
		head := append(s.header(by, response, x, mid, isakmp.PayloadEncryptedFragment, 0), byte(first), 0, 0, 0, 0, byte(i+1), 0, byte(len(parts)))
		if i > 0 {
			head[28] = 0
		}
		s.send(by, s.seal(by, head, part, 28))
	}
}
