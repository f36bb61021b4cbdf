package keymat

import (
	"bytes"
	"crypto/cipher"
	"slices"
	"testing"

	"ikescope/suite"
	"ikescope/suite/vectors"
)

// Payload and transform numbers of RFC 7296 that the tests need.
const (
	payloadKE2, payloadNonce2, payloadSK = 34, 40, 46
	exchangeCreateChild                  = 36
	flagInitiator                        = 0x08
	flagResponse                         = 0x20
	transformENCR, transformPRF          = 1, 2
	transformINTEG                       = 3
)

// Real IKEv2 conversations: from g^ir and the nonces on the wire to SK_d and
// its siblings, to the messages in the clear, and to the kernel's keys of the
// first child SA and of those that replaced it.
func TestConversationsIKEv2(t *testing.T) {
	for _, c := range vectors.Cases[conversation](t, "testdata/conversations_ikev2.json.gz", 3) {
		t.Run(c.Name, func(t *testing.T) { newReplay2(t, c).run() })
	}
}

type replay2 struct {
	*testing.T
	conversation
	init      SAInit
	cipher    suite.Cipher
	integrity suite.Integrity
	keys      IKEv2Keys
	found     map[string]bool // SPIs whose keys were derived
}

func newReplay2(t *testing.T, c conversation) *replay2 {
	r := &replay2{T: t, conversation: c, found: map[string]bool{}}
	for _, tr := range c.Transforms {
		ok := true
		switch tr.Type {
		case transformENCR:
			r.cipher, ok = suite.IKEv2Cipher(uint16(tr.ID), tr.KeyBits)
		case transformPRF:
			r.init.PRF, ok = suite.IKEv2PRF(uint16(tr.ID))
		case transformINTEG:
			r.integrity, ok = suite.IKEv2Integrity(uint16(tr.ID))
		}
		if !ok {
			t.Fatalf("transform %+v", tr)
		}
	}
	return r
}

func (r *replay2) run() {
	var ni, nr []byte
	rekeyed := 0
	for i, m := range r.Messages {
		b := []byte(m.Hex)
		ps, ok := r.payloads(i, b)
		if !ok {
			continue
		}
		nonce := find(ps, payloadNonce2)
		response := b[19]&flagResponse != 0
		if nonce == nil {
			continue
		}
		if !response {
			ni = nonce
			continue
		}
		nr = nonce
		if b[18] == exchangeCreateChild {
			r.child(ni, nr, find(ps, payloadKE2) != nil)
			rekeyed++
			continue
		}
		copy(r.init.SPIi[:], b)
		copy(r.init.SPIr[:], b[8:])
		r.init.Ni, r.init.Nr = ni, nr
		r.derive()
		r.child(ni, nr, false)
	}
	if len(r.found) != len(r.SAs) {
		r.Errorf("keys of %d SAs derived, the kernel had %d", len(r.found), len(r.SAs))
	}
	r.Logf("%d SAs, %d CREATE_CHILD_SA", len(r.found), rekeyed)
}

func (r *replay2) derive() {
	seed := r.init.SKEYSEED(NewSecret(r.DHShared))
	r.keys = seed.Derive(r.init, r.integrity.KeyLen, r.cipher.KeymatLen())
	expect(r.T, "SKEYSEED", seed.Secret(), r.SKEYSEED)
	expect(r.T, "SK_d", r.keys.D.Secret(), r.SKd)
	expect(r.T, "SK_ai", r.keys.Ai.Secret(), r.SKai)
	expect(r.T, "SK_ar", r.keys.Ar.Secret(), r.SKar)
	expect(r.T, "SK_ei", r.keys.Ei.Secret(), r.SKei)
	expect(r.T, "SK_er", r.keys.Er.Secret(), r.SKer)
	expect(r.T, "SK_pi", r.keys.Pi.Secret(), r.SKpi)
	expect(r.T, "SK_pr", r.keys.Pr.Secret(), r.SKpr)
}

// child derives the keys of a child SA's two directions and looks for both in
// the kernel's table.
func (r *replay2) child(ni, nr []byte, pfs bool) {
	shared := []Secret{{}}
	if pfs {
		shared = nil
		for _, z := range r.OtherDH {
			shared = append(shared, NewSecret(z))
		}
	}
	n := len(r.SAs[0].EncKey) + len(r.SAs[0].AuthKey)
	fits := func(gir Secret) bool {
		both := r.keys.D.Keymat(r.init.PRF, ChildSA{Ni: ni, Nr: nr, GIR: gir}, 2*n).Bytes()
		return r.inKernel(both[:n]) && r.inKernel(both[n:])
	}
	if !slices.ContainsFunc(shared, fits) {
		r.Errorf("no KEYMAT is the kernel's (PFS %v)", pfs)
	}
}

func (r *replay2) inKernel(keys []byte) bool {
	for _, sa := range r.SAs {
		if bytes.Equal(append(bytes.Clone(sa.EncKey), sa.AuthKey...), keys) {
			r.found[sa.SPI] = true
			return true
		}
	}
	return false
}

// payloads returns a message's payloads, those inside SK included.
func (r *replay2) payloads(i int, b []byte) ([]payload, bool) {
	if b[16] != payloadSK {
		return payloads(b[16], b[headerLen:])
	}
	key, integrityKey := r.keys.Ei, r.keys.Ai
	if b[19]&flagInitiator == 0 {
		key, integrityKey = r.keys.Er, r.keys.Ar
	}
	var plain []byte
	if r.cipher.AEAD() {
		plain = r.openGCM(i, key, b)
	} else {
		plain = r.openCBC(i, key, integrityKey, b)
	}
	plain = plain[:len(plain)-1-int(plain[len(plain)-1])]
	ps, ok := payloads(b[headerLen], plain)
	if !ok {
		r.Errorf("message %d: decrypts to rubbish %x", i, plain)
	}
	return ps, ok
}

func (r *replay2) openCBC(i int, key SKe, integrityKey SKa, b []byte) []byte {
	signed := b[:len(b)-r.integrity.ICVLen]
	mac := r.integrity.New(integrityKey.Secret().Bytes())
	mac.Write(signed)
	if !bytes.Equal(mac.Sum(nil)[:r.integrity.ICVLen], b[len(signed):]) {
		r.Fatalf("message %d: integrity check failed", i)
	}
	body := signed[headerLen+4:]
	plain, err := DecryptCBC(r.cipher, CipherKeyFrom(key.Secret()), body[:r.cipher.IVLen], body[r.cipher.IVLen:])
	if err != nil {
		r.Fatalf("message %d: %v", i, err)
	}
	return plain
}

// openGCM is RFC 5282: the key ends with the salt; the header of the message
// and of SK is associated data.
func (r *replay2) openGCM(i int, key SKe, b []byte) []byte {
	k := key.Secret().Bytes()
	block, err := r.cipher.NewBlock(k[:r.cipher.KeyLen])
	if err != nil {
		r.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		r.Fatal(err)
	}
	aad, body := b[:headerLen+4], b[headerLen+4:]
	nonce := append(bytes.Clone(k[r.cipher.KeyLen:]), body[:r.cipher.IVLen]...)
	plain, err := aead.Open(nil, nonce, body[r.cipher.IVLen:], aad)
	if err != nil {
		r.Fatalf("message %d: %v", i, err)
	}
	return plain
}
