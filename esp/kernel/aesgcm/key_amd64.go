//go:build !purego

package aesgcm

import (
	"fmt"

	"ikescope/esp/kernel/aesctr"
	"ikescope/esp/kernel/aeskey"
	"ikescope/esp/kernel/cpu"
)

// Key is an expanded key with powers of its hash key. It is immutable.
type Key struct {
	schedule *aeskey.Schedule
	powers   powers
	ctr      *aesctr.Key
}

// highest is the highest power that is kept: the last lanes of text behind a
// chunk are 16 blocks, the lengths are one, and four are in the sum.
const highest = 16 + 1 + 4

// powers are the powers of the hash key from the highest to the first. Then
// follow zeros, which registers with fewer than four blocks are multiplied by.
type powers [highest + 3][16]byte

// Offsets in powers, in octets.
const (
	power16   = 16 * (highest - 16)
	power12   = 16 * (highest - 12)
	power8    = 16 * (highest - 8)
	power4    = 16 * (highest - 4)
	sumPowers = 16 * (highest - 5) // of the sum when only the lengths are to come
)

// New expands a key of 16, 24 or 32 octets. It reports false for other lengths
// and where no kernel exists for this processor.
func New(key []byte) (*Key, bool) {
	if !cpu.VAES || !aeskey.Fits(key) {
		return nil, false
	}
	s := aeskey.Encryption(key)
	k := &Key{schedule: s, ctr: aesctr.With(s)}
	powersVAES(s, &k.powers)
	return k, true
}

// Open decrypts each message whose tag is right and sets its OK. The Text of
// the others stays as it was. Messages must not overlap. A tag or AAD of a
// length that no mode has is a panic.
func (k *Key) Open(batch []Message) {
	openVAES(k.schedule, &k.powers, counters, batch)
	for i := range batch {
		m := &batch[i]
		m.check()
		if !m.OK {
			k.xor(m)
		}
	}
}

// Decrypt decrypts each message whatever its tag.
func (k *Key) Decrypt(batch []Message) {
	for i := range batch {
		k.xor(&batch[i])
	}
}

// xor turns ciphertext into plaintext and the other way round. Counter 1 is
// the tag's (NIST SP 800-38D, section 7.1).
func (k *Key) xor(m *Message) {
	t := aesctr.Text{Text: m.Text, Counter: [aesctr.BlockLen]byte{NonceLen + 3: 2}}
	copy(t.Counter[:], m.Nonce[:])
	k.ctr.XOR([]aesctr.Text{t})
}

// check panics for lengths that the kernel does not take. It reads no more than
// 16 octets of tag and AAD whatever they are, so this may come afterwards.
func (m *Message) check() {
	if len(m.Tag) < MinTagLen || len(m.Tag) > MaxTagLen || m.AADLen > MaxAADLen {
		panic(fmt.Sprintf("aesgcm: tag of %d octets, AAD of %d", len(m.Tag), m.AADLen))
	}
}

// rowsLen is how many octets counters has, and how many octets of text have
// counters that differ in their lowest octet only.
const rowsLen = 256 * aesctr.BlockLen

// rows are the lowest octets of the counters of blocks, four blocks a row.
type rows [rowsLen / aesctr.BlockLen][aesctr.BlockLen]byte

// counters are the rows of a text, which begins with counter 2.
var counters = func() *rows {
	r := new(rows)
	for i := range r {
		r[i][aesctr.BlockLen-1] = byte(i + 2)
	}
	return r
}()

// openVAES decrypts all messages, whatever their tags, and sets OK. The caller
// restores the others: decrypting again gives the ciphertext back.
//
//go:noescape
func openVAES(keys *aeskey.Schedule, powers *powers, counters *rows, batch []Message)

// powersVAES fills powers, whose last blocks are zero.
//
//go:noescape
func powersVAES(keys *aeskey.Schedule, powers *powers)
