package ikestate_test

import (
	"bytes"
	"crypto/aes"
	"encoding/binary"
	"slices"

	"ikescope/decode/isakmp"
	"ikescope/suite"
)

// spokenQuick is a Quick Mode that the test plays (RFC 2409, section 5.5).
type spokenQuick struct {
	mid    uint32
	nonces [2][]byte
	spis   [2][]byte
	pfs    suite.Group // zero: none
	pfsID  uint16      // its number
	flags  isakmp.Flags
	notify []isakmp.Payload // more payloads of message 2
}

func newQuick(mid uint32) *spokenQuick {
	return &spokenQuick{
		mid:    mid,
		nonces: [2][]byte{bytes.Repeat([]byte{0x71}, 16), bytes.Repeat([]byte{0x72}, 16)},
		spis:   [2][]byte{{0xa0, 0, 0, 1}, {0xa0, 0, 0, 2}},
	}
}

// offer is an SA payload's body: ESP with AES-128 and HMAC-SHA1, tunnel mode, an
// hour.
func (q *spokenQuick) offer(by int) []byte {
	attributes := [][2]uint16{{6, 128}, {5, 2}, {4, 1}, {1, 1}, {2, 3600}}
	if q.pfsID != 0 {
		attributes = append(attributes, [2]uint16{3, q.pfsID})
	}
	var list []byte
	for _, a := range attributes {
		list = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(list, 0x8000|a[0]), a[1])
	}
	transform := append([]byte{0, 0, 0, byte(8 + len(list)), 1, 12, 0, 0}, list...)
	proposal := slices.Concat([]byte{0, 0, 0, byte(12 + len(transform)), 1, 3, 4, 1}, q.spis[by], transform)
	return append([]byte{0, 0, 0, 1, 0, 0, 0, 1}, proposal...)
}

func (q *spokenQuick) payloads(by int) []isakmp.Payload {
	ps := []isakmp.Payload{payload(isakmp.PayloadSA, q.offer(by)), payload(isakmp.PayloadNonce, q.nonces[by])}
	if q.pfsID != 0 {
		public, err := q.pfs.Public(pfsPrivate[by])
		if err != nil {
			panic(err)
		}
		ps = append(ps, payload(isakmp.PayloadKE, public))
	}
	return ps
}

// pfsPrivate are the private values of the sides of a Quick Mode.
var pfsPrivate = [2][]byte{bytes.Repeat([]byte{0x41}, 20), bytes.Repeat([]byte{0x42}, 20)}

// quick sends the three messages of a Quick Mode and returns the vector of a
// fourth.
func (s *spoken) quick(q *spokenQuick) (iv []byte) {
	mid := binary.BigEndian.AppendUint32(nil, q.mid)
	hash := func(parts ...[]byte) isakmp.Payload {
		return payload(isakmp.PayloadHash, s.prf(s.a, parts...))
	}
	chain := func(ps []isakmp.Payload) []byte {
		return isakmp.AppendMessage(nil, isakmp.Header{Major: 1}, ps)[isakmp.HeaderLen:]
	}
	one := q.payloads(0)
	two := append(q.payloads(1), q.notify...)
	iv = s.digest(s.iv, mid)[:aes.BlockSize]
	iv = s.encrypt(0, isakmp.ExchangeQuick, q.mid, iv, append([]isakmp.Payload{hash(mid, chain(one))}, one...))
	iv = s.encrypt(1, isakmp.ExchangeQuick, q.mid, iv, append([]isakmp.Payload{hash(mid, q.nonces[0], chain(two))}, two...))
	s.sent[len(s.sent)-1].Message[19] |= byte(q.flags)
	return s.encrypt(0, isakmp.ExchangeQuick, q.mid, iv, []isakmp.Payload{hash([]byte{0}, mid, q.nonces[0], q.nonces[1])})
}

// keymat is the keys of the SA on which side by receives (RFC 2409, section 5.5).
func (s *spoken) keymat(q *spokenQuick, by int, gxy []byte) []byte {
	var all, k []byte
	for len(all) < 36 {
		k = s.prf(s.d, k, gxy, []byte{3}, q.spis[by], q.nonces[0], q.nonces[1])
		all = append(all, k...)
	}
	return all[:36]
}

// notification is the body of a Notification payload (RFC 2408, section 3.14).
func notification(protocol isakmp.Protocol, t isakmp.NotifyType, spi, data []byte) isakmp.Payload {
	b := []byte{0, 0, 0, 1, byte(protocol), byte(len(spi))}
	b = binary.BigEndian.AppendUint16(b, uint16(t))
	return payload(isakmp.PayloadNotify, slices.Concat(b, spi, data))
}
