package analysis

import (
	"strings"

	"ikescope/esp"
	"ikescope/secrets"
	"ikescope/suite"
)

// pairing is a cipher and an integrity algorithm that go together.
type pairing struct {
	cipher    suite.Cipher
	integrity suite.Integrity
}

// variants returns what a user's entry can mean for a flow: the algorithms that it
// names, or else those that were negotiated, or else each whose keys are as long.
func variants(e *secrets.ESP, f *Flow) (ps []esp.Params) {
	for _, x := range pairings(e, f) {
		p := esp.Params{SPI: f.Key.SPI, Cipher: x.cipher, Integrity: x.integrity, ESN: e.ESN || f.negotiated() && f.sa.ESN}
		if !e.Keymat.IsZero() {
			k, enc, auth := e.Keymat.Bytes(), x.cipher.KeymatLen(), x.integrity.KeyLen
			if enc+auth > len(k) || enc+auth == 0 {
				continue
			}
			p.CipherKey, p.IntegrityKey = k[:enc], k[enc:enc+auth]
			ps = append(ps, p)
			continue
		}
		p.CipherKey, p.IntegrityKey = e.EncryptionKey.Bytes(), e.IntegrityKey.Bytes()
		if p.UncheckedICV = e.UncheckedICV; len(p.IntegrityKey) == 0 && x.integrity.KeyLen > 0 {
			p.Integrity, p.UncheckedICV = suite.Integrity{}, x.integrity.ICVLen
		}
		if len(p.CipherKey) == x.cipher.KeymatLen() && len(p.IntegrityKey) == p.Integrity.KeyLen {
			if e.Integrity == "" && p.Integrity.KeyLen == 0 && p.UncheckedICV == 0 && !x.cipher.AEAD() {
				p.UncheckedICV = icvThatFits(p, f)
			}
			ps = append(ps, p)
		}
	}
	return ps
}

// icvThatFits finds how long ICVs are whose algorithm nobody names: the length in
// octets under which every sample ends as plaintext must, or 0.
func icvThatFits(p esp.Params, f *Flow) int {
	for _, n := range []int{0, 12, 16, 24, 32} { // RFC 2403, 2404, 4868
		p.UncheckedICV = n
		if sa, err := esp.NewSA(p); err == nil && len(f.samples) > 0 && sensible(sa, f) == len(f.samples) {
			return n
		}
	}
	return 0
}

// pairings returns the algorithms that an entry may be about.
func pairings(e *secrets.ESP, f *Flow) []pairing {
	cipher, hasCipher := suite.CipherByName(e.Encryption)
	integrity, hasIntegrity := suite.IntegrityByName(e.Integrity)
	ah := f.Key.Protocol == protocolAH
	switch {
	case hasCipher && (hasIntegrity || cipher.AEAD() || e.UncheckedICV != 0), ah && hasIntegrity:
		return []pairing{{cipher, integrity}}
	case f.negotiated():
		if !hasCipher {
			cipher = f.sa.Cipher
		}
		if !hasIntegrity {
			integrity = f.sa.Integrity
		}
		return []pairing{{cipher, integrity}}
	case hasCipher && e.Keymat.IsZero() && e.IntegrityKey.IsZero():
		return []pairing{{cipher, integrity}}
	}
	var all []pairing
	for _, x := range usualPairings[f.Key.Protocol] {
		if (!hasCipher || x.cipher.Name == cipher.Name) && (!hasIntegrity || x.integrity.Name == integrity.Name) {
			all = append(all, x)
		}
	}
	return all
}

// negotiated reports whether an exchange in the capture made the flow's SA.
func (f *Flow) negotiated() bool { return f.sa != nil && f.sa.Conversation != nil }

// usualPairings are the algorithms that are tried where nobody names them, by
// protocol.
var usualPairings = map[uint8][]pairing{
	protocolESP: espPairings(),
	protocolAH:  ahPairings(),
}

// espPairings lists every pairing in which both can be computed, those with AES
// first and those without encryption last.
func espPairings() (all []pairing) {
	for _, first := range []func(name string) bool{
		func(name string) bool { return strings.HasPrefix(name, "aes-") },
		func(name string) bool { return !strings.HasPrefix(name, "aes-") && name != "null" },
		func(name string) bool { return name == "null" },
	} {
		for _, c := range suite.Ciphers() {
			if !first(c.Name) || c.ImplicitIV || rareLength(c.Name) {
				continue
			}
			if c.AEAD() {
				all = append(all, pairing{cipher: c})
				continue
			}
			for _, i := range ahPairings() {
				all = append(all, pairing{c, i.integrity})
			}
		}
	}
	return all
}

// rareLength reports ciphers whose key length is hardly ever chosen: of Blowfish
// and CAST those other than 128 bits.
func rareLength(name string) bool {
	return (strings.HasPrefix(name, "blowfish-") || strings.HasPrefix(name, "cast-")) && !strings.HasSuffix(name, "-128")
}

func ahPairings() (all []pairing) {
	for _, i := range suite.Integrities() {
		if i.New != nil {
			all = append(all, pairing{integrity: i})
		}
	}
	return all
}
