package suite

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
)

// Hash is a hash algorithm of IKEv1 phase 1. The zero value is no algorithm.
type Hash struct {
	Name string           // "md5", "sha1", "sha2-256", "sha2-384", "sha2-512", "tiger"
	Size int              // octets of the digest
	New  func() hash.Hash // nil: known by name only
}

// Computable reports whether the hash can be computed here.
func (h Hash) Computable() bool { return h.New != nil }

var hashes = []Hash{
	{"md5", md5.Size, md5.New},
	{"sha1", sha1.Size, sha1.New},
	{"tiger", 24, nil},
	{"sha2-256", sha256.Size, sha256.New},
	{"sha2-384", sha512.Size384, sha512.New384},
	{"sha2-512", sha512.Size, sha512.New},
}

// HashByName returns the hash of a name such as "sha2-256".
func HashByName(name string) (Hash, bool) {
	for _, h := range hashes {
		if h.Name == name {
			return h, true
		}
	}
	return Hash{}, false
}

// mustHash is for this package's own tables.
func mustHash(name string) Hash {
	h, ok := HashByName(name)
	if !ok {
		panic("suite: no hash " + name)
	}
	return h
}
