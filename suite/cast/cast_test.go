package cast

import (
	"bytes"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"testing"

	//lint:ignore SA1019 captures contain it
	"golang.org/x/crypto/cast5"
)

func octets(t *testing.T, digits string) []byte {
	t.Helper()
	b, err := hex.DecodeString(digits)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// RFC 2144, appendix B.1: one plaintext under keys of 128, 80 and 40 bits.
func TestPublished(t *testing.T) {
	plain := octets(t, "0123456789abcdef")
	for key, want := range map[string]string{
		"0123456712345678234567893456789a": "238b4fe5847e44b2",
		"01234567123456782345":             "eb6a711a2c02271b",
		"0123456712":                       "7ac816d16e9b302e",
	} {
		c, err := NewCipher(octets(t, key))
		if err != nil {
			t.Fatal(err)
		}
		got := make([]byte, BlockSize)
		if c.Encrypt(got, plain); hex.EncodeToString(got) != want {
			t.Errorf("key %s: %x, want %s", key, got, want)
		}
		if c.Decrypt(got, got); !bytes.Equal(got, plain) {
			t.Errorf("key %s: decrypted to %x", key, got)
		}
	}
}

// RFC 2144, appendix B.2: a million times each half encrypted under the other.
func TestMaintenance(t *testing.T) {
	if testing.Short() {
		t.Skip("a million keys")
	}
	a, b := octets(t, "0123456712345678234567893456789a"), octets(t, "0123456712345678234567893456789a")
	encrypt := func(text, key []byte) {
		c, err := NewCipher(key)
		if err != nil {
			t.Fatal(err)
		}
		c.Encrypt(text, text)
		c.Encrypt(text[8:], text[8:])
	}
	for range 1_000_000 {
		encrypt(a, b)
		encrypt(b, a)
	}
	if got, want := hex.EncodeToString(a), "eea9d0a249fd3ba6b3436fb89d6dca92"; got != want {
		t.Errorf("a is %s, want %s", got, want)
	}
	if got, want := hex.EncodeToString(b), "b2c95eb00c31ad7180ac05b8e83d696e"; got != want {
		t.Errorf("b is %s, want %s", got, want)
	}
}

// Long keys are those of the library.
func TestAgainstLibrary(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 1000 {
		key, text := make([]byte, maxKey), make([]byte, BlockSize)
		for i := range shortKey + 1 + rng.IntN(maxKey-shortKey) {
			key[i] = byte(rng.Uint32())
		}
		for i := range text {
			text[i] = byte(rng.Uint32())
		}
		ours, _ := NewCipher(key)
		library, err := cast5.NewCipher(key)
		if err != nil {
			t.Fatal(err)
		}
		got, want := make([]byte, BlockSize), make([]byte, BlockSize)
		ours.Encrypt(got, text)
		library.Encrypt(want, text)
		if !bytes.Equal(got, want) {
			t.Fatalf("key %x: %x, want %x", key, got, want)
		}
		ours.Decrypt(got, text)
		library.Decrypt(want, text)
		if !bytes.Equal(got, want) {
			t.Fatalf("key %x: decrypted %x, want %x", key, got, want)
		}
	}
}

func TestKeyLengths(t *testing.T) {
	for n := range 20 {
		c, err := NewCipher(make([]byte, n))
		var size KeySizeError
		switch fits := n >= minKey && n <= maxKey; {
		case fits && (err != nil || c.BlockSize() != BlockSize):
			t.Errorf("%d octets: %v", n, err)
		case !fits && (!errors.As(err, &size) || int(size) != n):
			t.Errorf("%d octets: %v", n, err)
		}
	}
}
