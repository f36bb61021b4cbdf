package esp

import "ikescope/esp/kernel/aesctr"

// textsDecrypter gives the kernel of counter mode all packets of a batch at
// once.
type textsDecrypter struct {
	sa *SA
	x  *scratch
	ctr
}

func (d *textsDecrypter) decrypt(batch []Packet) {
	texts := d.x.texts[:0]
	for i := range batch {
		if p := &batch[i]; p.live {
			texts = append(texts, aesctr.Text{Text: d.sa.body(p), Counter: d.first(p.Data[HeaderLen:d.sa.bodyAt])})
		}
	}
	d.kernel.XOR(texts)
	d.x.texts = texts
}
