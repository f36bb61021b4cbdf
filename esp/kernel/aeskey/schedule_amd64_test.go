//go:build !purego

package aeskey

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"testing"

	"ikescope/esp/kernel/cpu"
)

func needAES(t testing.TB) {
	t.Helper()
	if !cpu.AESNI {
		t.Skip("this processor has no AES instructions")
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

// FIPS 197, appendix A: keys and some words of their expansion.
var expansions = []struct {
	key   string
	round uint64
	want  string
}{
	{"2b7e151628aed2a6abf7158809cf4f3c", 0, "2b7e151628aed2a6abf7158809cf4f3c"},
	{"2b7e151628aed2a6abf7158809cf4f3c", 1, "a0fafe1788542cb123a339392a6c7605"},
	{"2b7e151628aed2a6abf7158809cf4f3c", 10, "d014f9a8c9ee2589e13f0cc8b6630ca6"},
	{"8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", 1, "62f8ead2522c6b7bfe0c91f72402f5a5"},
	{"8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", 12, "e98ba06f448c773c8ecc720401002202"},
	{"603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", 2, "9ba354118e6925afa51a8b5f2067fcde"},
	{"603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", 14, "fe4890d1e6188d0b046df344706c631e"},
}

func TestExpansion(t *testing.T) {
	needAES(t)
	for _, c := range expansions {
		s := Encryption(octets(t, c.key))
		if got := s.keys[s.slot(c.round)]; !bytes.Equal(got[:], octets(t, c.want)) {
			t.Errorf("%s, round %d: %x, want %s", c.key, c.round, got, c.want)
		}
	}
}

// FIPS 197, appendix C.1, inverse cipher: the round keys "ik_sch" in the
// equivalent order that figure 15 gives.
func TestInverseExpansion(t *testing.T) {
	needAES(t)
	s := Decryption(octets(t, "000102030405060708090a0b0c0d0e0f"))
	for round, want := range map[uint64]string{
		0:  "13111d7fe3944a17f307a78b4d2b30c5",
		1:  "13aa29be9c8faff6f770f58000f7bf03",
		10: "000102030405060708090a0b0c0d0e0f",
	} {
		if got := s.keys[s.slot(round)]; !bytes.Equal(got[:], octets(t, want)) {
			t.Errorf("round %d: %x, want %s", round, got, want)
		}
	}
}

// Whatever the key's length, its first and last round keys are in the first
// and last slots and the unused slots are empty.
func TestSlots(t *testing.T) {
	needAES(t)
	for _, n := range []int{16, 24, 32} {
		s := Encryption(bytes.Repeat([]byte{7}, n))
		if s.slot(0) != 0 || s.slot(s.rounds) != Slots-1 {
			t.Errorf("%d octets: first slot %d, last %d", n, s.slot(0), s.slot(s.rounds))
		}
		for i := uint64(1); i < s.slot(1); i++ {
			if s.keys[i] != [16]byte{} {
				t.Errorf("%d octets: slot %d is used", n, i)
			}
		}
	}
}

func TestNothingIsPrinted(t *testing.T) {
	needAES(t)
	s := Encryption(bytes.Repeat([]byte{0xab}, 16))
	for _, verb := range []string{"%v", "%+v", "%#v", "%x", "%s", "%d"} {
		if got := fmt.Sprintf(verb, s); got != "AES key schedule" {
			t.Errorf("%s prints %s", verb, got)
		}
	}
}

func TestWrongLengths(t *testing.T) {
	for n := range 40 {
		if Fits(make([]byte, n)) {
			continue
		}
		func() {
			defer func() {
				if got, want := fmt.Sprint(recover()), fmt.Sprintf("aeskey: key of %d octets", n); got != want {
					t.Errorf("%d octets: %v", n, got)
				}
			}()
			Decryption(make([]byte, n))
		}()
	}
}
