package esp

import (
	"fmt"
	"io"
	"slices"
	"strconv"

	"ikescope/suite"
)

// Params says how one SA protects its packets.
type Params struct {
	SPI          uint32
	Cipher       suite.Cipher    // zero: none (AH)
	CipherKey    []byte          // the key, then the salt: Cipher.KeymatLen() octets
	Integrity    suite.Integrity // zero: none, or part of the cipher
	IntegrityKey []byte          // Integrity.KeyLen octets
	ESN          bool            // extended sequence numbers, RFC 4303 section 2.2.1

	// UncheckedICV is the length in octets of ICVs whose key is not known: they
	// are left out, and packets are NotVerified. 0 with an integrity algorithm.
	UncheckedICV int
}

// maxUncheckedICV is the length in octets of the longest ICV that is believed.
const maxUncheckedICV = 64

// String names the SPI and the algorithms, never a key.
func (p Params) String() string {
	s := fmt.Sprintf("SPI 0x%08x %s", p.SPI, nameOr(p.Cipher.Name, "null"))
	if !p.Cipher.AEAD() {
		s += " " + nameOr(p.Integrity.Name, "none")
	}
	if p.ESN {
		s += " esn"
	}
	return s
}

// GoString is String, so that no verb of package fmt prints a key.
func (p Params) GoString() string { return p.String() }

// Format writes String whatever the verb is.
func (p Params) Format(f fmt.State, _ rune) { io.WriteString(f, p.String()) }

// MarshalText gives String; JSON and TOML encoders use it.
func (p Params) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

func (p Params) clone() Params {
	p.CipherKey = slices.Clone(p.CipherKey)
	p.IntegrityKey = slices.Clone(p.IntegrityKey)
	return p
}

// check compares the key lengths with what the algorithms' rows say.
func (p Params) check() error {
	if n := p.Cipher.KeymatLen(); len(p.CipherKey) != n {
		return &KeyError{Key: "encryption key", Algorithm: nameOr(p.Cipher.Name, "null"), Want: n, Got: len(p.CipherKey)}
	}
	if n := p.Integrity.KeyLen; len(p.IntegrityKey) != n {
		return &KeyError{Key: "integrity key", Algorithm: nameOr(p.Integrity.Name, "none"), Want: n, Got: len(p.IntegrityKey)}
	}
	if n := p.UncheckedICV; n != 0 && (p.Cipher.AEAD() || p.hasIntegrity() || n < 0 || n > maxUncheckedICV) {
		return &AlgorithmError{Algorithm: nameOr(p.Integrity.Name, p.Cipher.Name), Reason: "cannot have an unchecked ICV of " + strconv.Itoa(n) + " octets besides"}
	}
	if p.Cipher.AEAD() && p.hasIntegrity() {
		return &AlgorithmError{Algorithm: p.Cipher.Name, Reason: "protects integrity itself, " + p.Integrity.Name + " cannot be added"}
	}
	return nil
}

func (p Params) hasIntegrity() bool { return p.Integrity.ICVLen > 0 }

func nameOr(name, other string) string {
	if name == "" {
		return other
	}
	return name
}
