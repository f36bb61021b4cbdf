package keymat

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ikescope/suite"
	"ikescope/suite/vectors"
)

// conversation is a recorded IKE conversation with what the daemons and the
// kernel said about its secrets, see testdata/README.md.
type conversation struct {
	Name     string
	PSK      []string
	Messages []struct {
		From string // "i" or "r"
		Hex  hexField
	}
	DHShared   hexField              `json:"dh_shared"`
	DHPrivate  struct{ A, B string } `json:"dh_private"`
	DHGroup    uint16                `json:"dh_group"`
	SKEYID     hexField
	SKEYIDd    hexField `json:"skeyid_d"`
	SKEYIDa    hexField `json:"skeyid_a"`
	SKEYIDe    hexField `json:"skeyid_e"`
	EncKey     hexField `json:"enc_key"`
	InitialIV  hexField `json:"initial_iv"`
	Transform  struct{ Encryption, Hash, Auth, KeyLen int }
	Transforms []struct {
		Type, ID int
		KeyBits  int `json:"key_bits"`
	}
	SKEYSEED hexField
	SKd      hexField   `json:"sk_d"`
	SKai     hexField   `json:"sk_ai"`
	SKar     hexField   `json:"sk_ar"`
	SKei     hexField   `json:"sk_ei"`
	SKer     hexField   `json:"sk_er"`
	SKpi     hexField   `json:"sk_pi"`
	SKpr     hexField   `json:"sk_pr"`
	OtherDH  []hexField `json:"other_dh"`
	SAs      []struct {
		Proto, SPI string
		EncKey     hexField `json:"enc_key"`
		AuthKey    hexField `json:"auth_key"`
	}
}

// Payload and exchange numbers of RFC 2408 and RFC 7296 that the tests need.
const (
	payloadSA, payloadKE, payloadID, payloadHash, payloadNonce = 1, 4, 5, 8, 10
	exchangeQuick                                              = 32
	headerLen                                                  = 28
)

// payload is one payload of a message: its body, and the octets of the message
// behind it up to the last payload's end.
type payload struct {
	kind byte
	body []byte
	rest []byte
}

// payloads walks a payload chain. ok is false when it is malformed.
func payloads(first byte, b []byte) (ps []payload, ok bool) {
	end := 0
	var ends []int
	for kind := first; kind != 0; {
		if len(b)-end < 4 {
			return nil, false
		}
		n := int(binary.BigEndian.Uint16(b[end+2:]))
		if n < 4 || n > len(b)-end {
			return nil, false
		}
		ps = append(ps, payload{kind: kind, body: b[end+4 : end+n]})
		kind, end = b[end], end+n
		ends = append(ends, end)
	}
	for i := range ps {
		ps[i].rest = b[ends[i]:end]
	}
	return ps, true
}

func find(ps []payload, kinds ...byte) []byte {
	for _, p := range ps {
		if slices.Contains(kinds, p.kind) {
			return p.body
		}
	}
	return nil
}

// spis returns the SPIs of an SA payload's proposals, each as protocol and SPI.
func spis(sa []byte) (found []QuickMode) {
	if len(sa) < 8 {
		return nil
	}
	proposals, _ := payloads(2, sa[8:])
	for _, p := range proposals {
		if len(p.body) >= 4 && len(p.body) >= 4+int(p.body[2]) {
			found = append(found, QuickMode{Protocol: p.body[1], SPI: p.body[4:][:p.body[2]]})
		}
	}
	return found
}

// replay is an IKEv1 conversation being followed message by message.
type replay struct {
	*testing.T
	conversation
	phase1  Phase1
	cipher  suite.Cipher
	skeyid  SKEYID
	keys    Keys
	key     CipherKey
	idiiB   []byte
	iv      map[uint32][]byte // by message ID: of the next message
	lastIV  []byte            // last block of phase 1
	quick   map[uint32]*quickMode
	counted map[string]int
}

type quickMode struct {
	messages int
	ni, nr   []byte
	pfs      bool
	saI, saR []byte
}

// Real conversations: from the pre-shared key (or g^xy) and the octets on the
// wire to the kernel's keys, every HASH payload on the way recomputed.
func TestConversations(t *testing.T) {
	for _, c := range vectors.Cases[conversation](t, "testdata/conversations_ikev1.json.gz", 15) {
		t.Run(c.Name, func(t *testing.T) {
			r := newReplay(t, c)
			for i, m := range c.Messages {
				r.message(i, m.From, m.Hex)
			}
			t.Logf("%v", r.counted)
			if c.Transform.Auth == 1 && r.counted["hash i"]+r.counted["hash r"] != 2 {
				t.Errorf("phase 1 hashes verified: %v", r.counted)
			}
			if r.counted["keymat"] == 0 || r.counted["hash 1"] == 0 {
				t.Errorf("nothing was derived: %v", r.counted)
			}
		})
	}
}

