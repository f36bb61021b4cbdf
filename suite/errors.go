package suite

import (
	"crypto/cipher"
	"fmt"
	"strconv"
)

// KeyLengthError says that a key does not have its algorithm's length.
// It never holds the key.
type KeyLengthError struct {
	Algorithm string
	Got, Want int // octets
}

func (e *KeyLengthError) Error() string {
	return fmt.Sprintf("suite: %s: key of %d octets, %d needed", e.Algorithm, e.Got, e.Want)
}

// PublicError says why a Diffie-Hellman public value cannot be used: a wrong
// length, or a value from which no honest peer could start.
type PublicError struct {
	Group  string
	Reason string
}

func (e *PublicError) Error() string { return "suite: " + e.Group + ": public value " + e.Reason }

// PrivateError says why a Diffie-Hellman private value cannot be used.
// It never holds the value.
type PrivateError struct {
	Group  string
	Reason string
}

func (e *PrivateError) Error() string { return "suite: " + e.Group + ": private value " + e.Reason }

// UnsupportedError says that an algorithm is known by name only.
type UnsupportedError struct {
	Algorithm string
}

func (e *UnsupportedError) Error() string { return "suite: " + e.Algorithm + " is known by name only" }

// exactKey guards a block cipher constructor: the length is compared with the
// row before the constructor sees the key.
func exactKey(name string, want int, newBlock func([]byte) (cipher.Block, error)) func([]byte) (cipher.Block, error) {
	return func(key []byte) (cipher.Block, error) {
		if len(key) != want {
			return nil, &KeyLengthError{Algorithm: name, Got: len(key), Want: want}
		}
		return newBlock(key)
	}
}

func lengthName(stem string, bits int) string { return stem + "-" + strconv.Itoa(bits) }
