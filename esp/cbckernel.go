package esp

import (
	"strings"

	"ikescope/esp/kernel/aescbc"
	"ikescope/esp/kernel/des"
	"ikescope/suite"
)

// chainKernel decrypts many packets of one key in CBC mode at a time.
type chainKernel interface {
	decrypter(s *SA, x *scratch) decrypter
}

// newChainKernel returns the kernel for a cipher in CBC mode, nil where there
// is none.
func newChainKernel(c suite.Cipher, key []byte) chainKernel {
	switch {
	case isAES(c):
		if k, ok := aescbc.New(key); ok {
			return aesChains{k}
		}
	case isDES(c):
		block, err := c.NewBlock(key)
		if err != nil {
			return nil
		}
		if k, err := des.New(key, block); err == nil {
			return desChains{k}
		}
	}
	return nil
}

func isAES(c suite.Cipher) bool { return strings.HasPrefix(c.Name, "aes-") }

// aesChains is a key of AES.
type aesChains struct{ key *aescbc.Key }

func (c aesChains) decrypter(s *SA, x *scratch) decrypter { return &chainsDecrypter{s, x, c.key} }

// chainsDecrypter gives the kernel all packets of a batch at once.
type chainsDecrypter struct {
	sa  *SA
	x   *scratch
	key *aescbc.Key
}

func (d *chainsDecrypter) decrypt(batch []Packet) {
	ivAt := d.sa.bodyAt - d.sa.blockLen
	chains := d.x.chains[:0]
	for i := range batch {
		if p := &batch[i]; p.live {
			chains = append(chains, p.Data[ivAt:len(p.Data)-d.sa.icvLen])
		}
	}
	d.key.Decrypt(chains)
	d.x.chains = chains
}
