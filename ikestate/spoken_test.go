package ikestate_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha1"
	"encoding/binary"
	"hash"
	"net/netip"
	"slices"
	"testing"

	"ikescope/decode/isakmp"
	"ikescope/ikestate"
	"ikescope/keymat"
	"ikescope/secrets"
	"ikescope/suite"
)

// A spoken conversation is one that no daemon of the lab could hold: the test
// plays both sides, by the formulas of RFC 2409 and nothing of the program but
// the encoding of payloads and the group's arithmetic.
type spoken struct {
	exchange isakmp.ExchangeType
	auth     isakmp.AuthMethod
	hash     func() hash.Hash
	hashID   byte // RFC 2409, appendix A

	side  [2]side
	cky   [2][]byte
	sa    []byte
	gxy   []byte
	id    [2][]byte
	iv    []byte // of the next encrypted message of phase 1
	skey  []byte
	d     []byte
	a     []byte
	e     []byte
	sent  []ikestate.Datagram
	sign  func(s *spoken, by int, hash []byte) []byte // a Signature payload
	psk   []byte
	chain [2][]byte // Certificate payload bodies
}

type side struct {
	private, public, nonce []byte
	rsa                    *rsa.PrivateKey // of public key encryption
}

var group, _ = suite.GroupByName("modp1024")

func newSpoken(t testing.TB, exchange isakmp.ExchangeType, auth isakmp.AuthMethod) *spoken {
	t.Helper()
	s := &spoken{exchange: exchange, auth: auth, hash: sha1.New, hashID: 2, psk: []byte("spoken key")}
	for i := range s.side {
		private := bytes.Repeat([]byte{byte(0x31 + i)}, 20)
		public, err := group.Public(private)
		if err != nil {
			t.Fatal(err)
		}
		s.side[i] = side{private: private, public: public, nonce: bytes.Repeat([]byte{byte(0x51 + i)}, 16)}
		s.cky[i] = bytes.Repeat([]byte{byte(0xc0 + i)}, 8)
	}
	shared, err := group.Shared(s.side[0].private, s.side[1].public)
	if err != nil {
		t.Fatal(err)
	}
	s.gxy = shared
	s.id = [2][]byte{idBody("initiator.example"), idBody("responder.example")}
	s.setSA()
	return s
}

// setSA writes the body of an SA payload with one proposal of one transform: AES
// with 128 bits, the hash, the method, group 2.
func (s *spoken) setSA() {
	var attributes []byte
	for _, a := range [][2]uint16{{1, 7}, {14, 128}, {2, uint16(s.hashID)}, {3, uint16(s.auth)}, {4, 2}} {
		attributes = binary.BigEndian.AppendUint16(attributes, 0x8000|a[0])
		attributes = binary.BigEndian.AppendUint16(attributes, a[1])
	}
	transform := append([]byte{0, 0, 0, byte(8 + len(attributes)), 1, 1, 0, 0}, attributes...)
	proposal := append([]byte{0, 0, 0, byte(8 + len(transform)), 1, 1, 0, 1}, transform...)
	s.sa = append([]byte{0, 0, 0, 1, 0, 0, 0, 1}, proposal...)
}

func idBody(name string) []byte {
	return append([]byte{byte(isakmp.IDFQDN), 0, 0, 0}, name...)
}

func (s *spoken) prf(key []byte, parts ...[]byte) []byte {
	m := hmac.New(s.hash, key)
	m.Write(slices.Concat(parts...))
	return m.Sum(nil)
}

func (s *spoken) digest(parts ...[]byte) []byte {
	h := s.hash()
	h.Write(slices.Concat(parts...))
	return h.Sum(nil)
}

