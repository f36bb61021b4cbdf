package ikestate_test

import (
	"bytes"
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
