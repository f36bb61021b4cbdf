//go:build !purego

package aeskey

import (
	"encoding/binary"
	"fmt"
	"io"
)

// Slots is how many round keys the longest schedule has, that of a key of 256
// bits with 14 rounds.
const Slots = 15

// Schedule is an expanded key. Kernels read it by its layout, Slots round keys
// of 16 octets and then the number of rounds:
//
//	slot   0    1    2    3    4    5 ...  13   14
//	128    k0   -    -    -    -    k1 ... k9   k10
//	192    k0   -    -    k1   k2   k3 ... k11  k12
//	256    k0   k1   k2   k3   k4   k5 ... k13  k14
type Schedule struct {
	keys   [Slots][16]byte
	rounds uint64 // 10, 12 or 14
}

// Fits reports whether a key has 16, 24 or 32 octets.
func Fits(key []byte) bool { return len(key) == 16 || len(key) == 24 || len(key) == 32 }

// Encryption returns the schedule of the cipher. It panics for a key that does
// not fit.
func Encryption(key []byte) *Schedule {
	s := new(Schedule)
	s.encryption(key)
	return s
}

func (s *Schedule) encryption(key []byte) {
	if !Fits(key) {
		panic(fmt.Sprintf("aeskey: key of %d octets", len(key)))
	}
	s.rounds = uint64(len(key)/4 + 6)
	var words [4 * Slots]uint32
	expand(words[:4*(s.rounds+1)], key)
	for i := range s.rounds + 1 {
		for j := range uint64(4) {
			binary.BigEndian.PutUint32(s.keys[s.slot(i)][4*j:], words[4*i+j])
		}
	}
}

// Decryption returns the schedule of the equivalent inverse cipher: the round
// keys in the opposite order, those between the first and the last with
// InvMixColumns applied. It panics as Encryption does.
func Decryption(key []byte) *Schedule {
	var e Schedule
	e.encryption(key)
	d := &Schedule{rounds: e.rounds}
	for i := range e.rounds + 1 {
		d.keys[d.slot(i)] = e.keys[e.slot(e.rounds-i)]
		if i > 0 && i < e.rounds {
			invMixColumns(&d.keys[d.slot(i)])
		}
	}
	return d
}

// Format writes what s is, never a key, whatever the verb.
func (s *Schedule) Format(f fmt.State, _ rune) { io.WriteString(f, "AES key schedule") }

// slot returns where the key of a round is.
func (s *Schedule) slot(round uint64) uint64 {
	if round == 0 {
		return 0
	}
	return round + Slots - 1 - s.rounds
}

// expand is KeyExpansion of FIPS 197, figure 11.
func expand(w []uint32, key []byte) {
	nk := len(key) / 4
	for i := range nk {
		w[i] = binary.BigEndian.Uint32(key[4*i:])
	}
	rcon := byte(1)
	for i := nk; i < len(w); i++ {
		t := w[i-1]
		switch {
		case i%nk == 0:
			t = subWord(t<<8|t>>24) ^ uint32(rcon)<<24
			rcon = double(rcon)
		case nk > 6 && i%nk == 4:
			t = subWord(t)
		}
		w[i] = w[i-nk] ^ t
	}
}

// double multiplies by x in the field of AES (FIPS 197, section 4.2.1).
func double(b byte) byte { return b<<1 ^ b>>7*0x1b }

// subWord applies the S-box to each octet of w.
//
//go:noescape
func subWord(w uint32) uint32

// invMixColumns applies InvMixColumns to each column of k.
//
//go:noescape
func invMixColumns(k *[16]byte)