// derive computes SKEYID and what follows from it (RFC 2409, section 5).
func (s *spoken) derive() {
	ni, nr := s.side[0].nonce, s.side[1].nonce
	switch s.auth.Plain() {
	case isakmp.AuthPSK:
		s.skey = s.prf(s.psk, ni, nr)
	case isakmp.AuthRSAEncryption, isakmp.AuthRSARevisedEncryption:
		s.skey = s.prf(s.digest(ni, nr), s.cky[0], s.cky[1])
	default:
		s.skey = s.prf(slices.Concat(ni, nr), s.gxy)
	}
	s.d = s.prf(s.skey, s.gxy, s.cky[0], s.cky[1], []byte{0})
	s.a = s.prf(s.skey, s.d, s.gxy, s.cky[0], s.cky[1], []byte{1})
	s.e = s.prf(s.skey, s.a, s.gxy, s.cky[0], s.cky[1], []byte{2})
	s.iv = s.digest(s.side[0].public, s.side[1].public)[:aes.BlockSize]
}

// authHash is HASH_I or HASH_R under a hash (RFC 2409, section 5; for Base Mode
// draft-ietf-ipsec-ike-base-mode).
func (s *spoken) authHash(by int, h func() hash.Hash) []byte {
	key, xi, xr := s.skey, s.side[0].public, s.side[1].public
	base := s.exchange == isakmp.ExchangeBase
	if base && s.auth.IsSignature() {
		key = s.digest(s.side[0].nonce, s.side[1].nonce)
	}
	m := hmac.New(h, key)
	switch {
	case base && by == 0:
		m.Write(slices.Concat(xi, s.cky[0], s.cky[1], s.sa, s.id[0]))
	case base && s.auth.IsSignature():
		m.Write(slices.Concat(xi, xr, s.cky[0], s.cky[1], s.sa, s.id[0]))
	case by == 0:
		m.Write(slices.Concat(xi, xr, s.cky[0], s.cky[1], s.sa, s.id[0]))
	default:
		m.Write(slices.Concat(xr, xi, s.cky[1], s.cky[0], s.sa, s.id[1]))
	}
	return m.Sum(nil)
}

// proof is the payload that proves a side's identity, and its certificates.
func (s *spoken) proof(by int) (ps []isakmp.Payload) {
	if s.sign == nil || s.auth.IsHybrid() && by == 0 {
		return []isakmp.Payload{{Type: isakmp.PayloadHash, Body: s.authHash(by, s.hash)}}
	}
	if s.chain[by] != nil {
		ps = append(ps, isakmp.Payload{Type: isakmp.PayloadCert, Body: s.chain[by]})
	}
	return append(ps, isakmp.Payload{Type: isakmp.PayloadSignature, Body: s.sign(s, by, s.authHash(by, s.hash))})
}

var ends = [2]netip.AddrPort{netip.MustParseAddrPort("192.0.2.1:500"), netip.MustParseAddrPort("192.0.2.2:500")}

// say sends a message in the clear.
func (s *spoken) say(by int, ps ...isakmp.Payload) {
	s.send(by, isakmp.AppendMessage(nil, s.header(s.exchange, 0), ps))
}

func (s *spoken) header(x isakmp.ExchangeType, mid uint32) isakmp.Header {
	h := isakmp.Header{Major: 1, Exchange: x, MessageID: mid}
	copy(h.CookieI[:], s.cky[0])
	if len(s.sent) > 0 {
		copy(h.CookieR[:], s.cky[1])
	}
	return h
}

func (s *spoken) send(by int, message []byte) {
	s.sent = append(s.sent, ikestate.Datagram{
		Frame: int64(len(s.sent) + 1), Nanos: int64(len(s.sent)) * 1e6, Src: ends[by], Dst: ends[1-by], Message: message,
	})
}

// encrypt sends a message encrypted with iv and returns its last block.
func (s *spoken) encrypt(by int, x isakmp.ExchangeType, mid uint32, iv []byte, ps []isakmp.Payload) []byte {
	clear := isakmp.AppendMessage(nil, s.header(x, mid), ps)
	body := clear[isakmp.HeaderLen:]
	body = append(body, make([]byte, (aes.BlockSize-len(body)%aes.BlockSize)%aes.BlockSize)...)
	block, err := aes.NewCipher(s.e[:16])
	if err != nil {
		panic(err)
	}
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(body, body)
	message := append(clear[:isakmp.HeaderLen:isakmp.HeaderLen], body...)
	message[19] |= byte(isakmp.FlagEncryption)
	binary.BigEndian.PutUint32(message[24:], uint32(len(message)))
	s.send(by, message)
	return body[len(body)-aes.BlockSize:]
}

