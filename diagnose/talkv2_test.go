package diagnose_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha1"
	sha2 "crypto/sha256"
	"encoding/binary"
	"errors"
	"net/netip"

	"ikescope/decode/isakmp"
	"ikescope/keymat"
	"ikescope/secrets"
	"ikescope/suite"
)

// talkV2 plays two IKE version 2 peers: curve25519, PRF of SHA2-256, AES-128 in
// GCM, or in CBC with HMAC-SHA2-256.
type talkV2 struct {
	*talk
	cbc     bool
	keysV2  keymat.IKEv2Keys
	prf     suite.PRF
	ni, nr  []byte
	init    [2][]byte // IKE_SA_INIT message of each side
	next    [2]uint32 // message ID of the next request of each side
	ivs     byte
	intAuth [2][]byte // of IKE_INTERMEDIATE, by side (RFC 9242)
	kem     uint16    // key exchange after the first one (RFC 9370), 0 for none
}

// Payload types and exchanges, for short.
const (
	flagInitiator = 0x08
	flagResponse  = 0x20
	encrypted     = isakmp.PayloadEncrypted
)

func (k *talkV2) message(x isakmp.ExchangeType, from int, response bool, mid uint32, first isakmp.PayloadType, body []byte) []byte {
	flags := byte(0)
	if from == sideA {
		flags |= flagInitiator
	}
	if response {
		flags |= flagResponse
	}
	b := header(k.cookieI, k.cookieR, first, x, flags, mid, body)
	b[17] = 0x20
	return b
}

// tsub builds a transform substructure; bits of 0 leave the key length out.
func tsub(last bool, kind byte, id, bits uint16) []byte {
	var a []byte
	if bits > 0 {
		a = attr(14, bits)
	}
	b := []byte{3, 0}
	if last {
		b[0] = 0
	}
	b = binary.BigEndian.AppendUint16(b, uint16(8+len(a)))
	return append(append(b, kind, 0, byte(id>>8), byte(id)), a...)
}

// sa2 builds an SA payload with one proposal out of kind, ID, key length triples.
func sa2(protocol byte, spi []byte, ts ...[3]uint16) []byte {
	var body []byte
	for i, t := range ts {
		body = append(body, tsub(i == len(ts)-1, byte(t[0]), t[1], t[2])...)
	}
	b := binary.BigEndian.AppendUint16([]byte{0, 0}, uint16(8+len(spi)+len(body)))
	b = append(b, 1, protocol, byte(len(spi)), byte(len(ts)))
	return append(append(b, spi...), body...)
}

func (k *talkV2) proposal() []byte {
	ts := [][3]uint16{{1, 20, 128}, {2, 5}, {4, curve}}
	if k.cbc {
		ts = [][3]uint16{{1, 12, 128}, {2, 5}, {3, 12}, {4, curve}}
	}
	if k.kem != 0 {
		ts = append(ts, [3]uint16{6, k.kem})
	}
	return sa2(1, nil, ts...)
}

func notify2(t uint16, data []byte) payload {
	return payload{isakmp.PayloadNotify2, append(binary.BigEndian.AppendUint16([]byte{0, 0}, t), data...)}
}

func (k *talkV2) natHash(a netip.AddrPort) []byte {
	h := sha1.New()
	h.Write(k.cookieI[:])
	h.Write(k.cookieR[:])
	h.Write(a.Addr().AsSlice())
	h.Write(binary.BigEndian.AppendUint16(nil, a.Port()))
	return h.Sum(nil)
}

func ke2(group uint16, public []byte) payload {
	return payload{isakmp.PayloadKE2, append(binary.BigEndian.AppendUint16(nil, group), append([]byte{0, 0}, public...)...)}
}

// begins records the request of IKE_SA_INIT.
func (k *talkV2) begins(group uint16, extra ...payload) int {
	if k.cookieI.IsZero() {
		k.cookies++
		k.cookieI = isakmp.Cookie{k.cookies, 1, 2, 3}
	}
	k.cookieR = isakmp.Cookie{}
	k.agree()
	ps := append([]payload{{isakmp.PayloadSA2, k.proposal()}, ke2(group, k.p.GXI), {isakmp.PayloadNonce2, k.ni},
		notify2(16388, k.natHash(k.a)), notify2(16389, k.natHash(k.b))}, extra...)
	first, b := chain(ps)
	k.init[sideA] = k.message(isakmp.ExchangeIKESAInit, sideA, false, 0, first, b)
	return k.send(sideA, k.init[sideA])
}

