//go:build !purego

package aescbc

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"ikescope/esp/kernel/aeskey"
	"ikescope/esp/kernel/guard"
	"ikescope/suite/vectors"
)

// eachKernel runs a test with every kernel that this processor has.
func eachKernel(t *testing.T, run func(t *testing.T, k *kernel)) {
	for i := range kernels {
		t.Run(kernels[i].name, func(t *testing.T) {
			if !kernels[i].present {
				t.Skip("not on this processor")
			}
			run(t, &kernels[i])
		})
	}
}

func octets(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func randomOctets(rng *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return b
}

// NIST SP 800-38A, sections F.2.2, F.2.4 and F.2.6.
var published = []struct{ key, ciphertext string }{
	{"2b7e151628aed2a6abf7158809cf4f3c",
		"7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2" +
			"73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7"},
	{"8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
		"4f021db243bc633d7178183a9fa071e8b4d9ada9ad7dedf4e5e738763f69145a" +
			"571b242012fb7ae07fa9baac3df102e008b0e27988598881d920a9e64f5615cd"},
	{"603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
		"f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d" +
			"39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b"},
}

const (
	publishedIV        = "000102030405060708090a0b0c0d0e0f"
	publishedPlaintext = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51" +
		"30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
)

func TestPublished(t *testing.T) {
	eachKernel(t, func(t *testing.T, k *kernel) {
		for _, c := range published {
			chain := octets(t, publishedIV+c.ciphertext)
			k.decrypt(aeskey.Decryption(octets(t, c.key)), [][]byte{chain})
			if got, want := chain[BlockLen:], octets(t, publishedPlaintext); !bytes.Equal(got, want) {
				t.Errorf("key %s:\n%x, want\n%x", c.key, got, want)
			}
		}
	})
}

// Package esp's cases, of RFC 3602 and the Linux kernel's testmgr.h.
func TestPublishedElsewhere(t *testing.T) {
	var cases []struct{ Cipher, Key, IV, Plaintext, Ciphertext string }
	vectors.Load(t, "../../testdata/ciphers.json.gz", &cases)
	eachKernel(t, func(t *testing.T, k *kernel) {
		n := 0
		for _, c := range cases {
			if !strings.HasPrefix(c.Cipher, "aes-cbc-") {
				continue
			}
			n++
			chain := octets(t, c.IV+c.Ciphertext)
			k.decrypt(aeskey.Decryption(octets(t, c.Key)), [][]byte{chain})
			if !bytes.Equal(chain[BlockLen:], octets(t, c.Plaintext)) {
				t.Errorf("%s, key %s:\n%x, want\n%s", c.Cipher, c.Key, chain[BlockLen:], c.Plaintext)
			}
		}
		if n < 9 {
			t.Errorf("only %d cases", n)
		}
	})
}

// Every number of blocks up to 4,096 octets, at any alignment. What is around
// the blocks, and the IV, must stay.
func TestEveryLength(t *testing.T) {
	eachKernel(t, func(t *testing.T, k *kernel) {
		rng := rand.New(rand.NewPCG(1, 2))
		for _, keyLen := range []int{16, 24, 32} {
			key := randomOctets(rng, keyLen)
			schedule, library := aeskey.Decryption(key), libraryCBC(t, key)
			for blocks := range 4096/BlockLen + 1 {
				got := randomOctets(rng, 1024+BlockLen+BlockLen*blocks)
				want := bytes.Clone(got)
				at := rng.IntN(512)
				end := at + BlockLen + BlockLen*blocks
				k.decrypt(schedule, [][]byte{got[at:end]})
				library([][]byte{want[at:end]})
				if !bytes.Equal(got, want) {
					t.Fatalf("key of %d octets, %d blocks at %d differ", keyLen, blocks, at)
				}
			}
		}
	})
}

// The chains of a batch are of different lengths and do not disturb each
// other.
func TestBatches(t *testing.T) {
	eachKernel(t, func(t *testing.T, k *kernel) {
		rng := rand.New(rand.NewPCG(1, 3))
		key := randomOctets(rng, 16)
		schedule, library := aeskey.Decryption(key), libraryCBC(t, key)
		for range 300 {
			all := randomOctets(rng, 20000)
			same := bytes.Clone(all)
			var got, want [][]byte
			for at := 0; ; {
				at += rng.IntN(40)
				end := at + BlockLen*(1+rng.IntN(40))
				if end > len(all) {
					break
				}
				got, want = append(got, all[at:end]), append(want, same[at:end])
				at = end
			}
			k.decrypt(schedule, got)
			library(want)
			if !bytes.Equal(all, same) {
				t.Fatalf("a batch of %d chains differs", len(got))
			}
		}
	})
}

func TestGuardedMemory(t *testing.T) {
	eachKernel(t, func(t *testing.T, k *kernel) {
		schedule := aeskey.Decryption(make([]byte, 32))
		for blocks := range 70 {
			n := BlockLen + BlockLen*blocks
			k.decrypt(schedule, [][]byte{guard.Before(t, n), guard.Behind(t, n)})
		}
	})
}

func TestKeys(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 4))
	present := slices.ContainsFunc(kernels, func(k kernel) bool { return k.present })
	for _, keyLen := range []int{16, 24, 32} {
		key := randomOctets(rng, keyLen)
		k, ok := New(key)
		if ok != present {
			t.Fatalf("a key is %v, a kernel is %v", ok, present)
		}
		if !ok {
			t.Skip("not on this processor")
		}
		got, _ := randomChains(rng, 9, []int{160})
		want := [][]byte{}
		for _, c := range got {
			want = append(want, bytes.Clone(c))
		}
		k.Decrypt(got)
		libraryCBC(t, key)(want)
		for i := range got {
			if !bytes.Equal(got[i], want[i]) {
				t.Errorf("key of %d octets: chain %d differs", keyLen, i)
			}
		}
		k.Decrypt(nil)
	}
	for n := range 40 {
		if _, ok := New(make([]byte, n)); ok != aeskey.Fits(make([]byte, n)) {
			t.Errorf("key of %d octets: %v", n, ok)
		}
	}
}

