package secrets

import (
	"bytes"
	"net/netip"
	"strings"

	"ikescope/keymat"
)

// RouterOS lists its IPsec SAs with their keys on "/ip ipsec installed-sa print detail": names and values, over as many
// lines as they need, behind a number and flags:
//
//	 0  E spi=0x8A1C2E3 src-address=192.0.2.1:4500 dst-address=192.0.2.2:4500 state=mature
//	    auth-algorithm=sha1 enc-algorithm=aes-cbc enc-key-size=256
//	    auth-key="e93838..." enc-key="60c8ea..."

type routeros struct {
	c    *collector
	open bool
	line int
	sa   ESP
	auth string // RouterOS's names
	enc  string
}

func newRouterOS(c *collector) LineReader { return &routeros{c: c} }

func (r *routeros) Line(n int, text []byte) {
	if !bytes.Contains(text, []byte("=")) {
		if len(bytes.TrimSpace(text)) == 0 {
			r.end()
		}
		return
	}
	if routerosEntry(text) {
		r.end()
		r.open, r.line = true, n
	}
	if r.open {
		r.words(text)
	}
}

// routerosEntry reports a line that begins an entry: blanks, a number, blanks, flags perhaps, and "spi=" or an address.
func routerosEntry(text []byte) bool {
	_, rest, ok := decimal(bytes.TrimLeft(text, " "))
	if !ok || len(rest) == 0 || rest[0] != ' ' {
		return false
	}
	rest = bytes.TrimLeft(rest, " ")
	for len(rest) > 1 && isUpper(rest[0]) {
		rest = bytes.TrimLeft(rest[1:], " ")
	}
	return bytes.HasPrefix(rest, []byte("spi=")) || bytes.HasPrefix(rest, []byte("src-address=")) || bytes.HasPrefix(rest, []byte("hw-aead="))
}

// words reads names and values; a value may stand in quotes.
func (r *routeros) words(text []byte) {
	for word := range bytes.FieldsSeq(text) {
		name, value, ok := bytes.Cut(word, []byte("="))
		if !ok {
			continue
		}
		value = bytes.Trim(value, `"`)
		switch string(name) {
		case "spi":
			r.sa.SPI, _ = hex32(value)
		case "src-address":
			r.sa.Src = routerosHost(value)
		case "dst-address":
			r.sa.Dst = routerosHost(value)
		case "auth-algorithm":
			r.auth = string(value)
		case "enc-algorithm":
			r.enc = string(value)
		case "auth-key":
			r.sa.IntegrityKey = vppKey(value)
		case "enc-key":
			r.sa.EncryptionKey = vppKey(value)
		}
	}
}

func routerosHost(text []byte) netip.Addr {
	if a, err := netip.ParseAddr(string(text)); err == nil {
		return a.WithZone("").Unmap()
	}
	return hostOf(text)
}

// routerosCiphers are RouterOS's names and ours without a key length.
var routerosCiphers = map[string]string{
	"des": "des-cbc", "3des": "3des-cbc", "aes": "aes-cbc", "aes-cbc": "aes-cbc", "aes-ctr": "aes-ctr", "aes-gcm": "aes-gcm-16",
	"blowfish": "blowfish-cbc", "camellia": "camellia-cbc", "null": "null", "none": "", "chacha20-poly1305": "chacha20-poly1305",
}

// end hands over the open SA. An authentication algorithm without a cipher is AH.
func (r *routeros) end() {
	sa, auth, enc := r.sa, r.auth, r.enc
	open := r.open
	r.open, r.sa, r.auth, r.enc = false, ESP{}, "", ""
	if !open || sa.SPI == 0 || sa.EncryptionKey.IsZero() && sa.IntegrityKey.IsZero() {
		return
	}
	sa.Protocol = 50
	if enc == "none" || enc == "" && sa.EncryptionKey.IsZero() {
		sa.Protocol, sa.EncryptionKey = 51, keymat.Secret{}
	} else if name, ok := cipherOfLength(routerosCiphers[enc], sa.EncryptionKey.Len()); ok {
		sa.Encryption = name
	} else {
		r.c.bad(r.line, "enc-algorithm", "cipher that this program does not know, or a key that is not as long as its keys are")
		return
	}
	if cipherIsAEAD(sa.Encryption) {
		sa.IntegrityKey = keymat.Secret{}
	} else if sa.Integrity = fortigateAuths[strings.TrimSuffix(auth, "-96")]; sa.Integrity == "" {
		r.c.bad(r.line, "auth-algorithm", "integrity algorithm that this program does not know")
		return
	}
	r.c.esp(r.line, sa)
}

func (r *routeros) Close() { r.end() }
