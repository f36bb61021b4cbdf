package diagnose_test

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"net/netip"
	"testing"

	"ikescope/decode/isakmp"
	"ikescope/keymat"
	"ikescope/pcaps"
	"ikescope/secrets"
	"ikescope/suite"
)

// talk plays two IKE version 1 peers and records what goes over the wire. It
// speaks curve25519, SHA2-256 and AES-128: the messages have the form that the
// RFCs draw, with real keys, so that an analysis with secrets opens them.
type talk struct {
	t      testing.TB
	a, b   netip.AddrPort // a begins phase 1
	nanos  int64
	frames []pcaps.Frame

	cookieI, cookieR isakmp.Cookie
	auth             isakmp.AuthMethod
	pskA, pskB       string
	certs            [2]*certified // with signatures: what a side shows, nil for no certificate
	ring             secrets.Ring  // what a user with all secrets has
	offer            []byte        // body of message 1's SA payload
	p                keymat.Phase1
	keys             [2]side // by side: they differ where the pre-shared keys do
	shared           keymat.Secret
	iv               [2][]byte
	last             [2][]byte // last block of phase 1 as each side sees it
	mids             uint32
	cookies          byte
	seq              map[uint32]uint32
	sas              map[uint32][2][]byte // keys of IPsec SAs by SPI
	icvLen           int                  // octets to which ICVs are cut
	fill             int                  // octets by which inner packets are longer, whole blocks
}

// side is what one peer derived.
type side struct {
	id  keymat.SKEYID
	k   keymat.Keys
	key []byte
}

const (
	sideA = 0
	sideB = 1
)

var (
	addrA = netip.MustParseAddrPort("192.0.2.1:500")
	addrB = netip.MustParseAddrPort("192.0.2.2:500")
)

func newTalk(t testing.TB) *talk {
	return &talk{
		t: t, a: addrA, b: addrB, nanos: 1_700_000_000e9, auth: isakmp.AuthPSK,
		pskA: "a long enough pre-shared key", pskB: "a long enough pre-shared key", seq: map[uint32]uint32{},
		sas: map[uint32][2][]byte{}, icvLen: 16,
	}
}

// wait lets time pass.
func (k *talk) wait(ms int64) { k.nanos += ms * 1e6 }

// ends are the source and destination of a packet of a side.
func (k *talk) ends(from int) (src, dst netip.AddrPort) {
	if from == sideA {
		return k.a, k.b
	}
	return k.b, k.a
}

// packet records an IPv4 datagram one millisecond after the one before, and
// returns its number.
func (k *talk) packet(protocol byte, src, dst netip.Addr, payload []byte) int {
	k.wait(1)
	h := make([]byte, 20, 20+len(payload))
	h[0], h[8], h[9] = 0x45, 64, protocol
	binary.BigEndian.PutUint16(h[2:], uint16(20+len(payload)))
	copy(h[12:], src.AsSlice())
	copy(h[16:], dst.AsSlice())
	d := append(h, payload...)
	k.frames = append(k.frames, pcaps.Frame{Nanos: k.nanos, Data: d, WireLen: len(d)})
	return len(k.frames)
}

func udp(src, dst uint16, payload []byte) []byte {
	b := binary.BigEndian.AppendUint16(nil, src)
	b = binary.BigEndian.AppendUint16(b, dst)
	b = binary.BigEndian.AppendUint16(b, uint16(8+len(payload)))
	return append(append(b, 0, 0), payload...)
}

// send records a message of a side.
func (k *talk) send(from int, message []byte) int {
	src, dst := k.ends(from)
	if src.Port() == 4500 || dst.Port() == 4500 {
		message = append(make([]byte, 4), message...)
	}
	return k.packet(17, src.Addr(), dst.Addr(), udp(src.Port(), dst.Port(), message))
}

// again records an earlier packet once more, some time later.
func (k *talk) again(frame int, ms int64) int {
	k.wait(ms)
	f := k.frames[frame-1]
	f.Nanos = k.nanos
	k.frames = append(k.frames, f)
	return len(k.frames)
}

// icmp records an ICMP error of a host about an earlier packet.
func (k *talk) icmp(from netip.Addr, typ, code byte, mtu uint16, about int) int {
	b := []byte{typ, code, 0, 0, 0, 0, byte(mtu >> 8), byte(mtu)}
	q := k.frames[about-1].Data
	b = append(b, q[:min(len(q), 28+8)]...)
	dst, _ := netip.AddrFromSlice(q[12:16])
	return k.packet(1, from, dst, b)
}

