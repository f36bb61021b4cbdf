package secrets

import (
	"bytes"
	"net/netip"
	"strings"

	"ikescope/keymat"
)

// tcpdump takes keys of ESP from the file that -E "file NAME" names, a line for each SA, and of IKEv2, a line for each
// direction (tcpdump(8), option -E; print-esp.c):
//
//	0xc53a42de@192.0.2.2 3des-cbc-hmac96:0x60c8ea...
//	ikev2 I 0xf183b2faa721534b 0xa7cac983326883eb sha1_96:0x1737... aes128:0xe41bde...
//
// tcpdump checks no ICV, so that the file has no integrity keys of ESP; "-hmac96" says that there is an ICV of 96 bits.

type tcpdump struct {
	c   *collector
	ike ikeSAKeys
}

func newTcpdump(c *collector) LineReader { return &tcpdump{c: c} }

func (r *tcpdump) Line(n int, text []byte) {
	if rest, ok := bytes.CutPrefix(text, []byte("ikev2 ")); ok {
		r.ikev2(n, rest)
		return
	}
	spi, rest, ok := bytes.Cut(text, []byte("@"))
	if !ok || len(spi) < 3 || len(spi) > 10 || spi[0] != '0' || spi[1] != 'x' {
		return
	}
	number, isSPI := hex32(spi)
	address, secret, ok := bytes.Cut(rest, []byte(" "))
	dst, err := netip.ParseAddr(string(address))
	if !isSPI || !ok || err != nil {
		return
	}
	r.esp(n, number, dst, bytes.TrimSpace(secret))
}

// tcpdumpCiphers are names of OpenSSL, from which "-cbc" has been taken, and ours without a key length.
var tcpdumpCiphers = map[string]string{
	"des": "des-cbc", "des3": "3des-cbc", "3des": "3des-cbc", "des-ede3": "3des-cbc",
	"aes128": "aes-cbc", "aes192": "aes-cbc", "aes256": "aes-cbc", "aes-128": "aes-cbc", "aes-192": "aes-cbc", "aes-256": "aes-cbc", "aes": "aes-cbc",
	"camellia128": "camellia-cbc", "camellia192": "camellia-cbc", "camellia256": "camellia-cbc",
	"blowfish": "blowfish-cbc", "bf": "blowfish-cbc", "cast": "cast-cbc", "cast128": "cast-cbc", "cast5": "cast-cbc", "none": "null",
}

// esp reads "3des-cbc-hmac96:0x60c8..." or a key as text.
func (r *tcpdump) esp(n int, spi uint32, dst netip.Addr, text []byte) {
	name, secret, ok := bytes.Cut(text, []byte(":"))
	if !ok {
		return
	}
	cipher, hasICV := strings.CutSuffix(strings.ToLower(string(name)), "-hmac96")
	family, known := tcpdumpCiphers[strings.TrimSuffix(cipher, "-cbc")]
	if !known {
		return
	}
	r.c.recognised()
	key, err := uatKey(string(secret))
	if err != nil {
		r.c.bad(n, "key", err.Error())
		return
	}
	e := ESP{Protocol: 50, SPI: spi, Dst: dst.WithZone("").Unmap(), EncryptionKey: key}
	if e.Encryption, ok = cipherOfLength(family, key.Len()); !ok {
		r.c.bad(n, "key", "not as long as the keys of its cipher are")
		return
	}
	if hasICV {
		e.UncheckedICV = 12
	} else {
		e.Integrity = noIntegrity
	}
	r.c.esp(n, e)
}

// ikev2 reads "I 0xSPIi 0xSPIr sha1_96:0xKEY aes128:0xKEY"; the keys of the other direction are a line of their own.
func (r *tcpdump) ikev2(n int, text []byte) {
	if k, ok := r.ike.direction(n, text); !ok {
		return
	} else if k != nil {
		k.hand(r.c)
	}
	if !r.ike.keys.SKei.IsZero() && !r.ike.keys.SKer.IsZero() {
		r.end()
	}
}

// direction takes the keys of one direction. Where they are those of another IKE SA than before, it returns what was there.
func (k *ikeSAKeys) direction(n int, text []byte) (before *ikeSAKeys, ok bool) {
	f := strings.Fields(string(text))
	if len(f) < 5 || f[0] != "I" && f[0] != "R" {
		return nil, false
	}
	i, ok1 := hex64([]byte(strings.TrimPrefix(f[1], "0x")))
	responder, ok2 := hex64([]byte(strings.TrimPrefix(f[2], "0x")))
	auth, ok3 := tcpdumpKey(f[3])
	enc, ok4 := tcpdumpKey(f[4])
	if !ok1 || !ok2 || !ok3 || !ok4 || enc.IsZero() {
		return nil, false
	}
	if k.keys.SPIi != nil && (*k.keys.SPIi != i || *k.keys.SPIr != responder) {
		old := *k
		before, *k = &old, ikeSAKeys{}
	}
	if k.line == 0 {
		k.line = n
	}
	k.keys.SPIi, k.keys.SPIr = &i, &responder
	if f[0] == "I" {
		k.keys.SKai, k.keys.SKei = auth, enc
	} else {
		k.keys.SKar, k.keys.SKer = auth, enc
	}
	return before, true
}

// tcpdumpKey reads "sha1_96:0xKEY" or "none:", without a key.
func tcpdumpKey(text string) (keymat.Secret, bool) {
	_, hex, ok := strings.Cut(text, ":")
	if !ok {
		return keymat.Secret{}, false
	}
	if hex == "" || hex == "0x" {
		return keymat.Secret{}, true
	}
	key, err := parseHex(hex)
	return key, err == nil
}

func (r *tcpdump) end() {
	r.ike.hand(r.c)
	r.ike = ikeSAKeys{}
}

func (r *tcpdump) Close() { r.end() }
