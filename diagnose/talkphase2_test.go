package diagnose_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	sha256sum "crypto/sha256"
	"encoding/binary"
	"net/netip"
	"slices"

	"ikescope/decode/isakmp"
	"ikescope/keymat"
)

// exchange is an exchange under the ISAKMP SA.
type exchange struct {
	k   *talk
	x   isakmp.ExchangeType
	mid uint32
	iv  []byte
}

func (k *talk) begin(x isakmp.ExchangeType) *exchange {
	k.mids += 0x01010101
	return &exchange{k: k, x: x, mid: k.mids}
}

// send records a message whose HASH payload is hash, or HASH(1) where that is nil.
func (e *exchange) send(from int, hash []byte, ps ...payload) int {
	k := e.k
	if hash == nil {
		_, rest := chain(ps)
		hash = k.keys[from].k.A.Hash1(k.p.PRF, e.mid, rest)
	}
	if e.iv == nil {
		last := k.last[from]
		if last == nil {
			last = k.iv[from]
		}
		e.iv = keymat.Phase2IV(k.p.Hash, last, e.mid, aes.BlockSize)
	}
	first, b := k.seal(from, e.iv, append([]payload{{isakmp.PayloadHash, hash}}, ps...))
	e.iv = keymat.LastBlock(b, aes.BlockSize)
	return k.send(from, header(k.cookieI, k.cookieR, first, e.x, 1, e.mid, b))
}

// notify builds the body of a Notification payload.
func notify(protocol isakmp.Protocol, t isakmp.NotifyType, spi, data []byte) payload {
	b := []byte{0, 0, 0, 1, byte(protocol), byte(len(spi))}
	b = binary.BigEndian.AppendUint16(b, uint16(t))
	return payload{isakmp.PayloadNotify, append(append(b, spi...), data...)}
}

// informs records an encrypted Informational message.
func (k *talk) informs(from int, ps ...payload) int {
	return k.begin(isakmp.ExchangeInformational).send(from, nil, ps...)
}

// tells records an Informational message in the clear.
func (k *talk) tells(from int, ps ...payload) int {
	k.mids += 0x01010101
	return k.send(from, k.clear(isakmp.ExchangeInformational, k.mids, ps...))
}

// probe is a dead peer detection message.
func (k *talk) probe(t isakmp.NotifyType, seq uint32) payload {
	spi := slices.Concat(k.cookieI[:], k.cookieR[:])
	return notify(isakmp.ProtocolISAKMP, t, spi, binary.BigEndian.AppendUint32(nil, seq))
}

// deletes builds a Delete of SPIs, or of the ISAKMP SA where none is given.
func (k *talk) deletes(spis ...uint32) payload {
	b := []byte{0, 0, 0, 1, byte(isakmp.ProtocolESP), 4}
	if len(spis) == 0 {
		b = append([]byte{0, 0, 0, 1, byte(isakmp.ProtocolISAKMP), 16, 0, 1}, k.cookieI[:]...)
		return payload{isakmp.PayloadDelete, append(b, k.cookieR[:]...)}
	}
	b = binary.BigEndian.AppendUint16(b, uint16(len(spis)))
	for _, s := range spis {
		b = binary.BigEndian.AppendUint32(b, s)
	}
	return payload{isakmp.PayloadDelete, b}
}

// subnet is a selector.
func subnet(prefix string) payload {
	p := netip.MustParsePrefix(prefix)
	mask := make([]byte, 4)
	for i := range p.Bits() {
		mask[i/8] |= 0x80 >> (i % 8)
	}
	return payload{isakmp.PayloadID, slices.Concat([]byte{4, 0, 0, 0}, p.Addr().AsSlice(), mask)}
}

// mode is a Quick Mode to play.
type mode struct {
	from                 int
	spi                  uint32 // of the initiator of the Quick Mode; the other is one higher
	transform            []byte // what is proposed
	chosen               []byte // nil: the same
	local, remote        string // selectors; "": none
	answerOf, answerFrom string // selectors of message 2; "": the same
	ke                   bool
}

func (k *talk) quick(m mode) *exchange {
	e := k.begin(isakmp.ExchangeQuick)
	k.first(e, m)
	k.answer(e, m)
	k.third(e, m)
	k.make(m)
	return e
}

func (m mode) nonces() (i, r []byte) {
	return []byte("quick nonce of the initiator"), []byte("quick nonce of the responder")
}

func be32(v uint32) []byte { return binary.BigEndian.AppendUint32(nil, v) }

func (k *talk) first(e *exchange, m mode) int {
	ni, _ := m.nonces()
	ps := []payload{{isakmp.PayloadSA, sa(isakmp.ProtocolESP, be32(m.spi), espAES, m.transform)}, {isakmp.PayloadNonce, ni}}
	if m.ke {
		ps = append(ps, payload{isakmp.PayloadKE, k.p.GXI})
	}
	if m.local != "" {
		ps = append(ps, subnet(m.local), subnet(m.remote))
	}
	return e.send(m.from, nil, ps...)
}

