package esp

import "ikescope/suite"

// null is the NULL encryption algorithm: the text is already plain (RFC 2410).
type null struct{}

func newNull(suite.Cipher, []byte, []byte) (transform, error) { return null{}, nil }

func (null) session(s *SA, x *scratch) session {
	return session{s.separateVerifier(x), null{}}
}

func (null) decrypt([]Packet) {}
