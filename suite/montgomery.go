package suite

import (
	"crypto/ecdh"

	"github.com/cloudflare/circl/dh/x448"
)

// lowOrderProbe is a scalar: every point of low order, and no other, has 0 as
// its multiple, whatever the scalar, RFC 7748 section 6.
var lowOrderProbe = [x448.Size]byte{0: 8, 31: 1, 55: 1}

// curve25519 is X25519 of RFC 7748 as RFC 8031 uses it: public and shared
// values are u, 32 octets in little-endian order.
type curve25519 struct{}

func (curve25519) privateLen() int { return 32 }

func (c curve25519) checkPublic(public []byte) error {
	_, err := c.shared(lowOrderProbe[:32], public)
	return err
}

func (curve25519) public(private []byte) ([]byte, error) {
	key, err := ecdh.X25519().NewPrivateKey(private)
	if err != nil {
		return nil, &PrivateError{Reason: "has a wrong length"}
	}
	return key.PublicKey().Bytes(), nil
}

func (curve25519) shared(private, public []byte) ([]byte, error) {
	key, err := ecdh.X25519().NewPrivateKey(private)
	if err != nil {
		return nil, &PrivateError{Reason: "has a wrong length"}
	}
	peer, err := ecdh.X25519().NewPublicKey(public)
	if err != nil {
		return nil, &PublicError{Reason: "has a wrong length"}
	}
	z, err := key.ECDH(peer)
	if err != nil {
		return nil, &PublicError{Reason: lowOrder}
	}
	return z, nil
}

// curve448 is X448 of RFC 7748 as RFC 8031 uses it: public and shared values
// are u, 56 octets in little-endian order.
type curve448 struct{}

func (curve448) privateLen() int { return x448.Size }

func (c curve448) checkPublic(public []byte) error {
	_, err := c.shared(lowOrderProbe[:], public)
	return err
}

func (curve448) public(private []byte) ([]byte, error) {
	var public x448.Key
	d := x448.Key(private)
	x448.KeyGen(&public, &d)
	return public[:], nil
}

func (curve448) shared(private, public []byte) ([]byte, error) {
	var z x448.Key
	d, peer := x448.Key(private), x448.Key(public)
	if !x448.Shared(&z, &d, &peer) {
		return nil, &PublicError{Reason: lowOrder}
	}
	return z[:], nil
}
