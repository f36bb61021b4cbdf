package secrets

import (
	"bytes"
	"strings"

	"ikescope/keymat"
)

// vpnc is a client for Cisco's VPN concentrators, IKEv1 only. With "Debug 99" it prints, behind three blanks, names and
// values, hex in groups of four octets on the same line or on those that follow:
//
//	   dh_shared_secret:
//	   5ed10b07 f1bf0d7a ...
//	   shared-key: grouppw
//	   enc-key: 5ba7cd98 288b82a3 0ce096f4 9c2e90f6
//	   i_cookie: 3ad42d00 3983bbe0
//	   rx.key_cry: 89923714 3c650ed9 f2818217 777e93e9
//	   remote -> local spi: 0xb99933c5

// vpncWanted are the names whose values are of interest.
var vpncWanted = map[string]bool{
	"dh_shared_secret": true, "shared-key": true, "skeyid": true, "skeyid_d": true, "skeyid_a": true, "skeyid_e": true,
	"enc-key": true, "current_iv": true, "i_cookie": true, "r_cookie": true,
	"rx.key_cry": true, "rx.key_md": true, "tx.key_cry": true, "tx.key_md": true,
	"remote -> local spi": true, "local -> remote spi": true,
}

type vpnc struct {
	c      *collector
	phase1 *binder
	name   string // of the value that the next lines hold, "" none
	at     int    // its line
	octets []byte

	cookieI [8]byte
	keys    phase1Keys
	rx, tx  charonSA
	rxLine  int
	cipher  string // of the IPsec SAs, "aes128"
}

func newVpnc(c *collector) LineReader { return &vpnc{c: c, phase1: newBinder(c)} }

var vpncIndent = []byte("   ")

func (r *vpnc) Line(n int, text []byte) {
	text, ok := bytes.CutPrefix(text, vpncIndent)
	if !ok {
		r.endValue()
		return
	}
	if r.name != "" && hexLine(text) && len(r.octets) < maxDump {
		r.octets, _ = hexRun(r.octets, text, maxDump)
		return
	}
	r.endValue()
	if name, found := bytes.CutPrefix(text, []byte("IPSEC SA selected ")); found {
		r.cipher, _, _ = strings.Cut(string(name), "-")
		return
	}
	name, value, found := bytes.Cut(text, []byte(":"))
	if !found || !vpncWanted[string(name)] {
		return
	}
	r.name, r.at, r.octets = string(name), n, r.octets[:0]
	value = bytes.TrimSpace(value)
	switch {
	case r.name == "shared-key":
		r.name = ""
		if len(value) > 0 {
			r.c.psk(n, PSK{Secret: keymat.NewSecret(value)})
		}
	case strings.HasSuffix(r.name, "spi"):
		r.spi(value)
		r.name = ""
	case hexLine(value):
		r.octets, _ = hexRun(r.octets, value, maxDump)
	case len(value) > 0:
		r.name = ""
	}
}

// endValue takes the value whose lines ended.
func (r *vpnc) endValue() {
	name := r.name
	if name == "" {
		return
	}
	r.name = ""
	v := keymat.NewSecret(r.octets)
	if v.IsZero() {
		return
	}
	k := &r.keys.keys
	switch name {
	case "i_cookie":
		copy(r.cookieI[:], r.octets)
	case "r_cookie":
		if len(r.octets) == 8 {
			r.phase1.saw(cookiePair{r.cookieI, [8]byte(r.octets)})
		}
	case "dh_shared_secret":
		r.keys.gxy = v
		r.c.dh(r.at, DH{Shared: v})
	case "skeyid":
		r.c.recognised()
		k.SKEYID, r.keys.line = v, r.at
	case "skeyid_d":
		k.SKEYIDd = v
	case "skeyid_a":
		k.SKEYIDa = v
	case "skeyid_e":
		k.SKEYIDe = v
	case "enc-key":
		k.CipherKey = v
	case "current_iv":
		r.endPhase1(v)
	case "rx.key_cry":
		r.rx, r.tx, r.rxLine = charonSA{encryption: v}, charonSA{}, r.at
	case "rx.key_md":
		r.rx.integ = v
	case "tx.key_cry":
		r.tx.encryption = v
	case "tx.key_md":
		r.tx.integ = v
	}
}

// endPhase1 takes a set. current_iv stands for other vectors later, when there is no set any more.
func (r *vpnc) endPhase1(iv keymat.Secret) {
	if r.keys.line != 0 {
		r.keys.keys.InitialIV = iv
		r.phase1.add(r.keys)
	}
	r.keys = phase1Keys{}
}

// spi reads an SPI; the keys of its SA stand above.
func (r *vpnc) spi(value []byte) {
	spi, ok := hex32(value)
	if !ok {
		return
	}
	if r.name == "remote -> local spi" {
		r.hand(&r.rx, spi)
	} else {
		r.hand(&r.tx, spi)
	}
}

// vpncCiphers are vpnc's names up to the key length.
var vpncCiphers = map[string]string{"aes128": "aes-cbc", "aes192": "aes-cbc", "aes256": "aes-cbc", "3des": "3des-cbc", "des": "des-cbc", "null": "null"}

func (r *vpnc) hand(s *charonSA, spi uint32) {
	if s.empty() {
		return
	}
	e := ESP{Protocol: 50, SPI: spi, EncryptionKey: s.encryption, IntegrityKey: s.integ}
	family := vpncCiphers[r.cipher]
	if family == "" && s.encryption.Len() == 24 {
		family = "3des-cbc"
	}
	e.Encryption, _ = cipherOfLength(family, s.encryption.Len())
	if !s.integ.IsZero() {
		e.Integrity = integrityOfLength(s.integ.Len())
	}
	r.c.esp(r.rxLine, e)
}

func (r *vpnc) Close() {
	if r.name != "" && cutOff(r.c, r.at, len(r.octets)) {
		r.name = ""
	}
	r.endValue()
	r.endPhase1(keymat.Secret{})
	r.phase1.close()
}
