package suite

import "crypto/ecdh"

// nistCurve is one of the curves P-256, P-384 and P-521 of the standard
// library. A public value is x | y, the shared value is x, RFC 5903 section 7.
type nistCurve struct {
	curve  ecdh.Curve
	octets int // of a coordinate and of a private value
}

func (c *nistCurve) privateLen() int { return c.octets }

// point puts the octet 4 (uncompressed, SEC 1 section 2.3.3) in front.
func (c *nistCurve) point(public []byte) (*ecdh.PublicKey, error) {
	key, err := c.curve.NewPublicKey(append([]byte{4}, public...))
	if err != nil {
		return nil, &PublicError{Reason: notOnCurve}
	}
	return key, nil
}

func (c *nistCurve) checkPublic(public []byte) error {
	_, err := c.point(public)
	return err
}

func (c *nistCurve) public(private []byte) ([]byte, error) {
	key, err := c.curve.NewPrivateKey(private)
	if err != nil {
		return nil, &PrivateError{Reason: notBelowOrder}
	}
	return key.PublicKey().Bytes()[1:], nil
}

func (c *nistCurve) shared(private, public []byte) ([]byte, error) {
	key, err := c.curve.NewPrivateKey(private)
	if err != nil {
		return nil, &PrivateError{Reason: notBelowOrder}
	}
	peer, err := c.point(public)
	if err != nil {
		return nil, err
	}
	z, err := key.ECDH(peer)
	if err != nil {
		return nil, &PublicError{Reason: lowOrder}
	}
	return z, nil
}

const (
	notOnCurve    = "is not a point of the curve"
	lowOrder      = "is a point of low order"
	notBelowOrder = "is not below the group's order"
)
