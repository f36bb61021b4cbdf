package diagnose_test

import (
	"encoding/binary"
	"slices"

	"ikescope/decode/isakmp"
)

// attribute of two octets.
func attr(t, v uint16) []byte {
	return binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(nil, t|0x8000), v)
}

// sa builds the body of an SA payload with one proposal.
func sa(protocol isakmp.Protocol, spi []byte, id byte, transforms ...[]byte) []byte {
	var ts []byte
	for i, attributes := range transforms {
		next := byte(3)
		if i == len(transforms)-1 {
			next = 0
		}
		ts = append(ts, next, 0)
		ts = binary.BigEndian.AppendUint16(ts, uint16(8+len(attributes)))
		ts = append(ts, byte(i+1), id, 0, 0)
		ts = append(ts, attributes...)
	}
	b := []byte{0, 0, 0, 1, 0, 0, 0, 1, 0, 0}
	b = binary.BigEndian.AppendUint16(b, uint16(8+len(spi)+len(ts)))
	b = append(b, 1, byte(protocol), byte(len(spi)), byte(len(transforms)))
	return append(append(b, spi...), ts...)
}

// phase1 builds a transform of phase 1.
func phase1(encryption, bits, hash, group uint16, auth isakmp.AuthMethod, life uint16) []byte {
	b := slices.Concat(attr(1, encryption), attr(2, hash), attr(3, uint16(auth)), attr(4, group), attr(11, 1), attr(12, life))
	if bits > 0 {
		b = append(b, attr(14, bits)...)
	}
	return b
}

// phase2 builds a transform of phase 2: AES-128 in tunnel mode.
func phase2(auth, group, life uint16) []byte {
	b := slices.Concat(attr(1, 1), attr(2, life), attr(4, 1), attr(5, auth), attr(6, 128))
	if group > 0 {
		b = append(b, attr(3, group)...)
	}
	return b
}

const (
	curve   = 31
	sha256  = 4
	aesCBC  = 7
	espAES  = 12
	hmac256 = 5
	hmacSHA = 2
)
