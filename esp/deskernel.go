package esp

import (
	"ikescope/esp/kernel/des"
	"ikescope/suite"
)

func isDES(c suite.Cipher) bool { return c.Name == "des-cbc" || c.Name == "3des-cbc" }

// desChains is a key of DES or triple DES.
type desChains struct{ key *des.Cipher }

func (c desChains) decrypter(s *SA, x *scratch) decrypter {
	return &desDecrypter{s, x, c.key}
}

// desDecrypter puts the blocks of all packets of a batch side by side.
type desDecrypter struct {
	sa  *SA
	x   *scratch
	key *des.Cipher
}

func (d *desDecrypter) decrypt(batch []Packet) {
	if d.x.des == nil {
		d.x.des = des.NewBatch()
	}
	ivAt := d.sa.bodyAt - d.sa.blockLen
	d.x.des.Start(d.key)
	for i := range batch {
		if p := &batch[i]; p.live {
			d.x.des.Add(p.Data[ivAt : len(p.Data)-d.sa.icvLen])
		}
	}
	d.x.des.Finish()
}
