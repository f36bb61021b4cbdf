package traffic

import (
	"crypto/cipher"
	"fmt"
	"hash"

	"golang.org/x/crypto/chacha20poly1305"

	"ikescope/secrets"
	"ikescope/suite"
)

// sealer makes ESP packets (RFC 4303, section 2). A packet begins with SPI and
// sequence number.
type sealer interface {
	// prepare appends to the two numbers what does not change from packet to
	// packet, and room for what does.
	prepare(packet, inner []byte) []byte
	// finish protects a packet after its sequence number changed.
	finish(packet []byte)
}

func newSealer(c suite.Cipher, i suite.Integrity, keys secrets.ESP) (sealer, error) {
	key, salt := keys.EncryptionKey.Bytes()[:c.KeyLen], keys.EncryptionKey.Bytes()[c.KeyLen:]
	var block cipher.Block
	if c.NewBlock != nil {
		var err error
		if block, err = c.NewBlock(key); err != nil {
			return nil, err
		}
	}
	switch c.Mode {
	case suite.ModeCBC, suite.ModeCTR, suite.ModeNull:
		s := &macSealer{block: block, salt: salt, counts: c.Mode == suite.ModeCTR, iv: c.IVLen, icv: i.ICVLen}
		if i.ICVLen > 0 {
			s.mac = i.New(keys.IntegrityKey.Bytes())
		}
		return s, nil
	}
	aead, err := newCombined(c, block, key)
	return &aeadSealer{aead: aead, salt: salt, iv: c.IVLen}, err
}

func newCombined(c suite.Cipher, block cipher.Block, key []byte) (combined, error) {
	switch c.Mode {
	case suite.ModeChaCha20Poly1305:
		return chacha20poly1305.New(key)
	case suite.ModeGCM, suite.ModeGMAC:
		gcm, err := cipher.NewGCM(block)
		switch {
		case err != nil:
			return nil, err
		case c.Mode == suite.ModeGMAC:
			return gmac{gcm}, nil
		case c.ICVLen < gcm.Overhead():
			return truncated{gcm, c.ICVLen}, nil
		}
		return gcm, nil
	}
	return nil, fmt.Errorf("packets with %s cannot be made here", c.Name)
}

// trailed appends padding, pad length and next header, so that the length is a
// multiple of align (RFC 4303, section 2.4).
func trailed(inner []byte, align int) []byte {
	b := append([]byte(nil), inner...)
	pad := byte(0)
	for ; (len(b)+2)%align != 0; pad++ {
		b = append(b, pad+1)
	}
	return append(b, pad, protocolIPIP)
}

// macSealer encrypts once for each SA: initialization vector and content stay, and
// with them the ciphertext. Opening costs the same, and making a capture little.
type macSealer struct {
	block  cipher.Block // nil: no encryption
	counts bool         // counter mode: nonce | IV | 1 (RFC 3686, section 4)
	salt   []byte
	iv     int       // octets
	mac    hash.Hash // nil: no integrity
	icv    int
	sum    []byte
}

func (s *macSealer) prepare(packet, inner []byte) []byte {
	size, iv := 4, make([]byte, s.iv)
	if s.block != nil && !s.counts {
		size = s.block.BlockSize()
	}
	copy(iv, packet)
	plain := trailed(inner, size)
	switch {
	case s.counts:
		start := append(append(append([]byte(nil), s.salt...), iv...), 0, 0, 0, 1)
		cipher.NewCTR(s.block, start).XORKeyStream(plain, plain)
	case s.block != nil:
		s.block.Encrypt(iv, iv)
		cipher.NewCBCEncrypter(s.block, iv).CryptBlocks(plain, plain)
	}
	packet = append(append(packet, iv...), plain...)
	return append(packet, make([]byte, s.icv)...)
}

func (s *macSealer) finish(packet []byte) {
	if s.mac == nil {
		return
	}
	at := len(packet) - s.icv
	s.mac.Reset()
	s.mac.Write(packet[:at])
	s.sum = s.mac.Sum(s.sum[:0])
	copy(packet[at:], s.sum)
}

// combined is the sealing half of cipher.AEAD.
type combined interface {
	Seal(dst, nonce, plain, aad []byte) []byte
	Overhead() int
}

// truncated is GCM with a shorter tag, which is the beginning of the whole one.
type truncated struct {
	gcm cipher.AEAD
	tag int // octets
}

func (t truncated) Overhead() int { return t.tag }

func (t truncated) Seal(dst, nonce, plain, aad []byte) []byte {
	return append(dst, t.gcm.Seal(nil, nonce, plain, aad)[:len(plain)+t.tag]...)
}

// gmac leaves the text in the clear and authenticates it behind the other data and
// the initialization vector (RFC 4543, section 3.3).
type gmac struct{ cipher.AEAD }

func (g gmac) Seal(dst, nonce, plain, aad []byte) []byte {
	const salt = 4
	all := append(append(append([]byte(nil), aad...), nonce[salt:]...), plain...)
	return g.AEAD.Seal(append(dst, plain...), nonce, nil, all)
}

// aeadSealer seals each packet anew: its nonce must not repeat.
type aeadSealer struct {
	aead  combined
	salt  []byte
	iv    int // octets in the packet; 0: it is the sequence number (RFC 8750)
	plain []byte
	nonce []byte
}

func (s *aeadSealer) prepare(packet, inner []byte) []byte {
	s.plain = trailed(inner, 4)
	return append(packet, make([]byte, s.iv+len(s.plain)+s.aead.Overhead())...)
}

func (s *aeadSealer) finish(packet []byte) {
	s.nonce = append(append(s.nonce[:0], s.salt...), 0, 0, 0, 0)
	s.nonce = append(s.nonce, packet[4:espLen]...)
	copy(packet[espLen:espLen+s.iv], s.nonce[len(s.salt):])
	s.aead.Seal(packet[espLen+s.iv:espLen+s.iv], s.nonce, s.plain, packet[:espLen])
}
