package aesmac

import (
	"bytes"
	"encoding/hex"
	"hash"
	"testing"

	"pgregory.net/rapid"

	"ikescope/suite/vectors"
)

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

// RFC 3566 section 4.6; key 000102...0f, message 000102... of n octets.
func TestXCBC(t *testing.T) {
	key := unhex("000102030405060708090a0b0c0d0e0f")
	message := make([]byte, 34)
	for i := range message {
		message[i] = byte(i)
	}
	for _, v := range []struct {
		message []byte
		mac     string
	}{
		{nil, "75f0251d528ac01c4573dfd584d79f29"},
		{message[:3], "5b376580ae2f19afe7219ceef172756f"},
		{message[:16], "d2a246fa349b68a79998a4394ff7a263"},
		{message[:20], "47f51b4564966215b8985c63055ed308"},
		{message[:32], "f54f0ec8d2b9f3d36807734bd5283fd4"},
		{message[:34], "becbb3bccdb518a30677d5481fb6b4d8"},
		{make([]byte, 1000), "f0dafee895db30253761103b5d84528f"},
	} {
		h, err := NewXCBC(key)
		if err != nil {
			t.Fatal(err)
		}
		h.Write(v.message)
		if got := hex.EncodeToString(h.Sum(nil)); got != v.mac {
			t.Errorf("%d octets: %s, want %s", len(v.message), got, v.mac)
		}
	}
}

// RFC 4493 section 4.
func TestCMAC(t *testing.T) {
	key := unhex("2b7e151628aed2a6abf7158809cf4f3c")
	message := unhex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51" +
		"30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710")
	for n, want := range map[int]string{
		0:  "bb1d6929e95937287fa37d129b756746",
		16: "070a16b46b4d4144f79bdd9dd04a287c",
		40: "dfa66747de9ae63030ca32611497c827",
		64: "51f0bebf7e3b9d92fc49741779363cfe",
	} {
		h, err := NewCMAC(key)
		if err != nil {
			t.Fatal(err)
		}
		h.Write(message[:n])
		if got := hex.EncodeToString(h.Sum(nil)); got != want {
			t.Errorf("%d octets: %s, want %s", n, got, want)
		}
	}
}

func TestCMACWycheproof(t *testing.T) {
	type wycheproof struct {
		ID                int
		Comment, Result   string
		Key, Message, MAC string
	}
	for _, v := range vectors.Cases[wycheproof](t, "testdata/wycheproof_cmac.json.gz", 300) {
		h, err := NewCMAC(unhex(v.Key))
		if err != nil {
			if v.Result != "invalid" {
				t.Errorf("case %d: %v", v.ID, err)
			}
			continue
		}
		h.Write(unhex(v.Message))
		if equal := hex.EncodeToString(h.Sum(nil)) == v.MAC; equal != (v.Result == "valid") {
			t.Errorf("case %d (%s): equal is %v, expected %s", v.ID, v.Comment, equal, v.Result)
		}
	}
}

func TestKeyLengths(t *testing.T) {
	for n := range 65 {
		_, err := NewXCBC(make([]byte, n))
		if (err == nil) != (n == 16) {
			t.Errorf("XCBC key of %d octets: %v", n, err)
		}
		_, err = NewCMAC(make([]byte, n))
		if (err == nil) != (n == 16 || n == 24 || n == 32) {
			t.Errorf("CMAC key of %d octets: %v", n, err)
		}
	}
}

// However a message is cut into writes, and whether a sum was asked for in
// between, the code is the same.
func TestWritesInPieces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		newMAC := rapid.SampledFrom([]func([]byte) (hash.Hash, error){NewXCBC, NewCMAC}).Draw(t, "algorithm")
		message := rapid.SliceOfN(rapid.Byte(), 0, 100).Draw(t, "message")
		whole, _ := newMAC(make([]byte, 16))
		pieces, _ := newMAC(make([]byte, 16))
		whole.Write(message)
		want := whole.Sum(nil)
		for rest := message; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "piece")
			if w, err := pieces.Write(rest[:n]); w != n || err != nil {
				t.Fatal(w, err)
			}
			pieces.Sum(nil)
			rest = rest[n:]
		}
		if got := pieces.Sum(nil); !bytes.Equal(got, want) {
			t.Fatalf("%x, want %x", got, want)
		}
		pieces.Reset()
		pieces.Write(message)
		if got := pieces.Sum([]byte{1}); !bytes.Equal(got[1:], want) || got[0] != 1 {
			t.Fatalf("after Reset %x, want %x", got, want)
		}
	})
}

func TestHashInterface(t *testing.T) {
	h, _ := NewCMAC(make([]byte, 16))
	if h.Size() != Size || h.BlockSize() != 16 {
		t.Error(h.Size(), h.BlockSize())
	}
	sum, message := make([]byte, 0, Size), make([]byte, 100)
	if n := testing.AllocsPerRun(100, func() { h.Reset(); h.Write(message); sum = h.Sum(sum[:0]) }); n != 0 {
		t.Errorf("%v allocations a message", n)
	}
}