func newReplay(t *testing.T, c conversation) *replay {
	cipher, ok := suite.Phase1Cipher(uint16(c.Transform.Encryption), c.Transform.KeyLen)
	hash, okHash := suite.Phase1Hash(uint16(c.Transform.Hash))
	if !ok || !okHash {
		t.Fatalf("transform %+v", c.Transform)
	}
	return &replay{
		T: t, conversation: c, cipher: cipher,
		phase1: Phase1{PRF: suite.HMAC(hash), Hash: hash},
		iv:     map[uint32][]byte{}, quick: map[uint32]*quickMode{}, counted: map[string]int{},
	}
}

func (r *replay) message(i int, from string, m []byte) {
	next, exchange, flags, mid := m[16], m[18], m[19], binary.BigEndian.Uint32(m[20:])
	body := m[headerLen:]
	copy(r.phase1.CookieI[:], m)
	copy(r.phase1.CookieR[:], m[8:])
	if flags&1 == 0 {
		ps, ok := payloads(next, body)
		if !ok {
			r.Fatalf("message %d: malformed", i)
		}
		r.clear(from, ps)
		return
	}
	if r.skeyid.IsZero() {
		r.derive()
	}
	plain := r.open(i, mid, body)
	ps, ok := payloads(next, plain)
	if !ok {
		r.Errorf("message %d: decrypts to rubbish %x", i, plain)
		return
	}
	r.counted["decrypted"]++
	switch {
	case mid == 0:
		r.authentication(from, ps)
	case exchange == exchangeQuick:
		r.quickMode(i, mid, ps)
	default:
		r.verify("hash 1", ps, r.keys.A.Hash1(r.phase1.PRF, mid, ps[0].rest))
	}
}

// clear takes from a message of phase 1 what the derivation needs.
func (r *replay) clear(from string, ps []payload) {
	p := &r.phase1
	if from == "i" {
		p.SAiB = earlier(p.SAiB, find(ps, payloadSA))
		p.GXI = earlier(p.GXI, find(ps, payloadKE))
		p.NiB = earlier(p.NiB, find(ps, payloadNonce))
	} else {
		p.GXR = earlier(p.GXR, find(ps, payloadKE))
		p.NrB = earlier(p.NrB, find(ps, payloadNonce))
	}
	if find(ps, payloadID) != nil {
		r.derive() // aggressive mode
		r.authentication(from, ps)
	}
}

// earlier keeps what was seen first.
func earlier(a, b []byte) []byte {
	if a != nil {
		return a
	}
	return b
}

// derive climbs the ladder and compares each rung with the daemon's. In
// aggressive mode the initiator's first message comes too early for it.
func (r *replay) derive() {
	if r.phase1.GXR == nil || !r.skeyid.IsZero() {
		return
	}
	gxy := r.exchangeDH()
	if r.Transform.Auth == 3 || r.Transform.Auth > 64000 && r.Transform.Auth < 65000 {
		r.skeyid = r.phase1.SKEYIDFromSignature(gxy)
	}
	for _, psk := range r.PSK {
		if s := r.phase1.SKEYIDFromPSK(NewSecret([]byte(psk))); r.skeyid.IsZero() || s.Secret().Equal(NewSecret(r.SKEYID)) {
			r.skeyid = s
		}
	}
	r.keys = r.skeyid.Derive(r.phase1, gxy)
	r.key = r.keys.E.CipherKey(r.phase1.PRF, r.cipher)
	iv := r.phase1.InitialIV(r.cipher.BlockLen)
	r.iv[0], r.lastIV = iv, iv
	expect(r.T, "SKEYID", r.skeyid.Secret(), r.SKEYID)
	expect(r.T, "SKEYID_d", r.keys.D.Secret(), r.SKEYIDd)
	expect(r.T, "SKEYID_a", r.keys.A.Secret(), r.SKEYIDa)
	expect(r.T, "SKEYID_e", r.keys.E.Secret(), r.SKEYIDe)
	expect(r.T, "cipher key", r.key.Secret(), r.EncKey)
	if !bytes.Equal(iv, r.InitialIV) {
		r.Errorf("initial IV %x, want %x", iv, r.InitialIV)
	}
}

