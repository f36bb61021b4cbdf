package esp

import (
	"strings"

	"ikescope/esp/kernel/aescbc"
	"ikescope/suite"
)

// chainKernel decrypts the blocks of many chains in place. The first block of
// a chain is its IV, which stays.
type chainKernel interface {
	Decrypt(chains [][]byte)
}

// newChainKernel returns the kernel for a cipher in CBC mode, nil where there
// is none.
func newChainKernel(c suite.Cipher, key []byte) chainKernel {
	if isAES(c) {
		if k, ok := aescbc.New(key); ok {
			return k
		}
	}
	return nil
}

func isAES(c suite.Cipher) bool { return strings.HasPrefix(c.Name, "aes-") }

// chainsDecrypter gives a kernel all packets of a batch at once.
type chainsDecrypter struct {
	sa     *SA
	x      *scratch
	kernel chainKernel
}

func (d *chainsDecrypter) decrypt(batch []Packet) {
	ivAt := d.sa.bodyAt - d.sa.blockLen
	chains := d.x.chains[:0]
	for i := range batch {
		if p := &batch[i]; p.live {
			chains = append(chains, p.Data[ivAt:len(p.Data)-d.sa.icvLen])
		}
	}
	d.kernel.Decrypt(chains)
	d.x.chains = chains
}
