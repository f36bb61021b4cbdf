package secrets

import (
	"bytes"
	"strconv"

	"ikescope/keymat"
)

// IMS terminals protect SIP with ESP whose keys come from the SIM's authentication (3GPP TS 33.203). A trace of the IMS core
// has CK and IK in the challenge, and the SPIs and algorithms in the headers of the security agreement (RFC 3329):
//
//	WWW-Authenticate: Digest realm="ims.example",nonce="...",algorithm=AKAv1-MD5,ck="0011...",ik="2233..."
//	Security-Server: ipsec-3gpp;q=0.1;alg=hmac-sha-1-96;ealg=aes-cbc;spi-c=98765432;spi-s=87654321;port-c=8642;port-s=7531
//
// Four SAs, two for each side, share the keys.

type sip struct {
	c      *collector
	line   int // of the challenge, 0 none
	ck, ik keymat.Secret
	offers []sipOffer
}

// sipOffer is what a header of the security agreement says.
type sipOffer struct {
	integ, cipher string // TS 33.203's names
	spis          []uint32
}

// maxOffers bounds the offers that wait for their keys, or are kept for the next keys.
const maxOffers = 8

func newSIP(c *collector) LineReader { return &sip{c: c} }

var sipHeaders = [][]byte{[]byte("Security-Server"), []byte("Security-Client"), []byte("Security-Verify")}

func (r *sip) Line(n int, text []byte) {
	if bytes.Contains(text, []byte(`ck="`)) && bytes.Contains(text, []byte(`ik="`)) {
		r.challenge(n, text)
		return
	}
	for _, name := range sipHeaders {
		if _, value, ok := bytes.Cut(text, name); ok && bytes.Contains(value, []byte("ipsec-3gpp")) {
			for mechanism := range bytes.SplitSeq(value, []byte(",")) {
				r.offer(mechanism)
			}
			return
		}
	}
}

// challenge takes CK and IK, 16 octets each.
func (r *sip) challenge(n int, text []byte) {
	ck, ok1 := sipKey(text, `ck="`)
	ik, ok2 := sipKey(text, `ik="`)
	if !ok1 || !ok2 {
		return
	}
	r.end()
	r.c.recognised()
	r.line, r.ck, r.ik = n, ck, ik
}

func sipKey(text []byte, name string) (keymat.Secret, bool) {
	_, rest, _ := bytes.Cut(text, []byte(name))
	hex, _, ok := bytes.Cut(rest, []byte(`"`))
	octets, isHex := hexRun(nil, hex, maxDump)
	return keymat.NewSecret(octets), ok && isHex && len(octets) == 16
}

// offer reads " ipsec-3gpp;alg=hmac-sha-1-96;ealg=aes-cbc;spi-c=98765432;spi-s=87654321". SPIs are decimal.
func (r *sip) offer(text []byte) {
	var o sipOffer
	for word := range bytes.SplitSeq(text, []byte(";")) {
		name, value, _ := bytes.Cut(bytes.TrimSpace(word), []byte("="))
		value = bytes.Trim(value, `" `)
		switch string(name) {
		case "alg":
			o.integ = string(value)
		case "ealg":
			o.cipher = string(value)
		case "spi-c", "spi-s":
			if spi, err := strconv.ParseUint(string(value), 10, 32); err == nil {
				o.spis = append(o.spis, uint32(spi))
			}
		}
	}
	if len(o.spis) == 0 || o.integ == "" {
		return
	}
	if len(r.offers) == maxOffers {
		r.offers = append(r.offers[:0], r.offers[1:]...)
	}
	r.offers = append(r.offers, o)
}

// sipCiphers and sipAuths are the names of TS 33.203 annex H. Without ealg nothing is encrypted.
var (
	sipCiphers = map[string]string{"": "null", "null": "null", "aes-cbc": "aes-cbc-128", "des-ede3-cbc": "3des-cbc"}
	sipAuths   = map[string]string{"hmac-md5-96": "hmac-md5-96", "hmac-sha-1-96": "hmac-sha1-96"}
)

// end hands over the SAs of a challenge: of each SPI of the offers near it, or of any SPI with each pair of algorithms
// where there is none.
func (r *sip) end() {
	line := r.line
	if r.line = 0; line == 0 {
		return
	}
	found := false
	for _, o := range r.offers {
		cipher, ok1 := sipCiphers[o.cipher]
		integ, ok2 := sipAuths[o.integ]
		for _, spi := range o.spis {
			if ok1 && ok2 {
				found = true
				r.hand(line, spi, cipher, integ)
			}
		}
	}
	r.offers = r.offers[:0]
	if found {
		return
	}
	for _, cipher := range []string{"aes-cbc-128", "3des-cbc", "null"} {
		for _, integ := range []string{"hmac-sha1-96", "hmac-md5-96"} {
			r.hand(line, 0, cipher, integ)
		}
	}
}

// hand expands CK and IK (TS 33.203 annex I): 3DES has CK1 | CK2 | CK1 of the halves of CK, HMAC-SHA-1-96 has IK and four
// octets of zero.
func (r *sip) hand(line int, spi uint32, cipher, integ string) {
	ck, ik := r.ck.Bytes(), r.ik.Bytes()
	e := ESP{Protocol: 50, SPI: spi, Encryption: cipher, Integrity: integ}
	switch cipher {
	case "3des-cbc":
		e.EncryptionKey = keymat.NewSecret(append(append([]byte(nil), ck...), ck[:8]...))
	case "aes-cbc-128":
		e.EncryptionKey = r.ck
	}
	e.IntegrityKey = r.ik
	if integ == "hmac-sha1-96" {
		e.IntegrityKey = keymat.NewSecret(append(append([]byte(nil), ik...), 0, 0, 0, 0))
	}
	r.c.esp(line, e)
}

func (r *sip) Close() { r.end() }