// payload is one payload of a message to build.
type payload struct {
	t    isakmp.PayloadType
	body []byte
}

func chain(ps []payload) (first isakmp.PayloadType, b []byte) {
	for i, p := range ps {
		next := isakmp.PayloadNone
		if i+1 < len(ps) {
			next = ps[i+1].t
		}
		b = isakmp.AppendPayload(b, next, p.body)
	}
	if len(ps) == 0 {
		return isakmp.PayloadNone, nil
	}
	return ps[0].t, b
}

func header(i, r isakmp.Cookie, next isakmp.PayloadType, x isakmp.ExchangeType, flags byte, mid uint32, body []byte) []byte {
	b := append(append([]byte{}, i[:]...), r[:]...)
	b = append(b, byte(next), 0x10, byte(x), flags)
	b = binary.BigEndian.AppendUint32(b, mid)
	b = binary.BigEndian.AppendUint32(b, uint32(isakmp.HeaderLen+len(body)))
	return append(b, body...)
}

// clear builds an unencrypted message.
func (k *talk) clear(x isakmp.ExchangeType, mid uint32, ps ...payload) []byte {
	first, b := chain(ps)
	return header(k.cookieI, k.cookieR, first, x, 0, mid, b)
}

func (k *talk) good() []byte { return phase1(aesCBC, 128, sha256, curve, k.auth, 28800) }

// offers records message 1.
func (k *talk) offers(transforms ...[]byte) int {
	k.cookies++
	k.cookieI, k.cookieR = isakmp.Cookie{k.cookies, 1, 2, 3}, isakmp.Cookie{}
	k.offer = sa(isakmp.ProtocolISAKMP, nil, 1, transforms...)
	return k.send(sideA, k.clear(isakmp.ExchangeMain, 0, payload{isakmp.PayloadSA, k.offer}))
}

// main records the first n messages of Main Mode.
func (k *talk) main(n int) (frames []int) {
	frames = append(frames, k.offers(k.good()))
	if n == 1 {
		return frames
	}
	k.cookieR = isakmp.Cookie{k.cookies, 9, 8, 7}
	frames = append(frames, k.send(sideB, k.clear(isakmp.ExchangeMain, 0, payload{isakmp.PayloadSA, sa(isakmp.ProtocolISAKMP, nil, 1, k.good())})))
	k.derive()
	if n >= 3 {
		frames = append(frames, k.send(sideA, k.clear(isakmp.ExchangeMain, 0, payload{isakmp.PayloadKE, k.p.GXI}, payload{isakmp.PayloadNonce, k.p.NiB})))
	}
	if n >= 4 {
		frames = append(frames, k.send(sideB, k.clear(isakmp.ExchangeMain, 0, payload{isakmp.PayloadKE, k.p.GXR}, payload{isakmp.PayloadNonce, k.p.NrB})))
	}
	if n >= 5 {
		frames = append(frames, k.proof(sideA))
	}
	if n >= 6 {
		frames = append(frames, k.proof(sideB))
	}
	return frames
}

// aggressive records the first n messages of Aggressive Mode.
func (k *talk) aggressive(n int) (frames []int) {
	k.cookies++
	k.cookieI, k.cookieR = isakmp.Cookie{k.cookies, 1, 2, 3}, isakmp.Cookie{k.cookies, 9, 8, 7}
	k.offer = sa(isakmp.ProtocolISAKMP, nil, 1, k.good())
	k.derive()
	ids := [2][]byte{ipv4ID(k.a.Addr()), ipv4ID(k.b.Addr())}
	full := k.cookieR
	k.cookieR = isakmp.Cookie{}
	frames = append(frames, k.send(sideA, k.clear(isakmp.ExchangeAggressive, 0, payload{isakmp.PayloadSA, k.offer},
		payload{isakmp.PayloadKE, k.p.GXI}, payload{isakmp.PayloadNonce, k.p.NiB}, payload{isakmp.PayloadID, ids[sideA]})))
	k.cookieR = full
	if n >= 2 {
		hash := k.keys[sideB].id.HashR(k.p, ids[sideB])
		frames = append(frames, k.send(sideB, k.clear(isakmp.ExchangeAggressive, 0, payload{isakmp.PayloadSA, sa(isakmp.ProtocolISAKMP, nil, 1, k.good())},
			payload{isakmp.PayloadKE, k.p.GXR}, payload{isakmp.PayloadNonce, k.p.NrB}, payload{isakmp.PayloadID, ids[sideB]}, payload{isakmp.PayloadHash, hash})))
	}
	return frames
}

