package counter

import (
	"bytes"
	"crypto/aes"
	"encoding/hex"
	"testing"
)

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// RFC 3610, section 8, packet vectors 1 and 7: tags of 8 and 10 octets.
func TestPacketVectors(t *testing.T) {
	for _, c := range []struct {
		name, nonce, packet, sealed string
		aad, tag                    int
	}{
		{"1", "00000003020100a0a1a2a3a4a5", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e",
			"588c979a61c663d2f066d0c2c0f989806d5f6b61dac38417e8d12cfdf926e0", 8, 8},
		{"7", "00000009080706a0a1a2a3a4a5", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e",
			"0135d1b2c95f41d5d1d4fec185d166b8094e999dfed96c048c56602c97acbb7490", 8, 10},
	} {
		block, err := aes.NewCipher(unhex(t, "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf"))
		if err != nil {
			t.Fatal(err)
		}
		packet, sealed := unhex(t, c.packet), unhex(t, c.sealed)
		ccm := NewCCM(block, c.tag)
		got := make([]byte, len(sealed)-c.tag)
		if !ccm.Open(got, unhex(t, c.nonce), sealed, packet[:c.aad]) || !bytes.Equal(got, packet[c.aad:]) {
			t.Errorf("vector %s: %x", c.name, got)
		}
		for i := range sealed {
			broken := bytes.Clone(sealed)
			broken[i] ^= 1
			if ccm.Open(got, unhex(t, c.nonce), broken, packet[:c.aad]) {
				t.Errorf("vector %s: octet %d changed, and the tag is right", c.name, i)
			}
		}
		for n := range c.tag {
			if ccm.Open(got, unhex(t, c.nonce), sealed[:n], nil) {
				t.Errorf("vector %s: %d octets are right", c.name, n)
			}
		}
	}
}

func TestOpenAllocatesNothing(t *testing.T) {
	block, _ := aes.NewCipher(make([]byte, 16))
	ccm, nonce, sealed := NewCCM(block, 16), make([]byte, 11), make([]byte, 1500)
	dst := make([]byte, 1500)
	if n := testing.AllocsPerRun(20, func() { ccm.Open(dst, nonce, sealed, nonce) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
