package secrets

import (
	"bytes"
	"net/netip"
	"strings"

	"ikescope/keymat"
)

// ipsecctl -sk lists the SAs of an OpenBSD kernel with their keys, a line each that is continued with backslashes:
//
//	esp tunnel from 192.0.2.1 to 192.0.2.2 spi 0x3b4f5c6d auth hmac-sha2-256 enc aes-256 \
//		authkey 0x9f... \
//		enckey 0x41...
//
// Manual SAs in ipsec.conf have the same words.

type ipsecctl struct {
	c    *collector
	open bool // the line goes on
	line int
	sa   ESP
	auth string // OpenBSD's names
	enc  string
}

func newIPsecctl(c *collector) LineReader { return &ipsecctl{c: c} }

func (r *ipsecctl) Line(n int, text []byte) {
	if r.open {
		r.words(text)
	} else if at := ipsecctlHead(text); at >= 0 {
		r.sa, r.auth, r.enc, r.line = ESP{Protocol: 50}, "", "", n
		if bytes.HasPrefix(text[at:], []byte("ah ")) {
			r.sa.Protocol = 51
		}
		r.words(text[at:])
	} else {
		return
	}
	if r.open = bytes.HasSuffix(bytes.TrimRight(text, " "), []byte(`\`)); !r.open {
		r.end()
	}
}

// ipsecctlHead returns where an SA begins in a line, behind the number that -vv writes; -1 if none does.
func ipsecctlHead(text []byte) int {
	at := 0
	if len(text) > 0 && text[0] == '@' {
		at = bytes.IndexByte(text, ' ') + 1
	}
	for _, head := range [...]string{"esp tunnel from ", "esp transport from ", "esp from ", "ah tunnel from ", "ah transport from ", "ah from "} {
		if bytes.HasPrefix(text[at:], []byte(head)) {
			return at
		}
	}
	return -1
}

// words reads pairs of a word and a value.
func (r *ipsecctl) words(text []byte) {
	f := strings.Fields(strings.TrimRight(string(text), `\ `))
	for i := 0; i+1 < len(f); i++ {
		value := f[i+1]
		switch f[i] {
		case "from":
			r.sa.Src, _ = netip.ParseAddr(value)
		case "to":
			r.sa.Dst, _ = netip.ParseAddr(value)
		case "spi":
			r.sa.SPI, _ = hex32([]byte(value))
		case "auth":
			r.auth = value
		case "enc":
			r.enc = value
		case "authkey":
			r.sa.IntegrityKey = firstKey(value)
		case "enckey":
			r.sa.EncryptionKey = firstKey(value)
		default:
			continue
		}
		i++
	}
}

// firstKey reads a key. ipsec.conf can have two, the second for the other direction, which an SA of its own lists.
func firstKey(text string) keymat.Secret {
	text, _, _ = strings.Cut(text, ":")
	key, err := parseHex(text)
	if err != nil {
		return keymat.Secret{}
	}
	return key
}

// ipsecctlCiphers are OpenBSD's names and ours without a key length; names with a length stand for those without it. Keys
// of counter modes end with the salt.
var ipsecctlCiphers = map[string]string{
	"3des-cbc": "3des-cbc", "des-cbc": "des-cbc", "aes": "aes-cbc", "aes-128": "aes-cbc", "aes-192": "aes-cbc", "aes-256": "aes-cbc",
	"aesctr": "aes-ctr", "aes-128-ctr": "aes-ctr", "aes-192-ctr": "aes-ctr", "aes-256-ctr": "aes-ctr",
	"aes-128-gcm": "aes-gcm-16", "aes-192-gcm": "aes-gcm-16", "aes-256-gcm": "aes-gcm-16",
	"aes-128-gmac": "null-auth-aes-gmac", "aes-192-gmac": "null-auth-aes-gmac", "aes-256-gmac": "null-auth-aes-gmac",
	"blowfish": "blowfish-cbc", "cast128": "cast-cbc", "chacha20-poly1305": "chacha20-poly1305", "null": "null",
}

// ipsecctlAuths are OpenBSD's names of integrity algorithms.
var ipsecctlAuths = map[string]string{
	"hmac-md5": "hmac-md5-96", "hmac-sha1": "hmac-sha1-96", "hmac-sha2-256": "hmac-sha2-256-128",
	"hmac-sha2-384": "hmac-sha2-384-192", "hmac-sha2-512": "hmac-sha2-512-256",
}

func (r *ipsecctl) end() {
	r.open = false
	if r.sa.SPI == 0 || r.sa.EncryptionKey.IsZero() && r.sa.IntegrityKey.IsZero() {
		if r.sa.SPI != 0 {
			r.c.recognised()
			r.c.warn(r.line, "keys are hidden: list the SAs with ipsecctl -sk as root")
		}
		return
	}
	r.sa.Src, r.sa.Dst = r.sa.Src.WithZone(""), r.sa.Dst.WithZone("")
	if r.enc != "" {
		var ok bool
		if r.sa.Encryption, ok = cipherOfLength(ipsecctlCiphers[r.enc], r.sa.EncryptionKey.Len()); !ok {
			r.c.bad(r.line, "enc", "cipher that this program does not know, or a key that is not as long as its keys are")
			return
		}
	}
	if r.auth != "" && !cipherIsAEAD(r.sa.Encryption) {
		if r.sa.Integrity = ipsecctlAuths[r.auth]; r.sa.Integrity == "" {
			r.c.bad(r.line, "auth", "integrity algorithm that this program does not know")
			return
		}
	}
	r.c.esp(r.line, r.sa)
}

func (r *ipsecctl) Close() {
	if r.open {
		r.end()
	}
}