// exchangeDH repeats the Diffie-Hellman exchange from each side's private
// value, whose hex may lack leading zeros.
func (r *replay) exchangeDH() Secret {
	g, ok := suite.GroupByID(r.DHGroup)
	if !ok {
		r.Fatalf("group %d", r.DHGroup)
	}
	for _, text := range []string{r.DHPrivate.A, r.DHPrivate.B} {
		if text == "" {
			continue
		}
		private, err := hex.DecodeString(strings.Repeat("0", len(text)%2) + text)
		if err != nil {
			r.Fatal(err)
		}
		public, err := g.Public(private)
		if err != nil {
			r.Fatal(err)
		}
		peer := r.phase1.GXR
		if !bytes.Equal(public, r.phase1.GXI) {
			peer = r.phase1.GXI
		}
		gxy, err := g.Shared(private, peer)
		if err != nil || !bytes.Equal(gxy, r.DHShared) {
			r.Errorf("g^xy %x, %v; want %x", gxy, err, r.DHShared)
		}
		r.counted["dh"]++
	}
	return NewSecret(r.DHShared)
}

// open decrypts a message and moves the IV chain on.
func (r *replay) open(i int, mid uint32, body []byte) []byte {
	if r.iv[mid] == nil {
		r.iv[mid] = Phase2IV(r.phase1.Hash, r.lastIV, mid, r.cipher.BlockLen)
	}
	plain, err := DecryptCBC(r.cipher, r.key, r.iv[mid], body)
	if err != nil {
		r.Fatalf("message %d: %v", i, err)
	}
	r.iv[mid] = LastBlock(body, r.cipher.BlockLen)
	if mid == 0 {
		r.lastIV = r.iv[mid]
	}
	return plain
}

// authentication recomputes HASH_I and HASH_R; with signatures there is no
// HASH payload to compare with. In aggressive mode the initiator's identity
// comes in an earlier message than its hash.
func (r *replay) authentication(from string, ps []payload) {
	id, got := find(ps, payloadID), find(ps, payloadHash)
	if from == "i" && id != nil {
		r.idiiB = id
	}
	switch {
	case got == nil || r.skeyid.IsZero():
	case from == "i":
		r.compare("hash i", got, r.skeyid.HashI(r.phase1, r.idiiB))
	default:
		r.compare("hash r", got, r.skeyid.HashR(r.phase1, id))
	}
}

func (r *replay) quickMode(i int, mid uint32, ps []payload) {
	q := r.quick[mid]
	if q == nil {
		q = &quickMode{}
		r.quick[mid] = q
	}
	q.messages++
	rest, a, prf := ps[0].rest, r.keys.A, r.phase1.PRF
	switch q.messages {
	case 1:
		q.ni, q.saI, q.pfs = find(ps, payloadNonce), find(ps, payloadSA), find(ps, payloadKE) != nil
		r.verify("hash 1", ps, a.Hash1(prf, mid, rest))
	case 2:
		q.nr, q.saR = find(ps, payloadNonce), find(ps, payloadSA)
		r.verify("hash 2", ps, a.Hash2(prf, mid, q.ni, rest))
	case 3:
		r.verify("hash 3", ps, a.Hash3(prf, mid, q.ni, q.nr))
		for _, in := range append(spis(q.saI), spis(q.saR)...) {
			r.keymat(q, in)
		}
	default: // a fourth message: connected notification under the commit bit
		r.counted["hash 4"]++
	}
}

// keymat derives the keys of one SA and looks for them in the kernel's table.
func (r *replay) keymat(q *quickMode, in QuickMode) {
	in.NiB, in.NrB = q.ni, q.nr
	for _, sa := range r.SAs {
		spi, err := strconv.ParseUint(sa.SPI, 0, 32)
		if err != nil || len(in.SPI) != 4 || uint32(spi) != binary.BigEndian.Uint32(in.SPI) || sa.Proto == "comp" {
			continue
		}
		want := append(bytes.Clone(sa.EncKey), sa.AuthKey...)
		shared := []Secret{{}}
		if q.pfs {
			shared = nil
			for _, z := range r.OtherDH {
				shared = append(shared, NewSecret(z))
			}
		}
		fits := func(z Secret) bool {
			in.GQMXY = z
			return r.keys.D.Keymat(r.phase1.PRF, in, len(want)).Equal(NewSecret(want))
		}
		if !slices.ContainsFunc(shared, fits) {
			r.Errorf("SPI %s: no KEYMAT is the kernel's", sa.SPI)
		}
		r.counted["keymat"]++
		if q.pfs {
			r.counted["keymat with PFS"]++
		}
	}
}

func (r *replay) verify(what string, ps []payload, want []byte) {
	if len(ps) == 0 || ps[0].kind != payloadHash {
		r.Errorf("%s: no HASH payload first", what)
		return
	}
	r.compare(what, ps[0].body, want)
}

func (r *replay) compare(what string, got, computed []byte) {
	if !bytes.Equal(got, computed) {
		r.Errorf("%s: computed %x, in the message %x", what, computed, got)
	}
	r.counted[what]++
}
