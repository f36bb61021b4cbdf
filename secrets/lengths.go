package secrets

import (
	"fmt"
	"strings"

	"ikescope/keymat"
	"ikescope/suite"
)

// length is how long one kind of value is: {20, "a SHA-1 SKEYID_d"}.
type length struct {
	octets int
	what   string
}

// lengths are the lengths that a value can have. When strict no other is right; else they serve for advice, and max is
// the only limit.
type lengths struct {
	rows   []length
	strict bool
	max    int // octets; 0: maxSecret
}

// nearest returns the row that is closest to a number of hex digits.
func (l lengths) nearest(digits int) length {
	best := l.rows[0]
	for _, r := range l.rows[1:] {
		if abs(2*r.octets-digits) < abs(2*best.octets-digits) {
			best = r
		}
	}
	return best
}

// advice is what to say behind an odd number of digits.
func (l lengths) advice(digits int) string {
	if len(l.rows) == 0 {
		return "; was a leading 0 lost?"
	}
	r := l.nearest(digits)
	return fmt.Sprintf("; %s has %d", r.what, 2*r.octets)
}

// check returns what is wrong with a length in octets, or "".
func (l lengths) check(n int) string {
	if l.max > 0 && n > l.max {
		return fmt.Sprintf("%s; at most %d make sense here", octetCount(n), l.max)
	}
	if !l.strict {
		return ""
	}
	for _, r := range l.rows {
		if r.octets == n {
			return ""
		}
	}
	r := l.nearest(2 * n)
	if r.octets == 0 {
		return r.what + " has no key; leave it out"
	}
	return fmt.Sprintf("%s; %s has %d (%d hex digits)", octetCount(n), r.what, r.octets, 2*r.octets)
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// prfLengths are the lengths of a PRF's output: of SKEYID and what is derived from it (RFC 2409 section 5), and of SK_d
// (RFC 7296 section 2.14).
func prfLengths(what string) lengths {
	return lengths{strict: true, rows: []length{
		{16, "an MD5 " + what}, {20, "a SHA-1 " + what}, {24, "a Tiger " + what},
		{32, "a SHA2-256 " + what}, {48, "a SHA2-384 " + what}, {64, "a SHA2-512 " + what},
	}}
}

// cipherKeyLengths are those of common ciphers; Blowfish and CAST have others, from 5 to 56 octets.
var cipherKeyLengths = lengths{max: 64, rows: []length{
	{8, "a DES key"}, {16, "an AES-128 key"}, {24, "a 3DES or AES-192 key"}, {32, "an AES-256 key"},
}}

var ivLengths = lengths{strict: true, rows: []length{{8, "a DES or 3DES block"}, {16, "an AES block"}}}

// ikev2KeyLengths bound SK_* values; the algorithms that would tell more are optional.
var ikev2KeyLengths = lengths{max: 128, rows: []length{
	{16, "an AES-128 or MD5 key"}, {20, "a SHA-1 or AES-128-GCM key"}, {32, "a SHA2-256 or AES-256 key"},
	{36, "an AES-256-GCM key"}, {48, "a SHA2-384 key"}, {64, "a SHA2-512 key"},
}}

// keymatLengths bound KEYMAT of one SA: from a DES key to the longest cipher and integrity keys, rounded up to a PRF's output.
var keymatLengths = lengths{max: 256}

// maxICV is the length of the longest ICV in octets that can be meant.
const maxICV = 64

// maxDH is the length of the largest MODP value that can be met: a prime of 16,384 bits that travelled in a proposal.
const maxDH = 2048

// sharedLengths are the lengths of g^xy in the known groups.
func sharedLengths() lengths {
	l := lengths{max: maxDH}
	for _, g := range suite.Groups() {
		if g.SharedLen == 0 {
			continue // known by name only
		}
		l.rows = append(l.rows, length{g.SharedLen, article(suite.Title(g.Name)) + " secret"})
	}
	return l
}

func article(name string) string {
	if strings.ContainsRune("AEIO", rune(name[0])) {
		return "an " + name
	}
	return "a " + name
}

// cipherLengths are those of an ESP encryption key, salt included; any when the name is not known.
func cipherLengths(name string) lengths {
	c, ok := suite.CipherByName(name)
	if !ok {
		return lengths{max: 128, rows: cipherKeyLengths.rows}
	}
	what := name
	if c.SaltLen > 0 {
		what = fmt.Sprintf("%s, key and %d octets of salt,", name, c.SaltLen)
	}
	return lengths{strict: true, rows: []length{{c.KeymatLen(), what}}}
}

// integrityLengths are those of an integrity key; any when the name is not known.
func integrityLengths(name string) lengths {
	i, ok := suite.IntegrityByName(name)
	if !ok {
		return lengths{max: 128, rows: prfLengths("key").rows}
	}
	return lengths{strict: true, rows: []length{{i.KeyLen, name}}}
}

// espFault says what is wrong with an ESP or AH entry's algorithms and key lengths: the field and a message that holds no
// value, or "" twice.
func espFault(e *ESP) (field, msg string) {
	if !e.Keymat.IsZero() {
		return keymatFault(e)
	}
	if field, msg = espContradiction(e); msg != "" {
		return field, msg
	}
	var checks []lengthCheck
	if c, named := suite.CipherByName(e.Encryption); named && e.EncryptionKey.Len() != c.KeymatLen() {
		checks = append(checks, lengthCheck{"encryption_key", e.EncryptionKey, cipherLengths(e.Encryption)})
	}
	if i, named := suite.IntegrityByName(e.Integrity); e.namesIntegrity() && (!named || e.IntegrityKey.Len() != i.KeyLen) {
		checks = append(checks, lengthCheck{"integrity_key", e.IntegrityKey, integrityLengths(e.Integrity)})
	}
	return lengthFault(checks)
}

// namesIntegrity reports whether an integrity algorithm is named, and not "none".
func (e *ESP) namesIntegrity() bool { return e.Integrity != "" && e.Integrity != noIntegrity }

// espContradiction says what an entry lacks, or has although something else in it excludes that.
func espContradiction(e *ESP) (field, msg string) {
	cipher, named := suite.CipherByName(e.Encryption)
	aead := named && cipher.AEAD()
	integ := e.namesIntegrity()
	switch {
	case e.UncheckedICV != 0 && (aead || integ || !e.IntegrityKey.IsZero()):
		return "unchecked_icv_bits", "given, although the integrity algorithm is"
	case e.Encryption == "" && e.EncryptionKey.IsZero() && e.Integrity == "" && e.IntegrityKey.IsZero():
		return "encryption_key", "missing: an entry without keys opens nothing"
	case named && cipher.KeymatLen() > 0 && e.EncryptionKey.IsZero():
		return "encryption_key", "missing, although " + e.Encryption + " is named"
	case named && cipher.KeymatLen() == 0 && !e.EncryptionKey.IsZero():
		return "encryption_key", e.Encryption + " has no key; leave it out"
	case aead && (integ || !e.IntegrityKey.IsZero()):
		return "integrity", e.Encryption + " protects integrity itself; leave integrity and its key out"
	case integ && e.IntegrityKey.IsZero():
		return "integrity_key", "missing, although " + e.Integrity + " is named"
	case e.Integrity == noIntegrity && !e.IntegrityKey.IsZero():
		return "integrity_key", "given, although integrity is none"
	}
	return "", ""
}

// keymatFault is espFault for an entry with KEYMAT, where nobody said how it is cut.
func keymatFault(e *ESP) (field, msg string) {
	switch {
	case e.Encryption != "" || e.Integrity != "" || !e.EncryptionKey.IsZero() || !e.IntegrityKey.IsZero() || e.UncheckedICV != 0:
		return "keymat", "given, although algorithms or keys are: keep one of the two"
	case e.Keymat.Len() < 8:
		return "keymat", fmt.Sprintf("%d octets; no cipher's key is so short", e.Keymat.Len())
	}
	return "", keymatLengths.check(e.Keymat.Len())
}

// isakmpFault says what is wrong with the lengths of an entry's values: the field and a message, or "" twice.
func isakmpFault(i *ISAKMP) (field, msg string) {
	return lengthFault([]lengthCheck{
		{"SKEYID", i.SKEYID, prfLengths("SKEYID")}, {"SKEYID_d", i.SKEYIDd, prfLengths("SKEYID_d")},
		{"SKEYID_a", i.SKEYIDa, prfLengths("SKEYID_a")}, {"SKEYID_e", i.SKEYIDe, prfLengths("SKEYID_e")},
		{"cipher key", i.CipherKey, cipherKeyLengths}, {"initial IV", i.InitialIV, ivLengths},
	})
}

// ikev2Fault is isakmpFault for the keys of an IKE SA.
func ikev2Fault(i *IKEv2) (field, msg string) {
	cipher := ikev2KeyLengths
	if i.Encryption != "" {
		cipher = cipherLengths(i.Encryption)
	}
	return lengthFault([]lengthCheck{
		{"SKEYSEED", i.SKEYSEED, prfLengths("SKEYSEED")}, {"SK_d", i.SKd, prfLengths("SK_d")},
		{"SK_pi", i.SKpi, prfLengths("SK_pi")}, {"SK_pr", i.SKpr, prfLengths("SK_pr")},
		{"SK_ai", i.SKai, ikev2KeyLengths}, {"SK_ar", i.SKar, ikev2KeyLengths},
		{"SK_ei", i.SKei, cipher}, {"SK_er", i.SKer, cipher},
	})
}

// lengthCheck is a value and what its length may be.
type lengthCheck struct {
	field string
	value keymat.Secret
	want  lengths
}

func lengthFault(all []lengthCheck) (field, msg string) {
	for _, c := range all {
		if c.value.IsZero() {
			continue
		}
		if msg := c.want.check(c.value.Len()); msg != "" {
			return c.field, msg
		}
	}
	return "", ""
}

// noIntegrity is the contract's name for no separate integrity algorithm.
const noIntegrity = "none"
