package ikestate_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"net/netip"
	"slices"
	"testing"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/keymat"
	"ikescope/secrets"
)

// spokenV2 are two peers that speak IKEv2 as RFC 7296, 7383, 8784, 9242 and 9370
// write it down, with none of this project's cryptography: curve25519, HMAC-SHA2-256
// as PRF, AES-128 in CBC with HMAC-SHA2-256-128, or in GCM.
type spokenV2 struct {
	t          testing.TB
	gcm        bool
	fragment   int      // octets of content in a fragment, 0: messages are whole
	additional []uint16 // further key exchanges of the IKE SA
	psk        []byte

	spi     [2][]byte
	nonce   [2][]byte
	shared  []byte    // g^ir
	initial [2][]byte // IKE_SA_INIT messages
	sk      skV2
	intAuth [2][]byte
	authMID uint32 // 0: IntAuth is empty
	mid     uint32 // of the next request of the initiator

	ds []ikestate.Datagram
}

// skV2 are the secrets of an IKE SA.
type skV2 struct{ d, ai, ar, ei, er, pi, pr []byte }

var endsV2 = [2]netip.AddrPort{netip.MustParseAddrPort("192.0.2.1:500"), netip.MustParseAddrPort("192.0.2.2:500")}

func newSpokenV2(t testing.TB) *spokenV2 {
	return &spokenV2{
		t: t, psk: []byte("pre-shared key of both"),
		spi:   [2][]byte{bytes.Repeat([]byte{0xa1}, 8), bytes.Repeat([]byte{0xb2}, 8)},
		nonce: [2][]byte{bytes.Repeat([]byte{0x1a}, 32), bytes.Repeat([]byte{0x2b}, 24)},
	}
}

func prfV2(key []byte, parts ...[]byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(slices.Concat(parts...))
	return h.Sum(nil)
}

func prfPlusV2(key []byte, n int, parts ...[]byte) (out []byte) {
	var t []byte
	for i := byte(1); len(out) < n; i++ {
		t = prfV2(key, t, slices.Concat(parts...), []byte{i})
		out = append(out, t...)
	}
	return out[:n]
}

// expand is RFC 7296, section 2.14.
func (s *spokenV2) expand(seed []byte, nonce, spi [2][]byte) (k skV2) {
	a, e := 32, 16
	if s.gcm {
		a, e = 0, 20
	}
	stream := prfPlusV2(seed, 3*32+2*a+2*e, nonce[0], nonce[1], spi[0], spi[1])
	take := func(n int) (b []byte) {
		b, stream = stream[:n], stream[n:]
		return b
	}
	return skV2{take(32), take(a), take(a), take(e), take(e), take(32), take(32)}
}

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

func (s *spokenV2) send(by int, m []byte) {
	n := int64(len(s.ds) + 1)
	s.ds = append(s.ds, ikestate.Datagram{Frame: n, Nanos: n * 1e6, Src: endsV2[by], Dst: endsV2[1-by], Message: m})
}

