package secrets

import (
	"bytes"
	"encoding/asn1"
	"encoding/pem"
	"fmt"

	"ikescope/keymat"
)

// A PEM file (RFC 7468) of a private key, as openssl and the daemons write it: "RSA PRIVATE KEY" holds RFC 8017's
// RSAPrivateKey, "PRIVATE KEY" RFC 5208's PrivateKeyInfo around it. Other blocks pass by with a warning, certificates without.

// maxPEM is the number of octets of one block's text.
const maxPEM = 64 << 10

const (
	pemBegin = "-----BEGIN "
	pemEnd   = "-----END "
)

// rsaEncryption is the algorithm of an RSA key in a PrivateKeyInfo (RFC 8017 appendix A.1).
var rsaEncryption = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}

// privateKeyInfo is RFC 5208 section 5; attributes may follow.
type privateKeyInfo struct {
	Version   int
	Algorithm struct {
		Algorithm  asn1.ObjectIdentifier
		Parameters asn1.RawValue `asn1:"optional"`
	}
	PrivateKey []byte
	Attributes asn1.RawValue `asn1:"optional,tag:0"`
}

// pemReader collects the lines of a block.
type pemReader struct {
	c     *collector
	first int // line of its BEGIN, 0 outside of a block
	text  []byte
}

func newPEM(c *collector) LineReader { return &pemReader{c: c} }

func (p *pemReader) Line(n int, text []byte) {
	text = bytes.TrimSpace(text)
	if bytes.HasPrefix(text, []byte(pemBegin)) {
		p.Close()
		p.first, p.text = n, p.text[:0]
	}
	if p.first == 0 {
		return
	}
	if len(p.text)+len(text) > maxPEM {
		p.c.bad(p.first, "PEM block", fmt.Sprintf("longer than %d octets", maxPEM))
		p.first = 0
		return
	}
	p.text = append(append(p.text, text...), '\n')
	if bytes.HasPrefix(text, []byte(pemEnd)) {
		p.block()
		p.first = 0
	}
}

// Close ends the file.
func (p *pemReader) Close() {
	if p.first != 0 {
		p.c.bad(p.first, "PEM block", "without its END line")
		p.first = 0
	}
}

// block takes a whole block.
func (p *pemReader) block() {
	b, _ := pem.Decode(p.text)
	switch {
	case b == nil:
		p.c.bad(p.first, "PEM block", "is damaged")
	case b.Type == "CERTIFICATE" || b.Type == "PUBLIC KEY" || b.Type == "RSA PUBLIC KEY":
		p.c.recognised()
	case b.Type == "ENCRYPTED PRIVATE KEY" || b.Headers["DEK-Info"] != "":
		p.c.bad(p.first, "private key", "is encrypted with a passphrase; write it in the clear first: openssl pkey -in KEY -out CLEAR")
	case b.Type == "RSA PRIVATE KEY":
		p.key(b.Bytes)
	case b.Type == "PRIVATE KEY":
		p.wrapped(b.Bytes)
	default:
		p.c.recognised()
		p.c.warn(p.first, "PEM block of another kind passed over; RSA private keys are read")
	}
}

// wrapped takes the RSA key out of a PrivateKeyInfo.
func (p *pemReader) wrapped(der []byte) {
	var info privateKeyInfo
	if rest, err := asn1.Unmarshal(der, &info); err != nil || len(rest) > 0 {
		p.c.bad(p.first, "private key", "is damaged")
		return
	}
	if !info.Algorithm.Algorithm.Equal(rsaEncryption) {
		p.c.recognised()
		p.c.warn(p.first, "private key of another kind than RSA passed over: it opens nothing")
		return
	}
	p.key(info.PrivateKey)
}

// key takes an RSAPrivateKey.
func (p *pemReader) key(der []byte) {
	k, err := parseRSAKey(der)
	if err != nil {
		p.c.bad(p.first, "private key", err.Error())
		return
	}
	p.c.rsaKey(p.first, RSAKey{Key: keymat.NewSecret(der), Bits: k.N.BitLen()})
}

// rsaKey hands over a key.
func (c *collector) rsaKey(line int, k RSAKey) {
	if c.room() {
		k.Source = c.entry(line)
		c.add.rsaKey(k)
	}
}

func (a *adder) rsaKey(k RSAKey) {
	if a.isNew(a.rsaKeyDigest(k)) {
		a.ring.RSAKeys = append(a.ring.RSAKeys, k)
	}
}

func (a *adder) rsaKeyDigest(k RSAKey) digest {
	m := a.mix("rsa")
	m.secrets(k.Key)
	return m.sum()
}
