package esp

import (
	"bytes"
	"crypto/cipher"
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"golang.org/x/crypto/chacha20poly1305"

	"ikescope/suite"
)

// sealer makes packets that an SA must open. It shares no code with the
// openers: it writes each RFC's construction down with the library's
// encrypting functions.
type sealer struct {
	Params
	t   testing.TB
	rng *rand.Rand
}

func newSealer(t testing.TB, p Params) *sealer {
	return &sealer{p, t, rand.New(rand.NewPCG(uint64(len(p.Cipher.Name)), uint64(len(p.Integrity.Name))))}
}

// paramsFor returns an SA with random keys.
func paramsFor(rng *rand.Rand, c suite.Cipher, a suite.Integrity, esn bool) Params {
	return Params{
		SPI: rng.Uint32(), ESN: esn,
		Cipher: c, CipherKey: random(rng, c.KeymatLen()),
		Integrity: a, IntegrityKey: random(rng, a.KeyLen),
	}
}

func random(rng *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return b
}

// trailer returns payload with padding 1, 2, 3, ..., pad length and next header
// (RFC 4303, section 2.4).
func trailer(payload []byte, nextHeader uint8, align int) []byte {
	text := bytes.Clone(payload)
	pad := 0
	for (len(text)+2)%align != 0 {
		pad++
		text = append(text, byte(pad))
	}
	return append(text, byte(pad), nextHeader)
}

// packet seals payload, padded to what the cipher and RFC 4303 ask for.
func (s *sealer) packet(seq uint64, payload []byte, nextHeader uint8) []byte {
	return s.seal(seq, trailer(payload, nextHeader, max(4, s.Cipher.BlockLen)))
}

// seal seals text, which ends with its trailer.
func (s *sealer) seal(seq uint64, text []byte) []byte {
	header := binary.BigEndian.AppendUint32(nil, s.SPI)
	header = binary.BigEndian.AppendUint32(header, uint32(seq))
	iv := random(s.rng, s.Cipher.IVLen)
	aad := binary.BigEndian.AppendUint32(nil, s.SPI)
	if s.ESN {
		aad = binary.BigEndian.AppendUint64(aad, seq)
	} else {
		aad = binary.BigEndian.AppendUint32(aad, uint32(seq))
	}
	nonceIV := iv
	if s.Cipher.ImplicitIV {
		nonceIV = binary.BigEndian.AppendUint64(nil, seq)
		if !s.ESN {
			clear(nonceIV[:4])
		}
	}
	body := s.encrypt(nonceIV, text, aad)
	packet := bytes.Join([][]byte{header, iv, body}, nil)
	return append(packet, s.icv(packet, seq)...)
}

func (s *sealer) icv(packet []byte, seq uint64) []byte {
	if s.Integrity.ICVLen == 0 {
		return nil
	}
	h := s.Integrity.New(s.IntegrityKey)
	h.Write(packet)
	if s.ESN {
		h.Write(binary.BigEndian.AppendUint32(nil, uint32(seq>>32)))
	}
	return h.Sum(nil)[:s.Integrity.ICVLen]
}

func (s *sealer) encrypt(iv, text, aad []byte) []byte {
	key, salt := s.CipherKey[:s.Cipher.KeyLen], s.CipherKey[s.Cipher.KeyLen:]
	nonce := append(bytes.Clone(salt), iv...)
	switch s.Cipher.Mode {
	case suite.ModeNull:
		return bytes.Clone(text)
	case suite.ModeChaCha20Poly1305:
		a, err := chacha20poly1305.New(key)
		s.must(err)
		return a.Seal(nil, nonce, text, aad)
	}
	block, err := s.Cipher.NewBlock(key)
	s.must(err)
	out := bytes.Clone(text)
	switch s.Cipher.Mode {
	case suite.ModeCBC:
		cipher.NewCBCEncrypter(block, iv).CryptBlocks(out, out)
	case suite.ModeCTR:
		cipher.NewCTR(block, append(nonce, 0, 0, 0, 1)).XORKeyStream(out, out)
	case suite.ModeGCM:
		out = s.gcm(block).Seal(nil, nonce, text, aad)
		out = out[:len(text)+s.Cipher.ICVLen]
	case suite.ModeGMAC:
		out = append(out, s.gcm(block).Seal(nil, nonce, nil, bytes.Join([][]byte{aad, iv, text}, nil))...)
	case suite.ModeCCM:
		out = sealCCM(block, nonce, text, aad, s.Cipher.ICVLen)
	default:
		s.t.Fatalf("no sealer for %v", s.Cipher.Mode)
	}
	return out
}

func (s *sealer) gcm(b cipher.Block) cipher.AEAD {
	a, err := cipher.NewGCM(b)
	s.must(err)
	return a
}

func (s *sealer) must(err error) {
	if err != nil {
		s.t.Fatal(err)
	}
}

// sealCCM is RFC 3610 with a length field of 4 octets: the MAC is the last
// block of the CBC encryption of the formatted input.
func sealCCM(b cipher.Block, nonce, text, aad []byte, tagLen int) []byte {
	pad := func(b []byte) []byte { return append(b, make([]byte, (16-len(b)%16)%16)...) }
	in := append([]byte{byte(0x40 + 8*((tagLen-2)/2) + 3)}, nonce...)
	in = binary.BigEndian.AppendUint32(in, uint32(len(text)))
	in = append(in, pad(append([]byte{0, byte(len(aad))}, aad...))...)
	in = append(in, pad(bytes.Clone(text))...)
	cipher.NewCBCEncrypter(b, make([]byte, 16)).CryptBlocks(in, in)
	mac := in[len(in)-16:]
	counter := append(append([]byte{3}, nonce...), 0, 0, 0, 0)
	stream := append(bytes.Clone(mac), text...)
	cipher.NewCTR(b, counter).XORKeyStream(stream, stream)
	return append(stream[16:], stream[:tagLen]...)
}