// begin speaks IKE_SA_INIT.
func (s *spokenV2) begin(extra ...isakmp.Payload) {
	s.t.Helper()
	var private [2]*ecdh.PrivateKey
	for i := range private {
		k, err := ecdh.X25519().NewPrivateKey(bytes.Repeat([]byte{byte(0x31 + i)}, 32))
		if err != nil {
			s.t.Fatal(err)
		}
		private[i] = k
	}
	responder := s.spi[1]
	for by, spi := range [][]byte{make([]byte, 8), responder} {
		s.spi[1] = spi
		first, body := chainV2(append([]isakmp.Payload{
			payload(isakmp.PayloadSA2, s.proposalV2(1, nil, 31, s.additional)), keV2(31, private[by].PublicKey().Bytes()), payload(isakmp.PayloadNonce2, s.nonce[by]),
		}, extra...))
		s.initial[by] = append(s.header(by, by == 1, isakmp.ExchangeIKESAInit, 0, first, len(body)), body...)
		s.send(by, s.initial[by])
	}
	shared, err := private[0].ECDH(private[1].PublicKey())
	if err != nil {
		s.t.Fatal(err)
	}
	s.shared, s.mid = shared, 1
	s.sk = s.expand(prfV2(slices.Concat(s.nonce[0], s.nonce[1]), shared), s.nonce, s.spi)
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

// cover adds a message to IntAuth (RFC 9242, section 3.3.2): as if it were whole, and
// ended with its content.
func (s *spokenV2) cover(by int, response bool, mid uint32, first isakmp.PayloadType, content []byte) {
	a := s.header(by, response, isakmp.ExchangeIntermediate, mid, isakmp.PayloadEncrypted, 4+len(content))
	a = append(a, byte(first), 0, byte((4+len(content))>>8), byte(4+len(content)))
	s.intAuth[by] = prfV2([][]byte{s.sk.pi, s.sk.pr}[by], s.intAuth[by], a, content)
	s.authMID = mid + 1
}

// exchange speaks a request of the initiator and its response.
func (s *spokenV2) exchange(x isakmp.ExchangeType, request, response []isakmp.Payload) {
	s.t.Helper()
	s.say(0, false, x, s.mid, request...)
	s.say(1, true, x, s.mid, response...)
	s.mid++
}

// between speaks an IKE_INTERMEDIATE exchange with a key exchange (RFC 9370, section
// 2.2.2).
func (s *spokenV2) between(group uint16, secret, publicI, publicR []byte) {
	s.t.Helper()
	s.exchange(isakmp.ExchangeIntermediate, []isakmp.Payload{keV2(group, publicI)}, []isakmp.Payload{keV2(group, publicR)})
	s.sk = s.expand(prfV2(s.sk.d, secret, s.nonce[0], s.nonce[1]), s.nonce, s.spi)
}

// identity is the body of a side's ID payload.
func (s *spokenV2) identity(by int) []byte {
	return append([]byte{1, 0, 0, 0}, endsV2[by].Addr().AsSlice()...)
}

// auth is the AUTH value of a side (RFC 7296, section 2.15).
func (s *spokenV2) auth(by int, skp []byte) []byte {
	covered := slices.Concat(s.initial[by], s.nonce[1-by], prfV2(skp, s.identity(by)))
	if s.authMID != 0 {
		covered = slices.Concat(covered, s.intAuth[0], s.intAuth[1], binary.BigEndian.AppendUint32(nil, s.authMID))
	}
	return prfV2(prfV2(s.psk, []byte("Key Pad for IKEv2")), covered)
}

func selectorV2(t isakmp.PayloadType, from, to string) isakmp.Payload {
	return payload(t, slices.Concat([]byte{1, 0, 0, 0, 7, 0, 0, 16, 0, 0, 0xff, 0xff}, netip.MustParseAddr(from).AsSlice(), netip.MustParseAddr(to).AsSlice()))
}

// childV2 is what a side sends of a child SA.
func (s *spokenV2) childV2(by int, group uint16, additional []uint16) []isakmp.Payload {
	return []isakmp.Payload{
		payload(isakmp.PayloadSA2, s.proposalV2(3, []byte{0xc0, byte(s.mid), 0, byte(by)}, group, additional)),
		selectorV2(isakmp.PayloadTSi, "10.1.0.0", "10.1.0.255"), selectorV2(isakmp.PayloadTSr, "10.2.0.0", "10.2.0.255"),
	}
}

// authenticate speaks IKE_AUTH with the first child SA; extra belongs to each side.
func (s *spokenV2) authenticate(skp [2][]byte, extra [2][]isakmp.Payload) {
	s.t.Helper()
	var ps [2][]isakmp.Payload
	for by, kind := range []isakmp.PayloadType{isakmp.PayloadIDi, isakmp.PayloadIDr} {
		auth := payload(isakmp.PayloadAuth, append([]byte{2, 0, 0, 0}, s.auth(by, skp[by])...))
		ps[by] = slices.Concat([]isakmp.Payload{payload(kind, s.identity(by)), auth}, s.childV2(by, 0, nil), extra[by])
	}
	s.exchange(isakmp.ExchangeIKEAuth, ps[0], ps[1])
}

// childKeys is KEYMAT of both directions (RFC 9370, section 2.2.4), cut in halves.
func (s *spokenV2) childKeys(d, sk0 []byte, nonce [2][]byte, further ...[]byte) (halves [2][]byte) {
	n := 48
	if s.gcm {
		n = 20
	}
	k := prfPlusV2(d, 2*n, sk0, nonce[0], nonce[1], slices.Concat(further...))
	return [2][]byte{k[:n], k[n:]}
}

// hasKeys checks that the SAs of an exchange have keys among their candidates.
func (s *spokenV2) hasKeys(c *ikestate.Conversation, mid uint32, want [2][]byte) {
	s.t.Helper()
	found := 0
	for _, sa := range c.IPsecSAs {
		if sa.MessageID != mid {
			continue
		}
		at := slices.IndexFunc(sa.Keys, func(k ikestate.SAKeys) bool {
			return bytes.Equal(slices.Concat(k.Encryption.Bytes(), k.Integrity.Bytes()), want[found%2])
		})
		if at < 0 {
			s.t.Errorf("SA %08x of message ID %d: %d candidates, none is right", sa.SPI, mid, len(sa.Keys))
		}
		found++
	}
	if found != 2 {
		s.t.Errorf("message ID %d: %d SAs", mid, found)
	}
}

// knows is a ring of shared secrets, each with a line of its own.
func knows(shared ...[]byte) *secrets.Ring {
	r := new(secrets.Ring)
	for i, s := range shared {
		r.DHs = append(r.DHs, secrets.DH{Shared: keymat.NewSecret(s), Source: secrets.Source{File: "dh", Line: i + 1}})
	}
	return r
}

func (s *spokenV2) withPSK(r *secrets.Ring) *secrets.Ring {
	r.PSKs = append(r.PSKs, secrets.PSK{Secret: keymat.NewSecret(s.psk), Source: secrets.Source{File: "psk", Line: 1}})
	return r
}

// solved returns the conversation that began first.
func (s *spokenV2) solved(r *secrets.Ring) *ikestate.Conversation {
	e := solve(s.t, s.ds, r)
	return e.Conversations()[0]
}

// proved checks what AUTH of both sides says.
func (s *spokenV2) proved(c *ikestate.Conversation, i, r ikestate.Verdict) {
	s.t.Helper()
	if c.Phase1.HashI != i || c.Phase1.HashR != r {
		s.t.Errorf("AUTH of the initiator %v (%s), of the responder %v (%s); want %v, %v",
			c.Phase1.HashI, c.Phase1.Proof(ikestate.Initiator).Why, c.Phase1.HashR, c.Phase1.Proof(ikestate.Responder).Why, i, r)
	}
}
