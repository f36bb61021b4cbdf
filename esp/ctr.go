package esp

import (
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"

	"ikescope/esp/kernel/aesctr"
	"ikescope/suite"
)

// counterBlockLen is the block length of the ciphers used in counter mode.
const counterBlockLen = 16

// ctr is counter mode (RFC 3686).
type ctr struct {
	block  cipher.Block
	salt   []byte
	kernel *aesctr.Key // nil: block by block
}

func newCTR(c suite.Cipher, key, salt []byte) (transform, error) {
	block, err := c.NewBlock(key)
	if err != nil {
		return nil, err
	}
	t := ctr{block: block, salt: salt}
	if isAES(c) {
		t.kernel, _ = aesctr.New(key)
	}
	return t, nil
}

func (c ctr) session(s *SA, x *scratch) session {
	if c.kernel != nil {
		return session{s.separateVerifier(x), &textsDecrypter{s, x, c}}
	}
	return session{s.separateVerifier(x), &ctrDecrypter{sa: s, ctr: c, keys: keystream{block: c.block}}}
}

// first returns the counter block that a packet's keystream begins with
// (RFC 3686, section 4):
//
//	Nonce (4 octets of salt) | IV (8 octets) | Block Counter (4 octets, from 1)
func (c ctr) first(iv []byte) (block [counterBlockLen]byte) {
	n := copy(block[:], c.salt)
	n += copy(block[n:], iv)
	binary.BigEndian.PutUint32(block[n:], 1)
	return block
}

type ctrDecrypter struct {
	ctr
	sa   *SA
	keys keystream
}

func (d *ctrDecrypter) decrypt(batch []Packet) {
	for i := range batch {
		p := &batch[i]
		if !p.live {
			continue
		}
		d.keys.counter = d.first(p.Data[HeaderLen:d.sa.bodyAt])
		body := d.sa.body(p)
		d.keys.xor(body, body)
	}
}

// keystream encrypts successive values of a counter block.
type keystream struct {
	block   cipher.Block
	counter [counterBlockLen]byte // its last four octets count, big-endian
	keys    [8 * counterBlockLen]byte
}

// xor writes src xor keystream to dst, which is src or does not overlap it.
func (k *keystream) xor(dst, src []byte) {
	for len(src) > 0 {
		n := min(len(src), len(k.keys))
		for at := 0; at < n; at += counterBlockLen {
			k.next(k.keys[at : at+counterBlockLen])
		}
		subtle.XORBytes(dst, src[:n], k.keys[:n])
		dst, src = dst[n:], src[n:]
	}
}

// next writes the keystream of the current counter block and counts on.
func (k *keystream) next(out []byte) {
	k.block.Encrypt(out, k.counter[:])
	low := k.counter[counterBlockLen-4:]
	binary.BigEndian.PutUint32(low, binary.BigEndian.Uint32(low)+1)
}
