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

// vpncWanted are the names whose values are of interest, with those that the RFC gives to keys.
var vpncWanted = map[string]string{
	"dh_shared_secret": "g^xy", "shared-key": "psk",
	"skeyid": "SKEYID", "skeyid_d": "SKEYID_d", "skeyid_a": "SKEYID_a", "skeyid_e": "SKEYID_e",
	"enc-key": cipherKeyName, "current_iv": initialIVName, "i_cookie": "CKY-I", "r_cookie": "CKY-R",
	"rx.key_cry": "rx cipher", "rx.key_md": "rx integrity", "tx.key_cry": "tx cipher", "tx.key_md": "tx integrity",
	"remote -> local spi": "rx spi", "local -> remote spi": "tx spi",
}

type vpnc struct {
	c      *collector
	phase1 *binder
	label  string // of the value that the next lines hold, "" none
	at     int    // its line
	octets []byte

	cookieI [8]byte
	keys    phase1Keys
	rx, tx  charonSA
	rxLine  int
	cipher  string // of the IPsec SAs, "aes128"
}

func newVpnc(c *collector) LineReader { return &vpnc{c: c, phase1: newBinder(c)} }

func (r *vpnc) Line(n int, text []byte) {
	text = bytes.TrimLeft(text, " \t") // three, or what a paste made of them
	if r.label != "" && hexLine(text) && len(r.octets) < maxDump {
		r.octets, _ = hexRun(r.octets, text, maxDump)
		return
	}
	r.endValue()
	if name, found := bytes.CutPrefix(text, []byte("IPSEC SA selected ")); found {
		r.cipher, _, _ = strings.Cut(string(name), "-")
		return
	}
	name, value, found := bytes.Cut(text, []byte(":"))
	if label := vpncWanted[string(name)]; found && label != "" {
		r.begin(n, label, bytes.TrimSpace(value))
	}
}

// begin takes the name of a value and what stands behind it on the line.
func (r *vpnc) begin(n int, label string, value []byte) {
	switch {
	case label == "psk":
		if len(value) > 0 {
			r.c.psk(n, PSK{Secret: keymat.NewSecret(value)})
		}
	case label == "rx spi":
		r.hand(&r.rx, value)
	case label == "tx spi":
		r.hand(&r.tx, value)
	case hexLine(value):
		r.label, r.at = label, n
		r.octets, _ = hexRun(r.octets[:0], value, maxDump)
	case len(value) == 0:
		r.label, r.at, r.octets = label, n, r.octets[:0]
	}
}

// endValue takes the value whose lines ended.
func (r *vpnc) endValue() {
	label, v := r.label, keymat.NewSecret(r.octets)
	r.label = ""
	if label == "" || v.IsZero() {
		return
	}
	switch label {
	case "CKY-I":
		copy(r.cookieI[:], r.octets)
	case "CKY-R":
		if len(r.octets) == 8 {
			r.phase1.saw(cookiePair{r.cookieI, [8]byte(r.octets)})
		}
	case "g^xy":
		r.keys.gxy = v
		r.c.dh(r.at, DH{Shared: v})
	case initialIVName:
		r.endPhase1(v)
	case "rx cipher":
		r.rx, r.tx, r.rxLine = charonSA{encryption: v}, charonSA{}, r.at
	case "rx integrity":
		r.rx.integ = v
	case "tx cipher":
		r.tx.encryption = v
	case "tx integrity":
		r.tx.integ = v
	default:
		r.phase1Key(label, v)
	}
}

// phase1Key takes a key of phase 1. SKEYID begins a set.
func (r *vpnc) phase1Key(label string, v keymat.Secret) {
	if label == "SKEYID" {
		r.c.recognised()
		r.keys.line = r.at
	}
	*r.keys.keys.key(label) = v
}

// endPhase1 takes a set. current_iv stands for other vectors later, when there is no set any more.
func (r *vpnc) endPhase1(iv keymat.Secret) {
	if r.keys.line != 0 {
		r.keys.keys.InitialIV = iv
		r.phase1.add(r.keys)
	}
	r.keys = phase1Keys{}
}

// vpncCiphers are vpnc's names up to the key length.
var vpncCiphers = map[string]string{"aes128": "aes-cbc", "aes192": "aes-cbc", "aes256": "aes-cbc", "3des": "3des-cbc", "des": "des-cbc", "null": "null"}

// hand takes an SPI; the keys of its SA stand above.
func (r *vpnc) hand(s *charonSA, text []byte) {
	spi, ok := hex32(text)
	if !ok || s.empty() {
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
	if r.label != "" && cutOff(r.c, r.at, len(r.octets)) {
		r.label = ""
	}
	r.endValue()
	r.endPhase1(keymat.Secret{})
	r.phase1.close()
}
