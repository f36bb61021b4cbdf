//go:build !purego

package aesgcm

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"fmt"
	"math/rand/v2"
	"testing"

	"ikescope/esp/kernel/cpu"
	"ikescope/esp/kernel/guard"
)

func newKey(t testing.TB, key []byte) *Key {
	t.Helper()
	k, ok := New(key)
	if ok != cpu.VAES {
		t.Fatalf("a key is %v, VAES is %v", ok, cpu.VAES)
	}
	if !ok {
		t.Skip("not on this processor")
	}
	return k
}

func library(t testing.TB, key []byte) cipher.AEAD {
	t.Helper()
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	return gcm
}

func randomOctets(rng *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return b
}

// message returns the message whose ciphertext and full tag are sealed, with
// the first octets of the tag.
func message(nonce, sealed, aad []byte, tagLen int) Message {
	n := len(sealed) - MaxTagLen
	m := Message{Text: sealed[:n], Tag: sealed[n : n+tagLen], Nonce: [NonceLen]byte(nonce), AADLen: uint32(len(aad))}
	copy(m.AAD[:], aad)
	return m
}

// Every length up to 4,096 octets, at any alignment, with every length of AAD
// and tag in turn. What is around the text must stay.
func TestEveryLength(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, keyLen := range []int{16, 24, 32} {
		key := randomOctets(rng, keyLen)
		k, gcm := newKey(t, key), library(t, key)
		for n := range 4097 {
			testLength(t, rng, k, gcm, n)
		}
	}
}

// Lengths around those where the octets of the counter carry over: every 256
// blocks, and at 65,536 blocks.
func TestCountersCarry(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 3))
	key := randomOctets(rng, 16)
	k, gcm := newKey(t, key), library(t, key)
	for _, around := range []int{2 * 4096, 3 * 4096, 16 * 4096, 256 * 4096} {
		for n := around - 300; n < around+600; n += 13 {
			testLength(t, rng, k, gcm, n)
		}
	}
}

func testLength(t *testing.T, rng *rand.Rand, k *Key, gcm cipher.AEAD, n int) {
	t.Helper()
	at, nonce, aad, tagLen := rng.IntN(512), randomOctets(rng, NonceLen), randomOctets(rng, n%(MaxAADLen+1)), MinTagLen+n%(MaxTagLen-MinTagLen+1)
	want := randomOctets(rng, n+1024)
	got := bytes.Clone(want)
	sealed := gcm.Seal(nil, nonce, want[at:at+n], aad)
	copy(got[at:], sealed)
	copy(want[at+n:], sealed[n:])

	batch := []Message{message(nonce, got[at:at+n+MaxTagLen], aad, tagLen)}
	batch[0].Tag[tagLen-1] ^= 1 << (n % 8)
	k.Open(batch)
	batch[0].Tag[tagLen-1] ^= 1 << (n % 8)
	if batch[0].OK || !bytes.Equal(got[at:at+len(sealed)], sealed) {
		t.Fatalf("%d octets, wrong tag: OK is %v, or the text changed", n, batch[0].OK)
	}
	k.Open(batch)
	if !batch[0].OK || !bytes.Equal(got, want) {
		t.Fatalf("%d octets at %d, %d of AAD, tag of %d: OK is %v, or plaintexts differ", n, at, len(aad), tagLen, batch[0].OK)
	}
}

// Each bit of nonce, AAD, ciphertext and tag matters.
func TestEveryBit(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 4))
	key, nonce, aad := randomOctets(rng, 32), randomOctets(rng, NonceLen), randomOctets(rng, 12)
	k := newKey(t, key)
	sealed := library(t, key).Seal(nil, nonce, randomOctets(rng, 333), aad)
	for i, field := range [][]byte{nonce, aad, sealed} {
		for bit := range 8 * len(field) {
			field[bit/8] ^= 1 << (bit % 8)
			before := bytes.Clone(sealed)
			batch := []Message{message(nonce, sealed, aad, MaxTagLen)}
			k.Open(batch)
			if batch[0].OK || !bytes.Equal(sealed, before) {
				t.Fatalf("field %d, bit %d: OK is %v, or the text changed", i, bit, batch[0].OK)
			}
			field[bit/8] ^= 1 << (bit % 8)
		}
	}
}

