//go:build !purego

package aesctr

import (
	"bytes"
	"crypto/aes"
	"crypto/subtle"
	"encoding/binary"
	"encoding/hex"
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

// xorBlocks is counter mode block by block, with crypto/aes.
func xorBlocks(t testing.TB, key []byte, batch []Text) {
	t.Helper()
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range batch {
		var keys [BlockLen]byte
		for text, counter := x.Text, x.Counter; len(text) > 0; text = text[min(BlockLen, len(text)):] {
			block.Encrypt(keys[:], counter[:])
			subtle.XORBytes(text, text, keys[:])
			low := counter[BlockLen-4:]
			binary.BigEndian.PutUint32(low, binary.BigEndian.Uint32(low)+1)
		}
	}
}

// NIST SP 800-38A, sections F.5.2, F.5.4 and F.5.6.
var published = []struct{ key, ciphertext string }{
	{"2b7e151628aed2a6abf7158809cf4f3c",
		"874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff" +
			"5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee"},
	{"8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
		"1abc932417521ca24f2b0459fe7e6e0b090339ec0aa6faefd5ccc2c6f4ce8e94" +
			"1e36b26bd1ebc670d1bd1d665620abf74f78a7f6d29809585a97daec58c6b050"},
	{"603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
		"601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5" +
			"2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6"},
}

const (
	publishedCounter   = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"
	publishedPlaintext = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51" +
		"30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
)

func TestPublished(t *testing.T) {
	for _, c := range published {
		text := octets(t, c.ciphertext)
		newKey(t, octets(t, c.key)).XOR([]Text{{text, [BlockLen]byte(octets(t, publishedCounter))}})
		if !bytes.Equal(text, octets(t, publishedPlaintext)) {
			t.Errorf("key %s:\n%x, want\n%s", c.key, text, publishedPlaintext)
		}
	}
}

// Every length up to 4,096 octets, at any alignment. What is around the text
// must stay.
func TestEveryLength(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, keyLen := range []int{16, 24, 32} {
		key := randomOctets(rng, keyLen)
		k := newKey(t, key)
		for n := range 4097 {
			got := randomOctets(rng, 1024+n)
			want := bytes.Clone(got)
			at := rng.IntN(512)
			counter := [BlockLen]byte(randomOctets(rng, BlockLen))
			k.XOR([]Text{{got[at : at+n], counter}})
			xorBlocks(t, key, []Text{{want[at : at+n], counter}})
			if !bytes.Equal(got, want) {
				t.Fatalf("key of %d octets, %d octets at %d differ", keyLen, n, at)
			}
		}
	}
}

// Only the last four octets of a counter block count.
func TestCounterWraps(t *testing.T) {
	key := make([]byte, 16)
	k := newKey(t, key)
	for before := range uint32(40) {
		var counter [BlockLen]byte
		binary.BigEndian.PutUint32(counter[BlockLen-4:], -before)
		got, want := make([]byte, 900), make([]byte, 900)
		k.XOR([]Text{{got, counter}})
		xorBlocks(t, key, []Text{{want, counter}})
		if !bytes.Equal(got, want) {
			t.Errorf("%d blocks before the end of counters", before)
		}
	}
}

func TestBatches(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 3))
	key := randomOctets(rng, 24)
	k := newKey(t, key)
	for range 200 {
		all := randomOctets(rng, 9000)
		same := bytes.Clone(all)
		var got, want []Text
		for at := 0; ; {
			at += rng.IntN(20)
			end := at + rng.IntN(600)
			if end > len(all) {
				break
			}
			counter := [BlockLen]byte(randomOctets(rng, BlockLen))
			got, want = append(got, Text{all[at:end], counter}), append(want, Text{same[at:end], counter})
			at = end
		}
		k.XOR(got)
		xorBlocks(t, key, want)
		if !bytes.Equal(all, same) {
			t.Fatalf("a batch of %d texts differs", len(got))
		}
	}
}

func TestGuardedMemory(t *testing.T) {
	k := newKey(t, make([]byte, 32))
	for n := 1; n < 600; n += 7 {
		k.XOR([]Text{{Text: guard.Before(t, n)}, {Text: guard.Behind(t, n)}})
	}
}

func TestXORDoesNotAllocate(t *testing.T) {
	k := newKey(t, make([]byte, 16))
	batch := []Text{{Text: make([]byte, 700)}, {Text: make([]byte, 70)}}
	if n := testing.AllocsPerRun(20, func() { k.XOR(batch) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzXOR(f *testing.F) {
	f.Add(make([]byte, 16), make([]byte, BlockLen), make([]byte, 33), uint16(1))
	f.Add(make([]byte, 24), bytes.Repeat([]byte{255}, BlockLen), make([]byte, 700), uint16(300))
	f.Add(make([]byte, 32), make([]byte, BlockLen), []byte{}, uint16(0))
	f.Fuzz(func(t *testing.T, key, counter, text []byte, cut uint16) {
		if len(key) != 16 && len(key) != 24 && len(key) != 32 || len(counter) != BlockLen || int(cut) > len(text) {
			return
		}
		c := [BlockLen]byte(counter)
		got, want := bytes.Clone(text), bytes.Clone(text)
		newKey(t, key).XOR([]Text{{got[:cut], c}, {got[cut:], c}})
		xorBlocks(t, key, []Text{{want[:cut], c}, {want[cut:], c}})
		if !bytes.Equal(got, want) {
			t.Fatalf("\n%x, want\n%x", got, want)
		}
	})
}

func TestOtherKeyLengths(t *testing.T) {
	for _, n := range []int{0, 8, 15, 17, 33, 64} {
		if _, ok := New(make([]byte, n)); ok {
			t.Errorf("a key of %d octets is accepted", n)
		}
	}
}