// protected sends a message of an exchange under the ISAKMP SA, HASH(1) in front.
func (s *spoken) protected(by int, x isakmp.ExchangeType, mid uint32, ps ...isakmp.Payload) {
	chained := s.digest(s.iv, binary.BigEndian.AppendUint32(nil, mid))[:aes.BlockSize]
	s.encrypt(by, x, mid, chained, s.hashed(mid, ps))
}

// hashed puts a HASH payload before payloads.
func (s *spoken) hashed(mid uint32, ps []isakmp.Payload) []isakmp.Payload {
	rest := isakmp.AppendMessage(nil, isakmp.Header{Major: 1}, ps)[isakmp.HeaderLen:]
	h := s.prf(s.a, binary.BigEndian.AppendUint32(nil, mid), rest)
	return append([]isakmp.Payload{{Type: isakmp.PayloadHash, Body: h}}, ps...)
}

func payload(t isakmp.PayloadType, body []byte) isakmp.Payload {
	return isakmp.Payload{Type: t, Body: body}
}

// speak sends phase 1 and a Delete of the ISAKMP SA.
func (s *spoken) speak() []ikestate.Datagram {
	s.derive()
	sa := payload(isakmp.PayloadSA, s.sa)
	ke := func(i int) isakmp.Payload { return payload(isakmp.PayloadKE, s.side[i].public) }
	nonce := func(i int) isakmp.Payload { return payload(isakmp.PayloadNonce, s.side[i].nonce) }
	id := func(i int) isakmp.Payload { return payload(isakmp.PayloadID, s.id[i]) }
	switch s.exchange {
	case isakmp.ExchangeMain:
		s.say(0, sa)
		s.say(1, sa)
		s.say(0, ke(0), nonce(0))
		s.say(1, ke(1), nonce(1))
		for i := range 2 {
			s.iv = s.encrypt(i, s.exchange, 0, s.iv, append([]isakmp.Payload{id(i)}, s.proof(i)...))
		}
	case isakmp.ExchangeAggressive:
		s.say(0, sa, ke(0), nonce(0), id(0))
		s.say(1, append([]isakmp.Payload{sa, ke(1), nonce(1), id(1)}, s.proof(1)...)...)
		s.say(0, s.proof(0)...)
	case isakmp.ExchangeBase:
		s.say(0, sa, id(0), nonce(0))
		s.say(1, sa, id(1), nonce(1))
		s.say(0, append([]isakmp.Payload{ke(0)}, s.proof(0)...)...)
		s.say(1, append([]isakmp.Payload{ke(1)}, s.proof(1)...)...)
	}
	s.sayDelete()
	return s.sent
}

// sayDelete ends the ISAKMP SA (RFC 2408, section 3.15).
func (s *spoken) sayDelete() {
	body := slices.Concat([]byte{0, 0, 0, 1, 1, 16, 0, 1}, s.cky[0], s.cky[1])
	s.protected(0, isakmp.ExchangeInformational, 0x01020304, payload(isakmp.PayloadDelete, body))
}

// ring knows what a user may: the initiator's private value and the PSK.
func (s *spoken) ring() *secrets.Ring {
	return &secrets.Ring{
		PSKs: []secrets.PSK{{Secret: keymat.NewSecret(s.psk), Source: secrets.Source{File: "psk"}}},
		DHs:  []secrets.DH{{Private: keymat.NewSecret(s.side[0].private), Source: secrets.Source{File: "dh"}}},
	}
}

var phase1Exchanges = []isakmp.ExchangeType{isakmp.ExchangeMain, isakmp.ExchangeAggressive, isakmp.ExchangeBase}