// Good and bad messages of different lengths in a batch.
func TestBatches(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 5))
	key := randomOctets(rng, 16)
	k, gcm := newKey(t, key), library(t, key)
	for range 100 {
		var batch []Message
		var texts [][]byte
		var forged []bool
		for range rng.IntN(40) {
			nonce, aad, text := randomOctets(rng, NonceLen), randomOctets(rng, 8), randomOctets(rng, rng.IntN(700))
			sealed := gcm.Seal(nil, nonce, text, aad)
			bad := rng.IntN(4) == 0
			if bad {
				sealed[rng.IntN(len(sealed))] ^= 1
				text = bytes.Clone(sealed[:len(text)])
			}
			batch, texts, forged = append(batch, message(nonce, sealed, aad, MaxTagLen)), append(texts, text), append(forged, bad)
		}
		k.Open(batch)
		for i := range batch {
			if batch[i].OK == forged[i] || !bytes.Equal(batch[i].Text, texts[i]) {
				t.Fatalf("message %d of %d: OK is %v, forged %v, or texts differ", i, len(batch), batch[i].OK, forged[i])
			}
		}
	}
}

func TestDecrypt(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 6))
	key, nonce := randomOctets(rng, 24), randomOctets(rng, NonceLen)
	k, gcm := newKey(t, key), library(t, key)
	for n := range 600 {
		text := randomOctets(rng, n)
		batch := []Message{message(nonce, gcm.Seal(nil, nonce, text, nil), nil, MaxTagLen)}
		batch[0].Tag = make([]byte, MaxTagLen)
		k.Decrypt(batch)
		if !bytes.Equal(batch[0].Text, text) {
			t.Fatalf("%d octets differ", n)
		}
	}
}

// AAD behind AADLen is not read.
func TestRestOfAAD(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 7))
	key, nonce := randomOctets(rng, 16), randomOctets(rng, NonceLen)
	k, gcm := newKey(t, key), library(t, key)
	for n := range MaxAADLen + 1 {
		aad := randomOctets(rng, MaxAADLen)
		batch := []Message{message(nonce, gcm.Seal(nil, nonce, []byte("text"), aad[:n]), aad, MaxTagLen)}
		batch[0].AADLen = uint32(n)
		if k.Open(batch); !batch[0].OK {
			t.Errorf("%d octets of AAD", n)
		}
	}
}

func TestGuardedMemory(t *testing.T) {
	k := newKey(t, make([]byte, 32))
	for n := 0; n < 600; n += 7 {
		before, behind := guard.Before(t, max(n, 1)), guard.Behind(t, n+MinTagLen)
		batch := []Message{
			{Text: before[:n], Tag: guard.Before(t, MinTagLen)},
			{Text: behind[:n], Tag: behind[n:]},
			{Text: guard.Behind(t, n), Tag: guard.Behind(t, MaxTagLen)},
		}
		k.Open(batch)
		k.Decrypt(batch)
	}
}

func TestWrongLengths(t *testing.T) {
	k := newKey(t, make([]byte, 16))
	for _, c := range []struct{ tag, aad int }{{MinTagLen - 1, 0}, {MaxTagLen + 1, 0}, {MaxTagLen, MaxAADLen + 1}} {
		func() {
			defer func() {
				if got, want := fmt.Sprint(recover()), fmt.Sprintf("aesgcm: tag of %d octets, AAD of %d", c.tag, c.aad); got != want {
					t.Errorf("%+v: %s", c, got)
				}
			}()
			k.Open([]Message{{Tag: make([]byte, MaxTagLen)}, {Tag: make([]byte, c.tag), AADLen: uint32(c.aad)}})
		}()
	}
}

func TestOpenDoesNotAllocate(t *testing.T) {
	key := make([]byte, 16)
	k := newKey(t, key)
	sealed := library(t, key).Seal(nil, make([]byte, NonceLen), make([]byte, 700), nil)
	batch := []Message{message(make([]byte, NonceLen), sealed, nil, MaxTagLen), {Text: make([]byte, 70), Tag: make([]byte, MinTagLen)}}
	if n := testing.AllocsPerRun(20, func() { k.Open(batch); k.Decrypt(batch) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestOtherKeyLengths(t *testing.T) {
	for _, n := range []int{0, 8, 15, 17, 33, 64} {
		if _, ok := New(make([]byte, n)); ok {
			t.Errorf("a key of %d octets is accepted", n)
		}
	}
}
