package camellia

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"

	"pgregory.net/rapid"
)

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

// RFC 3713 appendix A.
var known = []struct{ key, plain, crypt string }{
	{"0123456789abcdeffedcba9876543210", "0123456789abcdeffedcba9876543210", "67673138549669730857065648eabe43"},
	{"0123456789abcdeffedcba98765432100011223344556677", "0123456789abcdeffedcba9876543210", "b4993401b3e996f84ee5cee7d79b09b9"},
	{"0123456789abcdeffedcba987654321000112233445566778899aabbccddeeff", "0123456789abcdeffedcba9876543210", "9acc237dff16d76c20ef7c919e3a7509"},
}

func TestKnownAnswers(t *testing.T) {
	for _, v := range known {
		c, err := NewCipher(unhex(v.key))
		if err != nil {
			t.Fatal(err)
		}
		got := make([]byte, BlockSize)
		if c.Encrypt(got, unhex(v.plain)); hex.EncodeToString(got) != v.crypt {
			t.Errorf("%d-bit key: encrypts to %x", 4*len(v.key), got)
		}
		if c.Decrypt(got, got); hex.EncodeToString(got) != v.plain {
			t.Errorf("%d-bit key: decrypts to %x", 4*len(v.key), got)
		}
	}
}

// The S-box is typed; the algorithm's specification (Aoki et al. 2000,
// section 4) says it is a permutation.
func TestSBoxIsAPermutation(t *testing.T) {
	var seen [256]bool
	for x, y := range sbox1 {
		if seen[y] {
			t.Errorf("sbox1[%d] = %d twice", x, y)
		}
		seen[y] = true
	}
}

func TestKeySize(t *testing.T) {
	for n := range 65 {
		_, err := NewCipher(make([]byte, n))
		var size KeySizeError
		if good := n == 16 || n == 24 || n == 32; good != (err == nil) || !good && (!errors.As(err, &size) || int(size) != n) {
			t.Errorf("%d octets: %v", n, err)
		}
	}
}

func TestDecryptUndoesEncrypt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom([]int{16, 24, 32}).Draw(t, "key length")
		key := rapid.SliceOfN(rapid.Byte(), n, n).Draw(t, "key")
		plain := rapid.SliceOfN(rapid.Byte(), BlockSize, BlockSize).Draw(t, "plain")
		c, err := NewCipher(key)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]byte, BlockSize)
		c.Encrypt(got, plain)
		if bytes.Equal(got, plain) {
			t.Fatal("encryption changed nothing")
		}
		if c.Decrypt(got, got); !bytes.Equal(got, plain) {
			t.Fatalf("decrypts to %x", got)
		}
	})
}

func TestFLInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, k := rapid.Uint64().Draw(t, "x"), rapid.Uint64().Draw(t, "k")
		if flInverse(fl(x, k), k) != x {
			t.Fatal("FLINV does not undo FL")
		}
	})
}

func TestShortBlocksPanic(t *testing.T) {
	c, _ := NewCipher(make([]byte, 16))
	for _, n := range []int{0, 15} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("block of %d octets accepted", n)
				}
			}()
			c.Decrypt(make([]byte, 16), make([]byte, n))
		}()
	}
}

func TestNoAllocations(t *testing.T) {
	c, _ := NewCipher(make([]byte, 32))
	b := make([]byte, BlockSize)
	if n := testing.AllocsPerRun(100, func() { c.Decrypt(b, b) }); n != 0 {
		t.Errorf("%v allocations a block", n)
	}
}

func BenchmarkDecrypt(b *testing.B) {
	c, _ := NewCipher(make([]byte, 16))
	x := make([]byte, BlockSize)
	b.SetBytes(BlockSize)
	for b.Loop() {
		c.Decrypt(x, x)
	}
}
