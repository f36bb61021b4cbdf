package esp

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"
)

// nullPacket is ESP with NULL encryption: text, padding to 4 octets, n octets of ICV.
func nullPacket(seq uint32, next uint8, text []byte, n int) []byte {
	p := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 0x100), seq)
	p = append(p, text...)
	pad := (4 - (len(text)+trailerLen)%4) % 4
	for i := range pad {
		p = append(p, byte(i+1))
	}
	p = append(p, byte(pad), next)
	for range n {
		p = append(p, byte(rand.Uint32()))
	}
	return p
}

func ipv4(n int) []byte {
	d := make([]byte, 20+n)
	d[0], d[8], d[9] = 0x45, 64, protocolUDP
	binary.BigEndian.PutUint16(d[2:], uint16(len(d)))
	binary.BigEndian.PutUint16(d[10:], checksum(d[:20]))
	return d
}

func TestDetectNull(t *testing.T) {
	udp := make([]byte, 13)
	binary.BigEndian.PutUint16(udp[4:], 13)
	for _, icv := range nullICVs {
		for name, packets := range map[string][][]byte{
			"tunnel":    {nullPacket(1, NextHeaderIPv4, ipv4(1), icv), nullPacket(2, NextHeaderIPv4, ipv4(64), icv)},
			"transport": {nullPacket(1, protocolUDP, udp, icv), nullPacket(2, protocolUDP, udp, icv), nullPacket(3, NextHeaderDummy, nil, icv)},
		} {
			if n, ok := DetectNull(packets); !ok || n != icv {
				t.Errorf("%s with an ICV of %d: %d, %t", name, icv, n, ok)
			}
		}
	}
	if _, ok := DetectNull([][]byte{nullPacket(1, NextHeaderIPv4, ipv4(1), 12)}); ok {
		t.Error("one packet was judged")
	}
}

// Ciphertext must never read as NULL encryption: random octets of all lengths.
func TestCiphertextIsNotNull(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	for range 200_000 {
		a, b := make([]byte, 40+4*rand.IntN(40)), make([]byte, 40+4*rand.IntN(40))
		random.Read(a)
		random.Read(b)
		if n, ok := DetectNull([][]byte{a, b}); ok {
			t.Fatalf("random octets read as NULL with an ICV of %d", n)
		}
	}
	for n := range 60 {
		DetectNull([][]byte{make([]byte, n), make([]byte, n)})
	}
}
