package esp

import (
	"crypto/cipher"
	"crypto/subtle"

	"ikescope/suite"
)

// cbc is cipher block chaining with an explicit IV of one block (RFC 2451,
// RFC 3602): one of the two ways is set.
type cbc struct {
	kernel chainKernel
	block  cipher.Block
}

func newCBC(c suite.Cipher, key, _ []byte) (transform, error) {
	if k := newChainKernel(c, key); k != nil {
		return cbc{kernel: k}, nil
	}
	block, err := c.NewBlock(key)
	if err != nil {
		return nil, err
	}
	return cbc{block: block}, nil
}

func (c cbc) session(s *SA, x *scratch) session {
	if c.kernel != nil {
		return session{s.separateVerifier(x), c.kernel.decrypter(s, x)}
	}
	return session{s.separateVerifier(x), &cbcDecrypter{s, c.block}}
}

type cbcDecrypter struct {
	sa    *SA
	block cipher.Block
}

func (d *cbcDecrypter) decrypt(batch []Packet) {
	n := d.block.BlockSize()
	for i := range batch {
		if p := &batch[i]; p.live {
			decryptChain(d.block, p.Data[d.sa.bodyAt-n:len(p.Data)-d.sa.icvLen])
		}
	}
}

// decryptChain decrypts the blocks behind the first, which is the IV, in
// place: P[i] = D(C[i]) xor C[i-1]. Going from the last block to the first
// keeps each C[i-1] until it has been used.
func decryptChain(b cipher.Block, chain []byte) {
	n := b.BlockSize()
	for at := len(chain) - n; at >= n; at -= n {
		block := chain[at : at+n]
		b.Decrypt(block, block)
		subtle.XORBytes(block, block, chain[at-n:at])
	}
}
