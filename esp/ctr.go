package esp

import (
	"crypto/cipher"
	"encoding/binary"

	"ikescope/esp/kernel/aesctr"
	"ikescope/suite"
	"ikescope/suite/counter"
)

// ctr is counter mode (RFC 3686). Either its kernel or its block is set.
type ctr struct {
	kernel *aesctr.Key
	block  cipher.Block
	salt   []byte
}

func newCTR(c suite.Cipher, key, salt []byte) (transform, error) {
	if isAES(c) {
		if k, ok := aesctr.New(key); ok {
			return ctr{kernel: k, salt: salt}, nil
		}
	}
	block, err := c.NewBlock(key)
	if err != nil {
		return nil, err
	}
	return ctr{block: block, salt: salt}, nil
}

func (c ctr) session(s *SA, x *scratch) session {
	if c.kernel != nil {
		return session{s.separateVerifier(x), &textsDecrypter{s, x, c}}
	}
	return session{s.separateVerifier(x), &ctrDecrypter{sa: s, ctr: c, keys: counter.Keystream{Block: c.block}}}
}

// first returns the counter block that a packet's keystream begins with
// (RFC 3686, section 4):
//
//	Nonce (4 octets of salt) | IV (8 octets) | Block Counter (4 octets, from 1)
func (c ctr) first(iv []byte) (block [counter.BlockLen]byte) {
	n := copy(block[:], c.salt)
	n += copy(block[n:], iv)
	binary.BigEndian.PutUint32(block[n:], 1)
	return block
}

type ctrDecrypter struct {
	ctr
	sa   *SA
	keys counter.Keystream
}

func (d *ctrDecrypter) decrypt(batch []Packet) {
	for i := range batch {
		p := &batch[i]
		if !p.live {
			continue
		}
		d.keys.Counter = d.first(p.Data[HeaderLen:d.sa.bodyAt])
		body := d.sa.body(p)
		d.keys.XOR(body, body)
	}
}
