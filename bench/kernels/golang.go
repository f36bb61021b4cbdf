package main

import (
	"crypto/cipher"
	"crypto/hmac"
	"hash"

	"ikescope/esp"
	"ikescope/suite"
)

// golang is Go's own packages, packet by packet.
func golang(l *load) (opener, error) {
	c := l.params.Cipher
	if c.Mode == suite.ModeNull {
		return (&chained{load: l, mac: l.mac()}).open, nil
	}
	block, err := c.NewBlock(l.params.CipherKey[:c.KeyLen])
	if err != nil {
		return nil, err
	}
	if c.Mode == suite.ModeGCM {
		aead, err := cipher.NewGCM(block)
		return (&sealed{load: l, aead: aead, nonce: make([]byte, aead.NonceSize())}).open, err
	}
	return (&chained{load: l, mac: l.mac(), block: block}).open, nil
}

func (l *load) mac() hash.Hash {
	if l.params.Integrity.New == nil {
		return nil
	}
	return l.params.Integrity.New(l.params.IntegrityKey)
}

// chained is CBC with a separate integrity algorithm; either may be absent.
type chained struct {
	*load
	mac   hash.Hash
	block cipher.Block
	sum   []byte
}

func (c *chained) open(b *batch) (right int) {
	for i := range c.count {
		if c.one(b.packet(i)) {
			right++
		}
	}
	return right
}

func (c *chained) one(p []byte) bool {
	if c.mac != nil {
		c.mac.Reset()
		c.mac.Write(p[:c.end()])
		c.sum = c.mac.Sum(c.sum[:0])
		if !hmac.Equal(c.sum[:c.icv()], p[c.end():]) {
			return false
		}
	}
	if c.block != nil {
		text := p[c.body():c.end()]
		cipher.NewCBCDecrypter(c.block, p[esp.HeaderLen:c.body()]).CryptBlocks(text, text)
	}
	return true
}

// sealed is GCM.
type sealed struct {
	*load
	aead  cipher.AEAD
	nonce []byte
}

func (s *sealed) open(b *batch) (right int) {
	salt := s.params.CipherKey[s.params.Cipher.KeyLen:]
	for i := range s.count {
		p := b.packet(i)
		copy(s.nonce[copy(s.nonce, salt):], p[esp.HeaderLen:s.body()])
		text := p[s.body():]
		if _, err := s.aead.Open(text[:0], s.nonce, text, p[:esp.HeaderLen]); err == nil {
			right++
		}
	}
	return right
}
