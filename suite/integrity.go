package suite

import (
	"crypto/hmac"
	"hash"
	"slices"

	"ikescope/suite/aesmac"
)

// Integrity is an integrity algorithm of ESP, AH and IKEv2. Lengths are in
// octets. The zero value is no algorithm; the row "none" is one that checks
// nothing.
type Integrity struct {
	Name   string // "hmac-sha1-96", "aes-xcbc-96", "none"
	KeyLen int
	ICVLen int // the ICV is the first ICVLen octets of the sum
	// New makes the keyed hash. The key must have KeyLen octets; any other
	// length is the caller's bug and panics. Nil for "none".
	New func(key []byte) hash.Hash
}

// IsZero reports whether a is no algorithm at all (not even "none").
func (a Integrity) IsZero() bool { return a.Name == "" }

// integrities: RFC 2403, RFC 2404, RFC 4868 (HMAC, key as long as the
// digest), RFC 4595 (untruncated MD5 and SHA-1), RFC 3566 and RFC 4494 (AES).
// hmac-sha2-256-96 is what draft-ietf-ipsec-ciph-sha-256-00 said and what
// Linux before 2.6.33 and others do under the number of hmac-sha2-256-128.
var integrities = []Integrity{
	{Name: "none"},
	hmacIntegrity("hmac-md5-96", "md5", 12),
	hmacIntegrity("hmac-md5-128", "md5", 16),
	hmacIntegrity("hmac-sha1-96", "sha1", 12),
	hmacIntegrity("hmac-sha1-160", "sha1", 20),
	hmacIntegrity("hmac-sha2-256-96", "sha2-256", 12),
	hmacIntegrity("hmac-sha2-256-128", "sha2-256", 16),
	hmacIntegrity("hmac-sha2-384-192", "sha2-384", 24),
	hmacIntegrity("hmac-sha2-512-256", "sha2-512", 32),
	aesIntegrity("aes-xcbc-96", aesmac.NewXCBC),
	aesIntegrity("aes-cmac-96", aesmac.NewCMAC),
}

func hmacIntegrity(name, hashName string, icvLen int) Integrity {
	h := mustHash(hashName)
	return Integrity{Name: name, KeyLen: h.Size, ICVLen: icvLen, New: func(key []byte) hash.Hash {
		checkKey(name, len(key), h.Size)
		return hmac.New(h.New, key)
	}}
}

func aesIntegrity(name string, newMAC func([]byte) (hash.Hash, error)) Integrity {
	const keyLen, icvLen = 16, 12
	return Integrity{Name: name, KeyLen: keyLen, ICVLen: icvLen, New: func(key []byte) hash.Hash {
		checkKey(name, len(key), keyLen)
		return mustMAC(newMAC(key))
	}}
}

func checkKey(name string, got, want int) {
	if got != want {
		panic((&KeyLengthError{Algorithm: name, Got: got, Want: want}).Error())
	}
}

// Integrities returns all rows.
func Integrities() []Integrity { return slices.Clone(integrities) }

// IntegrityByName returns the row of a name such as "hmac-sha1-96".
func IntegrityByName(name string) (Integrity, bool) {
	for _, a := range integrities {
		if a.Name == name {
			return a, true
		}
	}
	return Integrity{}, false
}

func integrityOf(table []number, id uint16) (Integrity, bool) {
	return IntegrityByName(nameOf(table, id))
}