func TestRaggedChains(t *testing.T) {
	k, ok := New(make([]byte, 16))
	if !ok {
		t.Skip("not on this processor")
	}
	for _, n := range []int{0, 1, 15, 17, 33, 511} {
		func() {
			defer func() {
				if got, want := fmt.Sprint(recover()), fmt.Sprintf("aescbc: chain of %d octets", n); got != want {
					t.Errorf("%d octets: %s", n, got)
				}
			}()
			k.Decrypt([][]byte{make([]byte, 32), make([]byte, n)})
		}()
	}
}

func TestDecryptDoesNotAllocate(t *testing.T) {
	k, ok := New(make([]byte, 16))
	if !ok {
		t.Skip("not on this processor")
	}
	chains, _ := randomChains(rand.New(rand.NewPCG(1, 5)), 8, []int{400})
	if n := testing.AllocsPerRun(20, func() { k.Decrypt(chains) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzDecrypt cuts octets into two chains of whole blocks at any place.
func FuzzDecrypt(f *testing.F) {
	f.Add(make([]byte, 16), make([]byte, 32), uint8(1))
	f.Add(make([]byte, 24), make([]byte, 600), uint8(7))
	f.Add(make([]byte, 32), make([]byte, 321), uint8(20))
	f.Fuzz(func(t *testing.T, key, text []byte, cut uint8) {
		if len(key) != 16 && len(key) != 24 && len(key) != 32 {
			return
		}
		n := len(text) / BlockLen * BlockLen
		at := BlockLen * (1 + int(cut))
		if at >= n {
			return
		}
		want := bytes.Clone(text)
		libraryCBC(t, key)([][]byte{want[:at], want[at:n]})
		for i := range kernels {
			if !kernels[i].present {
				continue
			}
			got := bytes.Clone(text)
			kernels[i].decrypt(aeskey.Decryption(key), [][]byte{got[:at], got[at:n]})
			if !bytes.Equal(got, want) {
				t.Fatalf("%s:\n%x, want\n%x", kernels[i].name, got, want)
			}
		}
	})
}