// answersInit records a response with an error to IKE_SA_INIT.
func (k *talkV2) answersInit(t uint16, data []byte) int {
	first, b := chain([]payload{notify2(t, data)})
	return k.send(sideB, k.message(isakmp.ExchangeIKESAInit, sideB, true, 0, first, b))
}

// agrees records the response of IKE_SA_INIT and derives the keys.
func (k *talkV2) agrees() int {
	k.cookieR = isakmp.Cookie{k.cookies, 9, 8, 7}
	first, b := chain([]payload{{isakmp.PayloadSA2, k.proposal()}, ke2(curve, k.p.GXR), {isakmp.PayloadNonce2, k.nr},
		notify2(16388, k.natHash(k.b)), notify2(16389, k.natHash(k.a))})
	k.init[sideB] = k.message(isakmp.ExchangeIKESAInit, sideB, true, 0, first, b)
	in := k.contributed()
	k.derives(in.SKEYSEED(k.shared))
	k.next = [2]uint32{1, 0}
	return k.send(sideB, k.init[sideB])
}

func (k *talkV2) contributed() keymat.SAInit {
	return keymat.SAInit{PRF: k.prf, SPIi: k.cookieI, SPIr: k.cookieR, Ni: k.ni, Nr: k.nr}
}

func (k *talkV2) derives(seed keymat.SKEYSEED) {
	integrity, enc := 0, 20
	if k.cbc {
		integrity, enc = 32, 16
	}
	k.keysV2 = seed.Derive(k.contributed(), integrity, enc)
}

// agreesAgain records an IKE_INTERMEDIATE exchange with a key exchange, and takes the
// keys that follow (RFC 9370, section 2.2.2).
func (k *talkV2) agreesAgain(secret []byte) {
	k.asks(sideA, isakmp.ExchangeIntermediate, ke2(k.kem, make([]byte, 1184)))
	k.replies(sideB, isakmp.ExchangeIntermediate, ke2(k.kem, make([]byte, 1088)))
	k.derives(k.keysV2.D.RekeySKEYSEED(k.prf, keymat.ChildSA{Ni: k.ni, Nr: k.nr, GIR: keymat.NewSecret(secret)}))
}

// agree computes the Diffie-Hellman values, and notes the initiator's one and the
// pre-shared keys as what the user has.
func (k *talkV2) agree() {
	h, _ := suite.HashByName("sha2-256")
	k.prf = suite.HMAC(h)
	k.ni, k.nr = []byte("nonce of the initiator, version 2"), []byte("nonce of the responder, version 2")
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
	k.p.GXI, k.p.GXR, k.shared = gx, gy, keymat.NewSecret(shared)
	k.ring.Merge(&secrets.Ring{DHs: []secrets.DH{{Private: keymat.NewSecret(x), Source: secrets.Source{File: "dh", Line: 1}}}})
}

