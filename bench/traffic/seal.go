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
	key := keys.EncryptionKey.Bytes()
	switch c.Mode {
	case suite.ModeCBC:
		block, err := c.NewBlock(key)
		if err != nil {
			return nil, err
		}
		return &cbcHMAC{block: block, mac: i.New(keys.IntegrityKey.Bytes()), icv: i.ICVLen}, nil
	case suite.ModeNull:
		return &cbcHMAC{mac: i.New(keys.IntegrityKey.Bytes()), icv: i.ICVLen}, nil
	case suite.ModeGCM:
		block, err := c.NewBlock(key[:c.KeyLen])
		if err != nil {
			return nil, err
		}
		aead, err := cipher.NewGCMWithTagSize(block, c.ICVLen)
		return &aeadSealer{aead: aead, salt: key[c.KeyLen:], iv: c.IVLen}, err
	case suite.ModeChaCha20Poly1305:
		aead, err := chacha20poly1305.New(key[:c.KeyLen])
		return &aeadSealer{aead: aead, salt: key[c.KeyLen:], iv: c.IVLen}, err
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

// cbcHMAC encrypts once for each SA: initialization vector and content stay, and
// with them the ciphertext. Opening costs the same, and making a capture little.
type cbcHMAC struct {
	block cipher.Block // nil: no encryption
	mac   hash.Hash
	icv   int
	sum   []byte
}

func (s *cbcHMAC) prepare(packet, inner []byte) []byte {
	if s.block == nil {
		packet = append(packet, trailed(inner, 4)...)
		return append(packet, make([]byte, s.icv)...)
	}
	size := s.block.BlockSize()
	iv := make([]byte, size)
	copy(iv, packet)
	s.block.Encrypt(iv, iv)
	plain := trailed(inner, size)
	cipher.NewCBCEncrypter(s.block, iv).CryptBlocks(plain, plain)
	packet = append(append(packet, iv...), plain...)
	return append(packet, make([]byte, s.icv)...)
}

func (s *cbcHMAC) finish(packet []byte) {
	at := len(packet) - s.icv
	s.mac.Reset()
	s.mac.Write(packet[:at])
	s.sum = s.mac.Sum(s.sum[:0])
	copy(packet[at:], s.sum)
}

// aeadSealer seals each packet anew: its nonce must not repeat.
type aeadSealer struct {
	aead  cipher.AEAD
	salt  []byte
	iv    int // octets
	plain []byte
	nonce []byte
}

func (s *aeadSealer) prepare(packet, inner []byte) []byte {
	s.plain = trailed(inner, 4)
	return append(packet, make([]byte, s.iv+len(s.plain)+s.aead.Overhead())...)
}

func (s *aeadSealer) finish(packet []byte) {
	iv := packet[espLen : espLen+s.iv]
	copy(iv[s.iv-4:], packet[4:espLen])
	s.nonce = append(append(s.nonce[:0], s.salt...), iv...)
	s.aead.Seal(packet[espLen+s.iv:espLen+s.iv], s.nonce, s.plain, packet[:espLen])
}
