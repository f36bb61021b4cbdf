package secrets

import (
	"bytes"

	"ikescope/keymat"
)

// statement takes a line that is neither a dump nor noise.
func (r *racoon) statement(n int, message []byte) {
	if label, size := racoonLabelOf(message); label != "" {
		r.c.recognised()
		r.label, r.at, r.size = label, n, size
		return
	}
	r.child.lengths(message)
	r.pair.established(r.c, message)
	if p, ok := cookiesIn(message); ok {
		r.phase1.saw(p)
	}
}

// cookiesIn finds "CKY-I:CKY-R" in a line, each of 16 hex digits.
func cookiesIn(text []byte) (p cookiePair, ok bool) {
	const digits = 16
	for at := digits; at+digits < len(text); at++ {
		next := bytes.IndexByte(text[at:], ':')
		if next < 0 {
			return p, false
		}
		at += next
		if at+digits >= len(text) {
			return p, false
		}
		var ok1, ok2 bool
		p.i, ok1 = hex64(text[at-digits : at])
		p.r, ok2 = hex64(text[at+1 : at+1+digits])
		if ok1 && ok2 {
			return p, true
		}
	}
	return p, false
}

// racoonChild is one IPsec SA: racoon prints for each what KEYMAT is computed from, the algorithms, and KEYMAT, which is
// longer than needed.
type racoonChild struct {
	line              int // 0: none
	protocol          uint8
	spi               uint32
	cipher, integ     string // our names, the cipher's without its key length
	encBits, authBits int
}

// racoonCiphers are the names behind "encryption(".
var racoonCiphers = map[string]string{
	"des": "des-cbc", "3des": "3des-cbc", "aes": "aes-cbc", "blowfish": "blowfish-cbc", "cast": "cast-cbc", "cast128": "cast-cbc",
	"camellia": "camellia-cbc", "null": "null", "aes-cbc": "aes-cbc", "aes-ctr": "aes-ctr", "aes-gcm": "aes-gcm-16",
}

// algorithm reads "encryption(3des)" and "hmac(sha1)". hmac(hmac_sha1) is the PRF.
func (c *racoonChild) algorithm(message []byte) {
	if c.line == 0 {
		return
	}
	kind, name, ok := bytes.Cut(bytes.TrimSuffix(message, []byte(")")), []byte("("))
	if !ok {
		return
	}
	switch string(kind) {
	case "encryption":
		c.cipher = racoonCiphers[string(name)]
	case "hmac":
		if !bytes.HasPrefix(name, []byte("hmac_")) {
			c.integ = string(name)
		}
	}
}

// lengths reads "encklen=192 authklen=160", in bits.
func (c *racoonChild) lengths(message []byte) {
	if c.line == 0 || !bytes.HasPrefix(message, []byte("encklen=")) {
		return
	}
	enc, rest, ok1 := decimal(message[len("encklen="):])
	rest, ok2 := bytes.CutPrefix(rest, []byte(" authklen="))
	auth, _, ok3 := decimal(rest)
	if ok1 && ok2 && ok3 && enc <= 8*maxSecret && auth <= 8*maxSecret {
		c.encBits, c.authBits = enc, auth
	}
}

// hand hands over the SA, cut into keys if the log says how.
func (c *racoonChild) hand(to *collector, k keymat.Secret) {
	if c.line == 0 || c.spi == 0 {
		return
	}
	e := ESP{Protocol: c.protocol, SPI: c.spi}
	enc, auth := c.encBits/8, c.authBits/8
	cipher, known := cipherOfLength(c.cipher, enc)
	if c.protocol == 51 {
		cipher, known, enc = "", true, 0
	}
	if !known || enc+auth > k.Len() || enc+auth == 0 || auth != 0 && integrityOfLength(auth) == "" {
		e.Keymat = k
		to.esp(c.line, e)
		return
	}
	e.Encryption, e.EncryptionKey = cipher, keymat.NewSecret(k.Bytes()[:enc])
	if auth != 0 && !cipherIsAEAD(cipher) {
		e.Integrity, e.IntegrityKey = integrityOfLength(auth), keymat.NewSecret(k.Bytes()[enc:enc+auth])
	}
	to.esp(c.line, e)
}

// racoonPair is KEYMAT of both SAs of an IKEv2 child, which RouterOS prints in one (RFC 7296 section 2.17), and the SPIs
// that follow. Which of the two is whose is not said: packets tell.
type racoonPair struct {
	line   int // 0: none
	keymat keymat.Secret
	spis   []uint32
}

// established reads "IPsec-SA established: ESP/Tunnel 192.0.2.1[4500]->192.0.2.2[4500] spi=0x3aa2123", the number in
// decimal with hex in brackets or in hex.
func (p *racoonPair) established(c *collector, message []byte) {
	if p.line == 0 || !bytes.HasPrefix(message, []byte("IPsec-SA established")) {
		return
	}
	_, text, ok := bytes.Cut(message, []byte(" spi="))
	if at := bytes.IndexByte(text, '('); at >= 0 {
		text, _, _ = bytes.Cut(text[at+1:], []byte(")"))
	}
	if spi, isSPI := hex32(text); ok && isSPI {
		p.spis = append(p.spis, spi)
	}
	if len(p.spis) == 2 {
		p.end(c)
	}
}

// end hands over both halves for each SPI, or for any where the log has none.
func (p *racoonPair) end(c *collector) {
	line, b := p.line, p.keymat.Bytes()
	spis := p.spis
	*p = racoonPair{}
	if line == 0 || len(b) == 0 || len(b)%2 != 0 {
		return
	}
	if len(spis) == 0 {
		spis = []uint32{0}
	}
	for _, spi := range spis {
		for _, half := range [][]byte{b[:len(b)/2], b[len(b)/2:]} {
			c.esp(line, ESP{Protocol: 50, SPI: spi, Keymat: keymat.NewSecret(half)})
		}
	}
}
