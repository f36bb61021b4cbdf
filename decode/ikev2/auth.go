package ikev2

import (
	"ikescope/decode/isakmp"
	"ikescope/suite"
)

// Auth is an Authentication payload (RFC 7296, section 3.8).
type Auth struct {
	Method uint8
	Data   []byte
}

// ParseAuth reads the body of an Authentication payload.
func ParseAuth(body []byte) (Auth, error) {
	if len(body) < 4 {
		return Auth{}, damage("auth", "method", 0, isakmp.ErrTruncated)
	}
	return Auth{Method: body[0], Data: body[4:]}, nil
}

func authSummary(body []byte) string {
	a, _ := ParseAuth(body)
	return suite.IKEv2AuthMethodName(a.Method)
}

func authTree(b *branch, body []byte) error {
	a, err := ParseAuth(body)
	b.add("method", suite.IKEv2AuthMethodName(a.Method))
	b.add("data", octets(a.Data))
	return err
}
