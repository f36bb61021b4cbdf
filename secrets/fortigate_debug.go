package secrets

import (
	"bytes"
	"strings"

	"ikescope/keymat"
)

// debug reads the lines of the IKE debug that have keys.
func (r *fortigate) debug(n int, text []byte) {
	if !bytes.Contains(text, []byte(" SA ")) || !bytes.Contains(text[:min(len(text), maxFront)], []byte("ike ")) {
		return
	}
	if _, rest, ok := bytes.Cut(text, []byte(" ISAKMP SA ")); ok {
		r.isakmpKey(n, rest)
	} else if _, rest, ok := bytes.Cut(text, []byte(" IPsec SA ")); ok {
		r.ipsecKey(n, rest)
	} else if _, rest, ok := bytes.Cut(text, []byte(" IKE SA ")); ok {
		r.ikeKey(n, rest)
	}
}

// isakmpKey reads "12f2cbed073d6dba/21c98f93c506f466 key 16:3B0F...".
func (r *fortigate) isakmpKey(n int, text []byte) {
	f := strings.Fields(string(text))
	if len(f) < 3 || f[1] != "key" {
		return
	}
	p, ok := spiPair(f[0])
	key, known := sizedKey(f[2])
	if ok && known {
		r.c.isakmp(n, ISAKMP{CookieI: &p.i, CookieR: &p.r, CipherKey: key})
	}
}

// spiPair reads "12f2cbed073d6dba/21c98f93c506f466".
func spiPair(text string) (p cookiePair, ok bool) {
	i, responder, ok := strings.Cut(text, "/")
	var ok1, ok2 bool
	p.i, ok1 = hex64([]byte(i))
	p.r, ok2 = hex64([]byte(responder))
	return p, ok && ok1 && ok2
}

// sizedKey reads "16:3B0F...", a length in octets and hex.
func sizedKey(text string) (keymat.Secret, bool) {
	size, rest, ok := decimal([]byte(text))
	hex, colon := bytes.CutPrefix(rest, []byte(":"))
	octets, isHex := hexRun(nil, hex, maxDump)
	return keymat.NewSecret(octets), ok && colon && isHex && len(octets) == size && size > 0
}

// ipsecKey reads "dec spi 24c2ab68 key 16:3DE8... auth 20:F054...". The line does not name the algorithms: packets, or the
// negotiation, tell.
func (r *fortigate) ipsecKey(n int, text []byte) {
	f := strings.Fields(string(text))
	if len(f) < 5 || f[0] != "dec" && f[0] != "enc" || f[1] != "spi" || f[3] != "key" {
		return
	}
	spi, ok := hex32([]byte(f[2]))
	key, known := sizedKey(f[4])
	if !ok || !known {
		return
	}
	e := ESP{Protocol: 50, SPI: spi, EncryptionKey: key}
	if len(f) >= 7 && f[5] == "auth" {
		e.IntegrityKey, _ = sizedKey(f[6])
	}
	r.c.esp(n, e)
}

// ikeKey reads "0640897749c18520/91e5a0b7c2d3f846 SK_ei 16:91C2...": a line for each key.
func (r *fortigate) ikeKey(n int, text []byte) {
	f := strings.Fields(string(text))
	if len(f) < 3 {
		return
	}
	p, ok := spiPair(f[0])
	key, known := sizedKey(f[2])
	if !ok || !known {
		return
	}
	k := &r.ike.keys
	if k.SPIi != nil && (*k.SPIi != p.i || *k.SPIr != p.r) {
		r.ike.hand(r.c)
		r.ike = ikeSAKeys{}
	}
	if r.ike.line == 0 {
		r.ike.line = n
	}
	k.SPIi, k.SPIr = &p.i, &p.r
	if place := k.key(f[1]); place != nil {
		*place = key
	}
}
