package secrets

import (
	"testing"

	"ikescope/suite"
)

func TestLengthAdvice(t *testing.T) {
	for _, c := range []struct {
		l      lengths
		digits int
		want   string
	}{
		{prfLengths("SKEYID"), 1, "; an MD5 SKEYID has 32"},
		{prfLengths("SKEYID"), 41, "; a SHA-1 SKEYID has 40"},
		{prfLengths("SKEYID"), 65, "; a SHA2-256 SKEYID has 64"},
		{prfLengths("SKEYID"), 999, "; a SHA2-512 SKEYID has 128"},
		{cipherKeyLengths, 47, "; a 3DES or AES-192 key has 48"},
		{sharedLengths(), 385, "; a MODP 1536 secret has 384"},
		{cipherLengths("aes-cbc-256"), 63, "; aes-cbc-256 has 64"},
		{cipherLengths("aes-ctr-128"), 39, "; aes-ctr-128, key and 4 octets of salt, has 40"},
		{cipherLengths(""), 15, "; a DES key has 16"},
		{integrityLengths("hmac-md5-96"), 31, "; hmac-md5-96 has 32"},
		{integrityLengths(""), 39, "; a SHA-1 key has 40"},
		{lengths{}, 3, "; was a leading 0 lost?"},
	} {
		if got := c.l.advice(c.digits); got != c.want {
			t.Errorf("%d digits: got %q, want %q", c.digits, got, c.want)
		}
	}
}

func TestLengthCheck(t *testing.T) {
	for _, c := range []struct {
		l    lengths
		n    int
		want string
	}{
		{prfLengths("SKEYID"), 20, ""},
		{prfLengths("SKEYID"), 21, "21 octets; a SHA-1 SKEYID has 20 (40 hex digits)"},
		{cipherKeyLengths, 7, ""},
		{cipherKeyLengths, 65, "65 octets; at most 64 make sense here"},
		{ivLengths, 12, "12 octets; a DES or 3DES block has 8 (16 hex digits)"},
		{cipherLengths("null"), 1, "null has no key; leave it out"},
		{sharedLengths(), 127, ""},
		{sharedLengths(), maxDH + 1, "2049 octets; at most 2048 make sense here"},
	} {
		if got := c.l.check(c.n); got != c.want {
			t.Errorf("%d octets: got %q, want %q", c.n, got, c.want)
		}
	}
}

// Every algorithm's own key length is right for it, and one octet more is not.
func TestLengthsOfSuite(t *testing.T) {
	for _, c := range suite.Ciphers() {
		if l := cipherLengths(c.Name); l.check(c.KeymatLen()) != "" || l.check(c.KeymatLen()+1) == "" {
			t.Errorf("%s: %d octets", c.Name, c.KeymatLen())
		}
	}
	for _, i := range suite.Integrities() {
		if l := integrityLengths(i.Name); l.check(i.KeyLen) != "" || l.check(i.KeyLen+1) == "" {
			t.Errorf("%s: %d octets", i.Name, i.KeyLen)
		}
	}
	l := sharedLengths()
	l.strict = true
	for _, g := range suite.Groups() {
		if g.SharedLen > 0 && l.check(g.SharedLen) != "" {
			t.Errorf("%s: %d octets", g.Name, g.SharedLen)
		}
	}
}

// Our names for the kernel's algorithms are names of the suite.
func TestXfrmNamesKnown(t *testing.T) {
	for _, row := range xfrmAuths {
		i, ok := suite.IntegrityByName(row.ours)
		if !ok || row.bits != 8*i.ICVLen {
			t.Errorf("%s cut to %d bits: %q has an ICV of %d octets", row.kernel, row.bits, row.ours, i.ICVLen)
		}
	}
	for _, row := range xfrmCiphers {
		found := false
		for _, c := range suite.Ciphers() {
			name, fault := xfrmCipherName(xfrmAlgorithm{name: row.kernel, key: text(string(make([]byte, c.KeymatLen()))), icv: 8 * c.ICVLen})
			if fault == "" && name == c.Name {
				found = true
				if c.SaltLen != row.salt {
					t.Errorf("%s: %d octets of salt, %s has %d", row.kernel, row.salt, c.Name, c.SaltLen)
				}
			}
		}
		if !found {
			t.Errorf("%s: no cipher of the suite", row.kernel)
		}
	}
}
