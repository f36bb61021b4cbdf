package main

import (
	"bytes"
	"fmt"

	"ikescope/bench/traffic"
	"ikescope/esp"
	"ikescope/suite"
)

// load is packets of one SA.
type load struct {
	cipher, integrity string // contract names

	params  esp.Params
	count   int
	length  int    // of each packet in octets
	packets []byte // as sealed, stride octets apart
	batch   batch
	plain   []byte // what they are when opened
}

// stride is the distance in octets from packet to packet: some room lies between, as
// between those of a capture.
func (l *load) stride() int { return (l.length + 63) / 64 * 64 }

// batch is packets at equal distances in one piece of memory.
type batch struct {
	*load
	octets []byte
}

func (b *batch) packet(i int) []byte {
	at := i * b.stride()
	return b.octets[at : at+b.length : at+b.length]
}

// parts of a packet by offset: the initialization vector is in front of the body.
func (l *load) body() int { return esp.HeaderLen + l.params.Cipher.IVLen }

// end is where the ICV begins.
func (l *load) end() int { return l.length - l.icv() }

func (l *load) icv() int { return l.params.Cipher.ICVLen + l.params.Integrity.ICVLen }

// make seals the packets.
func (l *load) make(count, size int) error {
	plan := traffic.Plan{Packets: int64(count), SAs: 1, Cipher: l.cipher, Integrity: l.integrity, Size: size}
	packets, keys, err := plan.ESP()
	if err != nil {
		return err
	}
	l.params.Cipher, _ = suite.CipherByName(l.cipher)
	l.params.Integrity, _ = suite.IntegrityByName(l.integrity)
	l.params.CipherKey, l.params.IntegrityKey = keys.EncryptionKey.Bytes(), keys.IntegrityKey.Bytes()
	l.count, l.length = count, len(packets[0])
	for _, p := range packets {
		l.packets = append(append(l.packets, p...), make([]byte, l.stride()-l.length)...)
	}
	l.batch = batch{l, make([]byte, len(l.packets))}
	return nil
}

// restored returns the batch as it was sealed.
func (l *load) restored() *batch {
	copy(l.batch.octets, l.packets)
	return &l.batch
}

// agrees reports an opener that does not verify every packet, or makes of them what
// the first one did not.
func (l *load) agrees(open opener) error {
	b := l.restored()
	if n := open(b); n != l.count {
		return fmt.Errorf("%d of %d packets verified", n, l.count)
	}
	var plain []byte
	for i := range l.count {
		plain = append(plain, b.packet(i)[l.body():l.end()]...)
	}
	if l.plain == nil {
		l.plain = plain
	}
	if !bytes.Equal(l.plain, plain) {
		return fmt.Errorf("another plaintext")
	}
	return nil
}
