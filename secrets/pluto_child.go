package secrets

import (
	"bytes"

	"ikescope/keymat"
	"ikescope/suite"
)

// plutoChild is KEYMAT of the two SAs of an exchange; the line that says that they are established has the SPIs.
type plutoChild struct {
	line      int
	our, peer keymat.Secret // of the SA on which this host receives, and on which it sends
	iToR      keymat.Secret // of the SA on which the exchange's initiator sends
	rToI      keymat.Secret
}

// ours takes KEYMAT of the inbound SA. libreswan prints both under one name, the inbound SA's first.
func (c *plutoChild) ours(to *collector, line int, v keymat.Secret) {
	switch {
	case c.our.IsZero():
		c.our = v
	case c.peer.IsZero() && !c.our.Equal(v):
		c.peer = v
	case !c.our.Equal(v) && !c.peer.Equal(v): // nobody said that the ones before were established
		c.end(to)
		c.our = v
	}
	if c.line == 0 {
		c.line = line
	}
}

func (c *plutoChild) peers(line int, v keymat.Secret) {
	c.peer = v
	if c.line == 0 {
		c.line = line
	}
}

func (c *plutoChild) pair(line int, v keymat.Secret, fromInitiator bool) {
	if fromInitiator {
		c.iToR = v
	} else {
		c.rToI = v
	}
	if c.line == 0 {
		c.line = line
	}
}

// state reads `"lab" #2: IPsec SA established tunnel mode {ESP=>0x9577da71 <0xdd57566a xfrm=3DES_CBC-HMAC_SHA1_96 ...}`. =>
// is what this host sends on, < what it receives on.
func (r *pluto) state(text []byte) {
	if r.child.line == 0 {
		return
	}
	_, rest, ok := bytes.Cut(text, []byte("{"))
	if !ok {
		return
	}
	protocol := uint8(50)
	if bytes.HasPrefix(rest, []byte("AH")) {
		protocol = 51
	} else if !bytes.HasPrefix(rest, []byte("ESP")) {
		return
	}
	_, out, ok1 := bytes.Cut(rest, []byte("=>"))
	_, in, ok2 := bytes.Cut(out, []byte(" <"))
	_, xfrm, _ := bytes.Cut(in, []byte("xfrm="))
	outSPI, isOut := hex32(firstField(out))
	inSPI, isIn := hex32(firstField(in))
	if !ok1 || !ok2 || !isOut || !isIn {
		return
	}
	r.child.established(r.c, protocol, inSPI, outSPI, firstField(xfrm))
}

func firstField(text []byte) []byte {
	if at := bytes.IndexAny(text, " }"); at >= 0 {
		return text[:at]
	}
	return text
}

// established hands over both SAs. Of KEYMAT by the exchange's roles it is not known which is whose: packets tell.
func (c *plutoChild) established(to *collector, protocol uint8, in, out uint32, xfrm []byte) {
	k := *c
	*c = plutoChild{}
	if !k.our.IsZero() && !k.peer.IsZero() {
		plutoSA(to, k.line, protocol, in, k.our, xfrm)
		plutoSA(to, k.line, protocol, out, k.peer, xfrm)
		return
	}
	for _, v := range []keymat.Secret{k.our, k.peer, k.iToR, k.rToI} {
		if !v.IsZero() {
			plutoSA(to, k.line, protocol, in, v, xfrm)
			plutoSA(to, k.line, protocol, out, v, xfrm)
		}
	}
}

// end hands over what is left without SPIs.
func (c *plutoChild) end(to *collector) {
	k := *c
	*c = plutoChild{}
	for _, v := range []keymat.Secret{k.our, k.peer, k.iToR, k.rToI} {
		if !v.IsZero() {
			to.esp(k.line, ESP{Protocol: 50, Keymat: v})
		}
	}
}

// plutoSA cuts KEYMAT by "3DES_CBC-HMAC_SHA1_96" or "AES_GCM_16_256-NONE" and hands it over.
func plutoSA(to *collector, line int, protocol uint8, spi uint32, k keymat.Secret, xfrm []byte) {
	e := ESP{Protocol: protocol, SPI: spi}
	cipher, integ, _ := bytes.Cut(xfrm, []byte("-"))
	e.Integrity = registryIntegrity(integ)
	auth := 0
	if a, ok := suite.IntegrityByName(e.Integrity); ok {
		auth = a.KeyLen
	}
	enc := k.Len() - auth
	name := registryName(cipher)
	row, known := suite.CipherByName(name)
	if !known {
		n, ok := cipherOfLength(name, enc)
		row, _ = suite.CipherByName(n)
		known = ok
	}
	if protocol == 51 {
		known, enc, row = e.Integrity != "", 0, suite.Cipher{}
	}
	if !known || e.Integrity == "" || row.KeymatLen() != enc && protocol == 50 || enc < 0 {
		to.esp(line, ESP{Protocol: protocol, SPI: spi, Keymat: k})
		return
	}
	if protocol == 50 {
		e.Encryption, e.EncryptionKey = row.Name, keymat.NewSecret(k.Bytes()[:enc])
	}
	if row.AEAD() {
		e.Integrity = ""
	} else if auth > 0 {
		e.IntegrityKey = keymat.NewSecret(k.Bytes()[enc : enc+auth])
	}
	to.esp(line, e)
}