func (k *talk) answer(e *exchange, m mode) int {
	ni, nr := m.nonces()
	chosen := m.chosen
	if chosen == nil {
		chosen = m.transform
	}
	ps := []payload{{isakmp.PayloadSA, sa(isakmp.ProtocolESP, be32(m.spi+1), espAES, chosen)}, {isakmp.PayloadNonce, nr}}
	if m.ke {
		ps = append(ps, payload{isakmp.PayloadKE, k.p.GXR})
	}
	local, remote := m.local, m.remote
	if m.answerOf != "" {
		local, remote = m.answerOf, m.answerFrom
	}
	if local != "" {
		ps = append(ps, subnet(local), subnet(remote))
	}
	_, rest := chain(ps)
	return e.send(1-m.from, k.keys[1-m.from].k.A.Hash2(k.p.PRF, e.mid, ni, rest), ps...)
}

// make derives the keys of both SAs.
func (k *talk) make(m mode) {
	ni, nr := m.nonces()
	for _, spi := range []uint32{m.spi, m.spi + 1} {
		in := keymat.QuickMode{Protocol: 3, SPI: be32(spi), NiB: ni, NrB: nr}
		if m.ke {
			in.GQMXY = k.shared
		}
		b := k.keys[m.from].k.D.Keymat(k.p.PRF, in, 48).Bytes()
		k.sas[spi] = [2][]byte{b[:16], b[16:]}
	}
}

func (k *talk) third(e *exchange, m mode) int {
	ni, nr := m.nonces()
	return e.send(m.from, k.keys[m.from].k.A.Hash3(k.p.PRF, e.mid, ni, nr))
}

// usual is a Quick Mode for the usual networks.
func usual(from int, spi uint32) mode {
	m := mode{from: from, spi: spi, transform: phase2(hmac256, 0, 3600), local: "10.1.0.0/24", remote: "10.2.0.0/24"}
	if from == sideB {
		m.local, m.remote = m.remote, m.local
	}
	return m
}

// traffic records n packets in each direction on the SAs of a Quick Mode.
func (k *talk) traffic(m mode, n int) {
	for range n {
		k.esp(1-m.from, m.spi)
		k.esp(m.from, m.spi+1)
	}
}

// transaction builds the body of an Attributes payload of one attribute.
func transaction(t isakmp.ConfigType, a isakmp.ConfigAttribute, value []byte, basic bool) payload {
	b := []byte{byte(t), 0, 0, 1}
	if basic {
		b = append(b, attr(uint16(a), binary.BigEndian.Uint16(value))...)
	} else {
		b = binary.BigEndian.AppendUint16(b, uint16(a))
		b = binary.BigEndian.AppendUint16(b, uint16(len(value)))
		b = append(b, value...)
	}
	return payload{isakmp.PayloadAttributes, b}
}

// esp records an ESP packet with the next sequence number of its SPI.
func (k *talk) esp(from int, spi uint32) int {
	k.seq[spi]++
	return k.espSeq(from, spi, k.seq[spi])
}

func (k *talk) espSeq(from int, spi, seq uint32) int {
	src, dst := k.ends(from)
	b := k.sealed(spi, seq, k.icvLen)
	if src.Port() == 4500 {
		return k.packet(17, src.Addr(), dst.Addr(), udp(src.Port(), dst.Port(), b))
	}
	return k.packet(50, src.Addr(), dst.Addr(), b)
}

// sealed builds an ESP packet of an SA that a Quick Mode made, AES-128 with
// HMAC-SHA2-256 cut to icv octets; of an unknown SA, one under a key of zeros.
func (k *talk) sealed(spi, seq uint32, icv int) []byte {
	keys, ok := k.sas[spi]
	if !ok {
		keys = [2][]byte{make([]byte, 16), make([]byte, 32)}
	}
	inner := make([]byte, 30+k.fill)
	inner[0], inner[9] = 0x45, 17
	binary.BigEndian.PutUint16(inner[2:], uint16(len(inner)))
	for i := range 16 {
		inner = append(inner, byte(i+1))
	}
	inner = append(inner, 16, 4)
	b := binary.BigEndian.AppendUint32(be32(spi), seq)
	iv := bytes.Repeat([]byte{byte(seq)}, 16)
	b = append(append(b, iv...), inner...)
	block, err := aes.NewCipher(keys[0])
	if err != nil {
		k.t.Fatal(err)
	}
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(b[24:], b[24:])
	h := hmac.New(sha256sum.New, keys[1])
	h.Write(b)
	return append(b, h.Sum(nil)[:icv]...)
}
