package esp

import (
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"

	"ikescope/suite"
)

// ccm is counter mode with CBC-MAC and ICVs of 8, 12 or 16 octets (RFC 4309,
// which takes the construction from RFC 3610).
type ccm struct {
	block  cipher.Block
	tagLen int
	salt   []byte
}

func newCCM(c suite.Cipher, key, salt []byte) (transform, error) {
	block, err := c.NewBlock(key)
	if err != nil {
		return nil, err
	}
	return ccm{block, c.ICVLen, salt}, nil
}

func (t ccm) session(s *SA, x *scratch) session {
	c := &combined{sa: s, x: x, salt: t.salt, aead: newCCMOpener(t.block, t.tagLen)}
	return session{c, c}
}

// ccmOpener is CCM under one key with nonces of 7 to 13 octets, 11 in ESP.
type ccmOpener struct {
	block  cipher.Block
	tagLen int
	keys   keystream
	mac    [counterBlockLen]byte
	mask   [counterBlockLen]byte
}

func newCCMOpener(block cipher.Block, tagLen int) *ccmOpener {
	return &ccmOpener{block: block, tagLen: tagLen, keys: keystream{block: block}}
}

func (o *ccmOpener) open(dst, nonce, sealed, aad []byte) bool {
	n := len(sealed) - o.tagLen
	o.decrypt(dst, nonce, sealed[:n])
	o.authenticate(nonce, dst[:n], aad)
	subtle.XORBytes(o.mac[:], o.mac[:], o.mask[:])
	return subtle.ConstantTimeCompare(o.mac[:o.tagLen], sealed[n:]) == 1
}

// decrypt uses the counter blocks A_1, A_2, ...; A_0 masks the MAC (RFC 3610,
// section 2.3):
//
//	A_i = flags (L' = L-1) | nonce | i (L octets), L = 15 - length of the nonce
func (o *ccmOpener) decrypt(dst, nonce, ciphertext []byte) {
	o.keys.counter = [counterBlockLen]byte{byte(14 - len(nonce))}
	copy(o.keys.counter[1:], nonce)
	o.keys.next(o.mask[:])
	o.keys.xor(dst, ciphertext)
}

// authenticate computes the CBC-MAC over B_0, the length and octets of the
// additional data, and the text, each padded to whole blocks (RFC 3610,
// section 2.2):
//
//	B_0 = flags (64*Adata + 8*M' + L') | nonce | length of the text (L octets)
//
// with M' = (tag length - 2) / 2. Additional data is shorter than 65,280
// octets: then its length takes two.
func (o *ccmOpener) authenticate(nonce, text, aad []byte) {
	o.mac = [counterBlockLen]byte{byte((o.tagLen-2)/2<<3 | (14 - len(nonce)))}
	copy(o.mac[1:], nonce)
	low := o.mac[counterBlockLen-4:]
	binary.BigEndian.PutUint32(low, binary.BigEndian.Uint32(low)^uint32(len(text)))
	if len(aad) > 0 {
		o.mac[0] |= 0x40
	}
	o.block.Encrypt(o.mac[:], o.mac[:])
	if len(aad) > 0 {
		o.absorbAAD(aad)
	}
	o.absorb(text)
}

func (o *ccmOpener) absorbAAD(aad []byte) {
	o.mac[0] ^= byte(len(aad) >> 8)
	o.mac[1] ^= byte(len(aad))
	n := subtle.XORBytes(o.mac[2:], o.mac[2:], aad)
	o.block.Encrypt(o.mac[:], o.mac[:])
	o.absorb(aad[n:])
}

// absorb adds b, padded with zeros to whole blocks, to the CBC-MAC.
func (o *ccmOpener) absorb(b []byte) {
	for len(b) > 0 {
		n := subtle.XORBytes(o.mac[:], o.mac[:], b[:min(len(b), counterBlockLen)])
		o.block.Encrypt(o.mac[:], o.mac[:])
		b = b[n:]
	}
}
