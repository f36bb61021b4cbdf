package esp

import (
	"crypto/cipher"
	"encoding/binary"
)

// aead is one combined mode under one key. Sealed text is ciphertext and then
// the ICV.
type aead interface {
	// open writes the plaintext of sealed to dst and reports whether the ICV
	// verified. dst has room for the ciphertext and maxTag octets more, does
	// not overlap sealed, and is worthless when open reports false.
	open(dst, nonce, sealed, aad []byte) bool
	// decrypt writes the plaintext of ciphertext to dst, whatever its ICV.
	// dst is as for open.
	decrypt(dst, nonce, ciphertext []byte)
}

// combined opens packets of an AEAD (RFC 4303, section 3.4.4.2).
type combined struct {
	sa   *SA
	x    *scratch
	salt []byte
	aead aead
}

// verify decrypts into scratch memory first: an opener may destroy its
// output when the ICV is wrong, and the packet must stay as it was.
func (c *combined) verify(batch []Packet) {
	for i := range batch {
		if p := &batch[i]; p.live {
			c.open(p)
		}
	}
}

func (c *combined) decrypt([]Packet) {}

func (c *combined) open(p *Packet) {
	body := c.sa.body(p)
	text := room(&c.x.text, len(body)+maxTag)
	nonce := c.nonce(p)
	ok := c.aead.open(text, nonce, p.Data[c.sa.bodyAt:], c.aad(p))
	c.x.settle(p, ok)
	if !p.live {
		return
	}
	if !ok {
		c.aead.decrypt(text, nonce, body)
	}
	copy(body, text)
}

// nonce returns salt | IV (RFC 4106 section 4, RFC 4309 section 4, RFC 7634
// section 2). An implicit IV is the sequence number in 8 octets (RFC 8750,
// section 4).
func (c *combined) nonce(p *Packet) []byte {
	n := copy(c.x.nonce[:], c.salt)
	iv := c.sa.iv8(p)
	return c.x.nonce[:n+copy(c.x.nonce[n:], iv[:])]
}

// iv8 returns the IV of 8 octets that combined modes have.
func (s *SA) iv8(p *Packet) (iv [8]byte) {
	if s.params.Cipher.ImplicitIV {
		binary.BigEndian.PutUint64(iv[:], s.sequence(p))
		return iv
	}
	return [8]byte(p.Data[HeaderLen:s.bodyAt])
}

// aad returns the additional authenticated data: SPI | sequence number, of 32
// or 64 bits (RFC 4106 section 5, RFC 4309 section 5, RFC 7634 section 2.1).
func (c *combined) aad(p *Packet) []byte {
	if !c.sa.params.ESN {
		return p.Data[:HeaderLen]
	}
	return appendESNHeader(c.x.aad[:0], p)
}

// appendESNHeader appends SPI and extended sequence number.
func appendESNHeader(b []byte, p *Packet) []byte {
	b = append(b, p.Data[:4]...)
	b = binary.BigEndian.AppendUint32(b, p.SeqHi)
	return append(b, p.Data[4:HeaderLen]...)
}

// sequence returns a packet's sequence number, extended if the SA's are.
func (s *SA) sequence(p *Packet) uint64 {
	n := uint64(p.Seq())
	if s.params.ESN {
		n |= uint64(p.SeqHi) << 32
	}
	return n
}

// standard is an aead that a library computes.
type standard struct{ cipher.AEAD }

func (a standard) open(dst, nonce, sealed, aad []byte) bool {
	_, err := a.Open(dst[:0], nonce, sealed, aad)
	return err == nil
}

// decrypt seals the ciphertext: in a mode that encrypts by a keystream, once
// more is back again. The tag behind it means nothing.
func (a standard) decrypt(dst, nonce, ciphertext []byte) {
	a.Seal(dst[:0], nonce, ciphertext, nil)
}

// shared is the transform of an AEAD without state of its own.
type shared struct {
	aead aead
	salt []byte
}

func (t shared) session(s *SA, x *scratch) session {
	c := &combined{sa: s, x: x, salt: t.salt, aead: t.aead}
	return session{c, c}
}