// says records an encrypted message of a side.
func (k *talkV2) says(from int, x isakmp.ExchangeType, response bool, mid uint32, ps ...payload) int {
	first, plain := chain(ps)
	e, a, p := k.keysV2.Ei, k.keysV2.Ai, k.keysV2.Pi
	if from == sideB {
		e, a, p = k.keysV2.Er, k.keysV2.Ar, k.keysV2.Pr
	}
	if x == isakmp.ExchangeIntermediate {
		covered := binary.BigEndian.AppendUint16([]byte{byte(first), 0}, uint16(4+len(plain)))
		k.intAuth[from] = p.IntAuthN(k.prf, k.intAuth[from], k.message(x, from, response, mid, encrypted, append(covered, plain...)), nil)
	}
	ivLen, block, icv := 8, 4, 16
	if k.cbc {
		ivLen, block = 16, 16
	}
	pad := (block - (len(plain)+1)%block) % block
	plain = append(plain, make([]byte, pad+1)...)
	plain[len(plain)-1] = byte(pad)
	k.ivs++
	iv := make([]byte, ivLen)
	iv[0] = k.ivs
	body := binary.BigEndian.AppendUint16([]byte{byte(first), 0}, uint16(4+ivLen+len(plain)+icv))
	body = append(body, iv...)
	m := k.message(x, from, response, mid, encrypted, append(body, make([]byte, len(plain)+icv)...))
	at := isakmp.HeaderLen + 4 + ivLen
	key := e.Secret().Bytes()
	c, err := aes.NewCipher(key[:16])
	if err != nil {
		k.t.Fatal(err)
	}
	if k.cbc {
		cipher.NewCBCEncrypter(c, iv).CryptBlocks(m[at:], plain)
		mac := hmac.New(sha2.New, a.Secret().Bytes())
		mac.Write(m[:len(m)-icv])
		copy(m[len(m)-icv:], mac.Sum(nil))
		return k.send(from, m)
	}
	gcm, err := cipher.NewGCM(c)
	if err != nil {
		k.t.Fatal(err)
	}
	sealed := gcm.Seal(nil, append(append([]byte{}, key[16:]...), iv...), plain, m[:isakmp.HeaderLen+4])
	copy(m[at:], sealed)
	return k.send(from, m)
}

// asks records a request of a side.
func (k *talkV2) asks(from int, x isakmp.ExchangeType, ps ...payload) int {
	k.next[from]++
	return k.says(from, x, false, k.next[from]-1, ps...)
}

// replies records the response to the last request of the other side.
func (k *talkV2) replies(from int, x isakmp.ExchangeType, ps ...payload) int {
	return k.says(from, x, true, k.next[1-from]-1, ps...)
}

// ts4 is the body of a traffic selector payload with one IPv4 range.
func ts4(from, to string) []byte {
	b := []byte{1, 0, 0, 0, 7, 0, 0, 16, 0, 0, 0xff, 0xff}
	b = append(b, netip.MustParseAddr(from).AsSlice()...)
	return append(b, netip.MustParseAddr(to).AsSlice()...)
}

// child is SA and selectors of a child SA; ke adds the group of PFS.
func child(spi byte, group uint16) []payload {
	ts := [][3]uint16{{1, 20, 128}, {5, 0}}
	if group > 0 {
		ts = append(ts, [3]uint16{4, group})
	}
	return []payload{{isakmp.PayloadSA2, sa2(3, []byte{0xc0, 0, 0, spi}, ts...)},
		{isakmp.PayloadTSi, ts4("10.1.0.0", "10.1.0.255")}, {isakmp.PayloadTSr, ts4("10.2.0.0", "10.2.0.255")}}
}

// proves are ID and AUTH of a side, by its pre-shared key.
func (k *talkV2) proves(from int, method byte) []payload {
	src, _ := k.ends(from)
	id := ipv4ID(src.Addr())
	kind, p, nonce, psk := isakmp.PayloadIDi, k.keysV2.Pi, k.nr, k.pskA
	if from == sideB {
		kind, p, nonce, psk = isakmp.PayloadIDr, k.keysV2.Pr, k.ni, k.pskB
	}
	covers := keymat.Authenticated{Message: k.init[from], Nonce: nonce, ID: id}
	if k.intAuth[sideA] != nil {
		covers.IntAuth = keymat.IntAuth(k.intAuth[sideA], k.intAuth[sideB], 2) // behind one exchange
	}
	auth := p.SharedKeyAUTH(k.prf, keymat.NewSecret([]byte(psk)), covers)
	return []payload{{kind, id}, {isakmp.PayloadAuth, append([]byte{method, 0, 0, 0}, auth...)}}
}

// up records all that makes an IKE SA with its first child SA.
func (k *talkV2) up() {
	k.begins(curve)
	k.agrees()
	k.asks(sideA, isakmp.ExchangeIKEAuth, append(k.proves(sideA, 2), child(1, 0)...)...)
	k.replies(sideB, isakmp.ExchangeIKEAuth, append(k.proves(sideB, 2), child(2, 0)...)...)
}