// derive computes the keys of both sides.
func (k *talk) derive() {
	g, _ := suite.GroupByID(curve)
	x, y := make([]byte, 32), make([]byte, 32)
	for i := range x {
		x[i], y[i] = byte(i+1)^k.cookies, byte(2*i+5)^k.cookies
	}
	gx, err1 := g.Public(x)
	gy, err2 := g.Public(y)
	shared, err3 := g.Shared(x, gy)
	if err := errors.Join(err1, err2, err3); err != nil {
		k.t.Fatal(err)
	}
	h, _ := suite.HashByName("sha2-256")
	k.p = keymat.Phase1{
		PRF: suite.HMAC(h), Hash: h, CookieI: k.cookieI, CookieR: k.cookieR,
		NiB: []byte("nonce of the initiator" + string(rune('a'+k.cookies))), NrB: []byte("nonce of the responder"),
		GXI: gx, GXR: gy, SAiB: k.offer,
	}
	secret := keymat.NewSecret(shared)
	k.shared = secret
	k.ring.DHs = append(k.ring.DHs, secrets.DH{Private: keymat.NewSecret(x), Source: secrets.Source{File: "dh", Line: len(k.ring.DHs) + 1}})
	for s, psk := range []string{k.pskA, k.pskB} {
		id := k.p.SKEYIDFromSignature(secret)
		if k.auth.Plain() == isakmp.AuthPSK {
			id = k.p.SKEYIDFromPSK(keymat.NewSecret([]byte(psk)))
			k.ring.Merge(&secrets.Ring{PSKs: []secrets.PSK{{Secret: keymat.NewSecret([]byte(psk)), Source: secrets.Source{File: "psk", Line: s + 1}}}})
		}
		keys := id.Derive(k.p, secret)
		c, _ := suite.CipherByName("aes-cbc-128")
		k.keys[s] = side{id, keys, keys.E.CipherKey(k.p.PRF, c).Secret().Bytes()}
		k.iv[s] = k.p.InitialIV(aes.BlockSize)
	}
}

// seal encrypts a payload chain as a side does.
func (k *talk) seal(from int, iv []byte, ps []payload) (isakmp.PayloadType, []byte) {
	first, b := chain(ps)
	if n := len(b) % aes.BlockSize; n > 0 {
		b = append(b, make([]byte, aes.BlockSize-n)...)
	}
	block, err := aes.NewCipher(k.keys[from].key)
	if err != nil {
		k.t.Fatal(err)
	}
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(b, b)
	return first, b
}

// ipv4ID is an ID payload's body.
func ipv4ID(a netip.Addr) []byte { return append([]byte{1, 0, 0, 0}, a.AsSlice()...) }

// proof records message 5 or 6: identity and hash. With signatures the hash
// stands for what would be signed.
func (k *talk) proof(from int) int {
	src, _ := k.ends(from)
	id := ipv4ID(src.Addr())
	hash := k.keys[from].id.HashI(k.p, id)
	if from == sideB {
		hash = k.keys[from].id.HashR(k.p, id)
	}
	kind := isakmp.PayloadHash
	if k.auth.IsSignature() {
		kind = isakmp.PayloadSignature
	}
	ps := []payload{{isakmp.PayloadID, id}}
	if c := k.certs[from]; c != nil {
		ps = append(ps, payload{isakmp.PayloadCert, append([]byte{byte(isakmp.CertX509Signature)}, c.der...)})
		hash = c.sign(k.t, hash)
	}
	first, b := k.seal(from, k.iv[from], append(ps, payload{kind, hash}))
	k.iv[sideA] = keymat.LastBlock(b, aes.BlockSize)
	k.iv[sideB] = k.iv[sideA]
	k.last = k.iv
	return k.send(from, header(k.cookieI, k.cookieR, first, isakmp.ExchangeMain, 1, 0, b))
}

func withPort(a netip.AddrPort, port uint16) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr(), port)
}
